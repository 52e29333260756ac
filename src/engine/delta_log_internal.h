// The files and JSON actions of a Delta log (PROTOCOL.md of delta-io, "Actions"). Pure but for
// ReadCommitFile; every text may come from another maker or a hostile hand.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "engine/delta_table.h"

namespace codman::engine {

std::string LogFolder(const std::string& root);
std::string CommitPath(const std::string& root, int64_t version);

// One line of a commit file each.
Json ProtocolAction();
Json AddAction(const DataFile& file, bool data_change);
Json RemoveAction(const RemovedFile& file);
Json TxnAction(const std::string& application, int64_t version);
Json CommitInfoAction(const DeltaChange& change, int64_t now_ms);

// Adds one action to what a commit did; an unknown action is passed over, as the protocol wants.
Result<> ApplyAction(const Json& action, DeltaCommit* commit);
// The lines of one commit file. Refuses by name what reader version 1 cannot read.
Result<DeltaCommit> ParseCommit(const std::string& path, const std::string& text, int64_t version);
// NotFound where there is no such commit.
Result<DeltaCommit> ReadCommitFile(const std::string& root, int64_t version);

// Percent-encoding of a path as the log holds it, and back.
std::string EncodePath(const std::string& path);
std::string DecodePath(const std::string& path);
// "date=2026-11-21/hour=07/", or "" where there are no partitions.
std::string PartitionFolder(const PartitionValues& partition);

}  // namespace codman::engine
