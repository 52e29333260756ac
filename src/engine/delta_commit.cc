// How a change becomes a commit: DeltaTable::Commit and what it stands on.
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/delta_checkpoint_internal.h"
#include "engine/delta_log_internal.h"
#include "engine/delta_schema_internal.h"
#include "engine/delta_table.h"

namespace codman::engine {
namespace {

// Each attempt that fails means that another writer got on: the number only ends a forged log.
constexpr int64_t kMaxCommitAttempts = 1'000'000;

ReadScope ScopeOf(const DeltaChange& change) {
  if (change.replaces_schema) return ReadScope::kTable;
  if (change.scope) return *change.scope;
  return change.removes.empty() ? ReadScope::kNothing : ReadScope::kTable;
}

Error ChangedByAnother(const std::string& root, const std::string& how) {
  return base::Conflict(
      format("table {} was changed by another writer ({}); run the command again", root, how));
}

bool LiesIn(const PartitionValues& file, const PartitionValues& read) {
  return std::all_of(read.begin(), read.end(), [&](const auto& wanted) {
    return std::all_of(file.begin(), file.end(), [&](const auto& entry) {
      return entry.first != wanted.first || entry.second == wanted.second;
    });
  });
}

// Another writer's metaData does no harm where it says what this change expects anyway: both
// created the table, or both added the same columns.
Result<bool> SaysTheSame(const Json& expected, const Json& theirs) {
  return TRY(SchemaOf(expected)) == TRY(SchemaOf(theirs)) &&
         PartitionColumnsOf(expected) == PartitionColumnsOf(theirs) &&
         expected["configuration"].ToString() == theirs["configuration"].ToString();
}

// Whether `change`, computed from `read`, may stand behind a commit that it has not seen.
Result<> CheckConflict(const std::string& root, const DeltaSnapshot& read,
                       const DeltaChange& change, const DeltaCommit& theirs) {
  for (const auto& [application, version] : change.txns) {
    if (theirs.txns.count(application) != 0)
      return ChangedByAnother(root, format("the transaction '{}' moved on", application));
  }
  if (!theirs.protocol.is_null() && read.version >= 0)
    return ChangedByAnother(root, "its protocol changed");
  for (const auto& file : theirs.removes) {
    if (std::find(change.removes.begin(), change.removes.end(), file.path) != change.removes.end())
      return ChangedByAnother(root, file.path + " was removed");
  }
  if (ScopeOf(change) != ReadScope::kTable) return {};
  for (const auto& file : theirs.adds) {
    if (file.data_change && LiesIn(file.partition, change.read_partition))
      return ChangedByAnother(root, "rows were added that this change did not see");
  }
  for (const auto& file : theirs.removes) {
    if (file.data_change && LiesIn(file.partition, change.read_partition))
      return ChangedByAnother(root, "rows were removed that this change has read");
  }
  return {};
}

// The commit that was read is still in the log, so the place behind it was not freed by cleaning:
// putting a commit into a cleaned place would write history anew.
Result<> CheckStillInLog(const std::string& root, const DeltaSnapshot& read) {
  bool there = read.version >= 0 ? base::FileExists(CommitPath(root, read.version)) ||
                                       CheckpointHint(root).value_or(-1) == read.version
                                 : !CheckpointHint(root).has_value();
  if (!there) return ChangedByAnother(root, "its log was cleaned meanwhile");
  return {};
}

}  // namespace

// Null where metaData stays as it was read.
Result<Json> DeltaTable::NextMetaData(const DeltaSnapshot& read, const DeltaChange& change,
                                      int64_t now_ms) const {
  if (read.version < 0 && schema_.empty())
    return base::InvalidInput(format("there is no table at {}, and no schema to make one", root_));
  if (read.version < 0) return NewMetaData(schema_, partition_columns_, now_ms);
  if (schema_.empty()) return Json();
  if (change.replaces_schema) return WithSchema(read.meta_data, schema_, partition_columns_);
  TRY(CheckEvolution(root_, read, schema_, partition_columns_));
  if (schema_.size() == read.schema.size()) return Json();
  return WithSchema(read.meta_data, schema_, partition_columns_);
}

Result<std::string> DeltaTable::ActionsOf(const DeltaSnapshot& read, const DeltaChange& change,
                                          int64_t now_ms) const {
  std::string actions = CommitInfoAction(change, now_ms).ToString() + "\n";
  for (const auto& [application, version] : change.txns)
    actions += TxnAction(application, version).ToString() + "\n";
  for (const auto& path : change.removes) {
    auto live = std::find_if(read.files.begin(), read.files.end(),
                             [&](const DataFile& file) { return file.path == path; });
    if (live == read.files.end())
      return base::Conflict(format("table {}: {} is not live any more", root_, path));
    RemovedFile removed{path, live->size_bytes, live->partition, now_ms, change.data_change};
    actions += RemoveAction(removed).ToString() + "\n";
  }
  for (const auto& file : change.adds)
    actions += AddAction(file, change.data_change).ToString() + "\n";
  return actions;
}

Result<int64_t> DeltaTable::Commit(const DeltaSnapshot& read, const DeltaChange& change) const {
  CHECK(!change.replaces_schema || change.removes.size() == read.files.size());
  TRY(CheckWritable(root_, read, change));
  TRY(base::MakeFolders(LogFolder(root_)));
  TRY(CheckStillInLog(root_, read));
  int64_t now_ms = base::NowUs() / 1000;
  Json meta = TRY(NextMetaData(read, change, now_ms));
  const Json expected = meta.is_null() ? read.meta_data : meta;
  std::string actions = TRY(ActionsOf(read, change, now_ms));
  int64_t version = read.version + 1;
  for (int64_t attempt = 0; attempt < kMaxCommitAttempts; ++attempt, ++version) {
    std::string head;
    if (version == 0) head = ProtocolAction().ToString() + "\n";
    if (!meta.is_null()) head += Json::Object({{"metaData", meta}}).ToString() + "\n";
    auto put = base::CreateFileExclusively(CommitPath(root_, version), head + actions);
    if (put.ok()) {
      CheckpointAfter(version);
      return version;
    }
    if (put.error().kind() != ErrorKind::kConflict) return std::move(put).error();
    DeltaCommit theirs = TRY(ReadCommit(version));
    TRY(CheckConflict(root_, read, change, theirs));
    if (theirs.meta_data.is_null()) continue;
    if (!TRY(SaysTheSame(expected, theirs.meta_data)))
      return ChangedByAnother(root_, "its schema changed");
    meta = Json();
  }
  return base::Unavailable(format("table {} has too many writers at once; try again", root_));
}

void DeltaTable::CheckpointAfter(int64_t version) const {
  int64_t every = options_.checkpoint_interval;
  if (every <= 0 || version == 0 || version % every != 0) return;
  auto snapshot = Load(version);
  if (!snapshot.ok()) return;
  // The commit stands whatever becomes of the checkpoint: the log alone tells all of it.
  auto ignored = WriteCheckpoint(root_, *snapshot, base::NowUs() / 1000);
  static_cast<void>(ignored);
}

Result<int64_t> DeltaTable::Checkpoint() const {
  DeltaSnapshot newest = TRY(Load());
  if (newest.version < 0) return base::NotFound(format("there is no table at {}", root_));
  TRY(WriteCheckpoint(root_, newest, base::NowUs() / 1000));
  return newest.version;
}

}  // namespace codman::engine
