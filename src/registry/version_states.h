// States of versions and the moves between them: the rules and the tables, without the folders.
//
//   candidate → approved → champion (one per task and variant) → retired
//   any but the champion → challenger (one per task and variant: runs in shadow) → champion,
//   retired
//
// Every move has an actor, a time and a reason and stays in the history. Approvals are counted by
// person; how many a task needs is the caller's to say (`approvals` of the task file). Thread-safe:
// a move reads and writes in one transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "registry/model_version.h"
#include "storage/database.h"

namespace codman::registry {

struct Decision {
  std::string actor, reason;
};

class VersionStates {
 public:
  explicit VersionStates(storage::Database* database) : database_(database) {}

  Result<std::vector<ModelVersion>> List(const std::string& task) const;  // newest first
  Result<ModelVersion> Get(const std::string& task, const std::string& version) const;
  Result<std::optional<ModelVersion>> InState(const std::string& task, const std::string& variant,
                                              const std::string& state) const;
  Result<std::vector<Transition>> History(const std::string& task) const;  // newest first
  // Of one version, or of all where `version` is ""; oldest first.
  Result<std::vector<Approval>> Approvals(const std::string& task,
                                          const std::string& version) const;
  // The moves that put in service what answered at that time: one of each variant that had a
  // champion then, by variant.
  Result<std::vector<Transition>> LiveAt(const std::string& task, int64_t time_us) const;

  // One person approves once; with the last approval needed a candidate becomes approved.
  Result<> Approve(const ModelVersion& version, const Decision& by, int needed);
  Result<> Activate(const ModelVersion& version, const Decision& by, int needed);
  Result<> Challenge(const ModelVersion& version, const Decision& by);
  Result<> Retire(const ModelVersion& version, const Decision& by);
  // The champion before the present one; NotFound where there was none.
  Result<ModelVersion> Previous(const std::string& task, const std::string& variant) const;
  Result<> Restore(const ModelVersion& previous, const Decision& by);

 private:
  Result<> Move(const ModelVersion& version, const std::string& to, const Decision& by,
                const std::string& at);

  storage::Database* database_;
};

// Conflict, naming who has approved and what is missing, where `approvals` are fewer than `needed`.
// One is needed: the reason of the activation is that one. Two or more are needed: they come from
// as many persons, so whoever trained the model is never the only one (four eyes).
Result<> CheckApprovals(const ModelVersion& version, const std::vector<Approval>& approvals,
                        int needed);

}  // namespace codman::registry
