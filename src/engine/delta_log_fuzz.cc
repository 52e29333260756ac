// The bytes of a commit file become actions or an error: never a crash, never a path that leads out
// of the table.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/delta_log_internal.h"
#include "engine/delta_replay_internal.h"
#include "engine/delta_schema_internal.h"
#include "engine/delta_stats_internal.h"

namespace codman::engine {
namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

bool LiesInside(const std::string& path) {
  return !path.empty() && path.front() != '/' && path != ".." && path.find("/../") == path.npos &&
         !path.starts_with("../") && !path.ends_with("/..");
}

void Try(const std::string& text) {
  auto commit = ParseCommit("commit", text, 0);
  if (!commit.ok()) return;
  for (const auto& file : commit->adds) {
    Require(LiesInside(file.path));
    Require(DecodePath(EncodePath(file.path)) == file.path);
    Require(LiesInside(PartitionFolder(file.partition) + "x"));
    TellsOfAll(file, {"id"});
    // What is written is read again as the same.
    auto again = ParseCommit("again", AddAction(file, file.data_change).ToString(), 0);
    Require(!again.ok() || again->adds.at(0).path == file.path);
    auto upper = UpperTextBound(file.path);
    Require(!upper || *upper >= LowerTextBound(file.path));
  }
  for (const auto& file : commit->removes) Require(LiesInside(file.path));
  LogReplay replay;
  if (!replay.Apply(*commit).ok()) return;
  DeltaSnapshot snapshot = std::move(replay).Finish();
  Require(snapshot.files.size() <= commit->adds.size());
  auto writable = CheckWritable("table", snapshot, {.adds = commit->adds});
  auto evolution = CheckEvolution("table", snapshot, snapshot.schema, snapshot.partition_columns);
  DeltaTable table("/nowhere", snapshot.schema, snapshot.partition_columns);
  Require(!table.SelectAll(snapshot).empty());
}

}  // namespace
}  // namespace codman::engine

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  codman::engine::Try(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
