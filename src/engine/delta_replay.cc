#include "base/text.h"
#include "engine/delta_replay_internal.h"
#include "engine/delta_schema_internal.h"

namespace codman::engine {

Result<> LogReplay::StartFrom(DeltaCommit checkpoint) {
  TRY(Apply(std::move(checkpoint)));
  snapshot_.checkpoint_version = snapshot_.version;
  return {};
}

Result<> LogReplay::Apply(DeltaCommit commit) {
  for (auto& file : commit.removes) {
    auto live = live_.find(file.path);
    if (live != live_.end()) {
      snapshot_.files[live->second].path.clear();  // taken out in Finish
      live_.erase(live);
    }
    auto [place, is_new] = removed_.emplace(file.path, snapshot_.removed.size());
    if (is_new)
      snapshot_.removed.push_back(std::move(file));
    else
      snapshot_.removed[place->second] = std::move(file);
  }
  for (auto& file : commit.adds) {
    auto gone = removed_.find(file.path);
    if (gone != removed_.end()) {
      snapshot_.removed[gone->second].path.clear();
      removed_.erase(gone);
    }
    auto [place, is_new] = live_.emplace(file.path, snapshot_.files.size());
    if (is_new)
      snapshot_.files.push_back(std::move(file));
    else
      snapshot_.files[place->second] = std::move(file);
  }
  for (const auto& [application, version] : commit.txns) snapshot_.txns[application] = version;
  if (!commit.protocol.is_null()) snapshot_.protocol = std::move(commit.protocol);
  if (!commit.meta_data.is_null()) {
    snapshot_.schema = TRY(SchemaOf(commit.meta_data));
    snapshot_.partition_columns = PartitionColumnsOf(commit.meta_data);
    snapshot_.table_id = commit.meta_data["id"].AsString();
    snapshot_.meta_data = std::move(commit.meta_data);
  }
  snapshot_.info = std::move(commit.info);
  snapshot_.version = commit.version;
  return {};
}

DeltaSnapshot LogReplay::Finish() && {
  std::erase_if(snapshot_.files, [](const DataFile& file) { return file.path.empty(); });
  std::erase_if(snapshot_.removed, [](const RemovedFile& file) { return file.path.empty(); });
  return std::move(snapshot_);
}

}  // namespace codman::engine
