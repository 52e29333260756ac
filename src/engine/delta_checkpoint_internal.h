// Checkpoints: the whole state of a table at one version as Parquet (PROTOCOL.md, "Checkpoints",
// V1 spec: one file, or several parts of other makers) and the `_last_checkpoint` hint.
//
// A checkpoint is a help, never the truth: what cannot be read is passed over, and nothing else
// depends on one being written.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/delta_table.h"

namespace codman::engine {

struct LogListing {
  std::vector<int64_t> commits;                             // versions, ascending
  std::map<int64_t, std::vector<std::string>> checkpoints;  // version → names of all its parts
  std::vector<std::string> partial;                         // left by killed writers
};
// Nothing there: an empty listing.
Result<LogListing> ListLog(const std::string& root);

// What `_last_checkpoint` points at; nothing where it is absent or torn.
std::optional<int64_t> CheckpointHint(const std::string& root);

// All actions of a checkpoint as if one commit had done them.
Result<DeltaCommit> ReadCheckpoint(const std::string& root, int64_t version,
                                   const std::vector<std::string>& names);
std::string CheckpointName(int64_t version);

// Whole and read back, or not at all; then points the hint at it unless that points at a later one.
// Tombstones older than seven days (delta.deletedFileRetentionDuration) are left out.
Result<> WriteCheckpoint(const std::string& root, const DeltaSnapshot& snapshot, int64_t now_ms);

}  // namespace codman::engine
