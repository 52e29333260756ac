#include "engine/delta_table.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/delta_checkpoint_internal.h"
#include "engine/delta_log_internal.h"
#include "engine/delta_replay_internal.h"
#include "engine/delta_stats_internal.h"

namespace codman::engine {
namespace {

using columns::Schema;

constexpr char kFileColumn[] = "codman_delta_file";

Result<> SyncFile(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  bool synced = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  if (!synced) return base::Unavailable(format("cannot sync {}; check the disk", path));
  return {};
}

// Applies the commits after the replay's version, up to `version` (-1: to the newest).
Result<> Walk(const std::string& root, int64_t version, LogReplay* replay) {
  while (version < 0 || replay->version() < version) {
    auto commit = ReadCommitFile(root, replay->version() + 1);
    if (!commit.ok() && commit.error().kind() == ErrorKind::kNotFound) break;
    if (!commit.ok()) return std::move(commit).error();
    TRY(replay->Apply(std::move(*commit))
            .While("reading " + CommitPath(root, replay->version() + 1)));
  }
  return {};
}

// The newest checkpoint at or before `version` (-1: the newest of all) that can be read.
Result<LogReplay> FromCheckpoint(const std::string& root, const LogListing& listing,
                                 int64_t version) {
  LogReplay replay;
  for (auto at = listing.checkpoints.rbegin(); at != listing.checkpoints.rend(); ++at) {
    if (version >= 0 && at->first > version) continue;
    auto state = ReadCheckpoint(root, at->first, at->second);
    if (!state.ok()) continue;  // torn: an older one, or the plain log, tells the same
    LogReplay from;
    TRY(from.StartFrom(std::move(*state)));
    return from;
  }
  return replay;
}

// Why a replay of the listed log did not get where it should.
Error NotReached(const std::string& root, const LogListing& listing, int64_t version,
                 int64_t reached) {
  int64_t newest = listing.commits.empty() ? -1 : listing.commits.back();
  if (!listing.checkpoints.empty()) newest = std::max(newest, listing.checkpoints.rbegin()->first);
  if (version > newest) {
    return base::NotFound(
        format("table {} has no version {}; the newest is {}", root, version, newest));
  }
  if (version < 0) {
    return base::DataQuality(
        format("the log of table {} lacks version {}, and no checkpoint after it can be read", root,
               reached + 1));
  }
  std::string oldest = "none";
  for (const auto& [at, names] : listing.checkpoints) {
    if (at > version) {
      oldest = std::to_string(at);
      break;
    }
  }
  return base::NotFound(
      format("version {} of table {} was cleaned from the log; the next that can be read is {}",
             version, root, oldest));
}

Result<LogReplay> ReplayListed(const std::string& root, int64_t version) {
  LogListing listing = TRY(ListLog(root));
  LogReplay replay = TRY(FromCheckpoint(root, listing, version));
  TRY(Walk(root, version, &replay));
  int64_t wanted = version;
  if (version < 0) {
    if (!listing.commits.empty()) wanted = listing.commits.back();
    if (!listing.checkpoints.empty())
      wanted = std::max(wanted, listing.checkpoints.rbegin()->first);
  }
  if (replay.version() < wanted) return NotReached(root, listing, version, replay.version());
  return replay;
}

Result<LogReplay> ReplayNewest(const std::string& root) {
  auto hint = CheckpointHint(root);
  if (hint) {
    auto state = ReadCheckpoint(root, *hint, {CheckpointName(*hint)});
    if (state.ok()) {
      LogReplay replay;
      TRY(replay.StartFrom(std::move(*state)));
      TRY(Walk(root, -1, &replay));
      // Where the commit is gone, so may be those after it: a cleaning overtook the hint.
      if (base::FileExists(CommitPath(root, replay.version()))) return replay;
    }
  }
  return ReplayListed(root, -1);
}

bool IsStored(const std::vector<std::string>& partition_columns, const std::string& column) {
  return std::find(partition_columns.begin(), partition_columns.end(), column) ==
         partition_columns.end();
}

// Casts each column to its declared type, because Spark refuses a file whose types are not exactly
// those: a literal 0 is an INT32. An enum is written as the texts that it means, each of them
// encoded once and not once a row, so it stays.
Result<std::string> FieldsToWrite(SqlEngine* engine, const std::string& select,
                                  const Schema& schema) {
  auto given = TRY(engine->QueryAll(format("describe select * from ({}\n)", select)));
  std::string fields;
  for (const auto& field : schema) {
    std::string name = QuoteName(field.name);
    bool is_enum = false;
    for (size_t i = 0; i < static_cast<size_t>(given.num_rows()); ++i) {
      is_enum = is_enum || (given.columns[0].strings[i] == field.name &&
                            given.columns[1].strings[i].starts_with("ENUM("));
    }
    fields += format("{}{}{} as {}", fields.empty() ? "" : ", ", name,
                     is_enum ? "" : format("::{}", SqlTypeOf(field.type)), name);
  }
  return fields;
}

std::string PathList(const std::string& root, const std::vector<DataFile>& files) {
  std::string paths;
  for (const auto& file : files)
    paths += (paths.empty() ? "" : ", ") + base::QuoteSql(root + "/" + file.path);
  return paths;
}

// The files' folders spell their partition as DuckDB reads it back, and every file is known to hold
// every column.
bool IsPlain(const DeltaSnapshot& snapshot, const std::vector<std::string>& stored) {
  return std::all_of(snapshot.files.begin(), snapshot.files.end(), [&](const DataFile& file) {
    bool spelt = std::all_of(file.partition.begin(), file.partition.end(),
                             [](const auto& entry) { return !entry.second.empty(); });
    return spelt && file.partition.size() == snapshot.partition_columns.size() &&
           file.path.starts_with(PartitionFolder(file.partition)) && TellsOfAll(file, stored);
  });
}

// read_parquet's schema: types as declared, null for a column that a file does not have.
std::string ParquetSchema(const Schema& schema, const std::vector<std::string>& partition_columns) {
  std::string entries;
  for (const auto& field : schema) {
    if (!IsStored(partition_columns, field.name)) continue;
    entries +=
        format("{}{}: {{name: {}, type: '{}', default_value: null}}", entries.empty() ? "" : ", ",
               base::QuoteSql(field.name), base::QuoteSql(field.name), SqlTypeOf(field.type));
  }
  return format("map {{{}}}", entries);
}

// One row per file: its path and partition values, as the log has them.
std::string PartitionTable(const std::string& root, const DeltaSnapshot& snapshot) {
  std::string rows, names = kFileColumn;
  for (const auto& column : snapshot.partition_columns) names += ", " + QuoteName(column);
  for (const auto& file : snapshot.files) {
    std::string row = base::QuoteSql(root + "/" + file.path);
    for (const auto& column : snapshot.partition_columns) {
      auto entry = std::find_if(file.partition.begin(), file.partition.end(),
                                [&](const auto& each) { return each.first == column; });
      bool null = entry == file.partition.end() || entry->second.empty();
      row += ", " + (null ? "null::varchar" : base::QuoteSql(entry->second));
    }
    rows += format("{}({})", rows.empty() ? "" : ", ", row);
  }
  return format("(values {}) partition_of({})", rows, names);
}

}  // namespace

int64_t DeltaSnapshot::num_rows() const {
  int64_t rows = 0;
  for (const auto& file : files) rows += file.rows;
  return rows;
}

DeltaTable::DeltaTable(std::string root, Schema schema, std::vector<std::string> partition_columns,
                       DeltaOptions options)
    : root_(std::move(root)),
      schema_(std::move(schema)),
      partition_columns_(std::move(partition_columns)),
      options_(options) {}

const Schema& DeltaTable::SchemaFor(const DeltaSnapshot& read) const {
  return schema_.empty() ? read.schema : schema_;
}

Result<DeltaSnapshot> DeltaTable::Load(int64_t version) const {
  LogReplay replay = version < 0 ? TRY(ReplayNewest(root_)) : TRY(ReplayListed(root_, version));
  DeltaSnapshot snapshot = std::move(replay).Finish();
  if (snapshot.version < 0) {
    snapshot.schema = schema_;
    snapshot.partition_columns = partition_columns_;
  }
  // A checkpoint does not hold what its commit said about itself.
  if (snapshot.version >= 0 && snapshot.info.is_null()) {
    auto commit = ReadCommitFile(root_, snapshot.version);
    if (commit.ok()) snapshot.info = commit->info;
  }
  return snapshot;
}

Result<DeltaSnapshot> DeltaTable::LoadAt(int64_t time_us) const {
  LogListing listing = TRY(ListLog(root_));
  int64_t found = -1, before_ms = INT64_MIN;
  for (int64_t version : listing.commits) {
    struct stat status {};
    if (stat(CommitPath(root_, version).c_str(), &status) != 0) continue;  // cleaned meanwhile
    int64_t ms = status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1'000'000;
    before_ms = std::max(ms, before_ms == INT64_MIN ? ms : before_ms + 1);
    if (before_ms * 1000 > time_us) break;
    found = version;
  }
  if (found < 0) {
    return base::NotFound(
        format("table {} has no version as old as {}", root_, base::FormatTime(time_us)));
  }
  return Load(found);
}

Result<DeltaCommit> DeltaTable::ReadCommit(int64_t version) const {
  auto commit = ReadCommitFile(root_, version);
  if (!commit.ok() && commit.error().kind() == ErrorKind::kNotFound) {
    return base::NotFound(
        format("table {} has no commit {}, or it was cleaned from the log", root_, version));
  }
  return commit;
}

Result<std::vector<DataFile>> DeltaTable::WriteFile(SqlEngine* engine, const std::string& select,
                                                    PartitionValues partition) const {
  std::string folder = PartitionFolder(partition);
  TRY(base::MakeFolders(root_ + "/" + folder));
  DataFile file;
  file.path = format("{}part-{}.zstd.parquet", folder, base::ToHex(base::RandomBytes(12)));
  file.partition = std::move(partition);
  std::string path = root_ + "/" + file.path;
  Schema stored;
  for (const auto& field : schema_) {
    if (IsStored(partition_columns_, field.name)) stored.push_back(field);
  }
  std::string fields = TRY(FieldsToWrite(engine, select, stored));
  TRY(
      engine->Execute(format("copy (select {} from ({}\n)) to {} (format parquet, compression "
                             "zstd, row_group_size 122880)",
                             fields, select, base::QuoteSql(path))));
  FileStats stats = StatsOf(stored, TRY(engine->QueryAll(StatsSql(path))));
  if (stats.rows == 0) {
    unlink(path.c_str());
    return std::vector<DataFile>{};
  }
  file.rows = stats.rows;
  file.stats = stats.json.ToString();
  file.size_bytes = TRY(base::FileSize(path));
  file.modified_ms = base::NowUs() / 1000;
  TRY(SyncFile(path));
  TRY(base::SyncFolder(root_ + "/" + folder));
  return std::vector<DataFile>{std::move(file)};
}

std::string DeltaTable::SelectAll(const DeltaSnapshot& snapshot) const {
  const Schema& schema = SchemaFor(snapshot);
  const auto& parted = snapshot.partition_columns;
  std::string fields;
  std::vector<std::string> stored;
  for (const auto& field : schema) {
    std::string name = snapshot.files.empty() ? "null" : QuoteName(field.name);
    fields += format("{}{}::{} as {}", fields.empty() ? "" : ", ", name, SqlTypeOf(field.type),
                     QuoteName(field.name));
    if (IsStored(parted, field.name)) stored.push_back(field.name);
  }
  if (snapshot.files.empty()) return format("select {} where false", fields);
  std::string paths = PathList(root_, snapshot.files);
  std::string declared = ParquetSchema(schema, parted);
  if (parted.empty())
    return format("select {} from read_parquet([{}], schema = {})", fields, paths, declared);
  if (IsPlain(snapshot, stored)) {
    return format(
        "select {} from read_parquet([{}], hive_partitioning = true, hive_types_autocast = false)",
        fields, paths);  // the values are texts: "007" must not come back as 7
  }
  return format(
      "select {0} from read_parquet([{1}], schema = {2}, filename = {3}) join {4} using "
      "({3})",
      fields, paths, declared, kFileColumn, PartitionTable(root_, snapshot));
}

}  // namespace codman::engine
