// Adds commits up to a snapshot (PROTOCOL.md, "Action Reconciliation").
#pragma once

#include <string>
#include <unordered_map>

#include "base/result.h"
#include "engine/delta_table.h"

namespace codman::engine {

class LogReplay {
 public:
  // The state that a checkpoint holds, as if one commit had made it; nothing was applied before.
  Result<> StartFrom(DeltaCommit checkpoint);
  // Commits in ascending order.
  Result<> Apply(DeltaCommit commit);
  int64_t version() const { return snapshot_.version; }
  DeltaSnapshot Finish() &&;

 private:
  DeltaSnapshot snapshot_;
  std::unordered_map<std::string, size_t> live_;     // path → place in snapshot_.files
  std::unordered_map<std::string, size_t> removed_;  // path → place in snapshot_.removed
};

}  // namespace codman::engine
