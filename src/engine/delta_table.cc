#include "engine/delta_table.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/delta_log_internal.h"

namespace codman::engine {
namespace {

using columns::Field;
using columns::Type;

constexpr int kMaxCommitAttempts = 100;
constexpr size_t kMaxStatTextBytes = 32;  // longer texts give no bound rather than a cut one

Result<> SyncFile(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  bool synced = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  if (!synced) return base::Unavailable(format("cannot sync {}; check the disk", path));
  return {};
}

// Delta keeps milliseconds: the lower bound is cut down, the upper one is moved up.
Json TimestampStat(int64_t time_us, bool upper) {
  int64_t ms = time_us >= 0 ? time_us / 1000 : -((-time_us + 999) / 1000);
  if (upper && ms * 1000 < time_us) ++ms;
  std::string text = base::FormatTime(ms * 1000);
  text.pop_back();
  size_t dot = text.find('.');
  text = dot == std::string::npos ? text + ".000" : text.substr(0, dot + 4);
  return Json(text + "Z");
}

// min/max of one column of a finished file, asked of the file itself.
std::string StatColumns(const columns::Schema& schema) {
  std::string select = "count(*)";
  for (const auto& field : schema) {
    std::string name = QuoteName(field.name);
    select += format(", count(*) - count({})", name);
    bool bounded = field.type != Type::kBool;
    select += bounded ? format(", min({0}), max({0})", name) : ", null::bigint, null::bigint";
  }
  return select;
}

Json StatValue(const columns::Column& column, bool upper) {
  if (column.valid[0] == 0) return {};
  switch (column.field.type) {
    case Type::kInt64:
      return column.ints[0];
    case Type::kDouble:  // NaN is the largest double: then nothing is known about the bound
      return std::isfinite(column.doubles[0]) ? Json(column.doubles[0]) : Json();
    case Type::kTimestamp:
      return TimestampStat(column.ints[0], upper);
    case Type::kString:
      return column.strings[0].size() > kMaxStatTextBytes ? Json() : Json(column.strings[0]);
    default:
      return {};
  }
}

Json StatsOf(const columns::Schema& schema, const columns::Table& row) {
  Json low = Json::Object(), high = Json::Object(), nulls = Json::Object();
  for (size_t i = 0; i < schema.size(); ++i) {
    const auto& name = schema[i].name;
    nulls.Set(name, row.columns[1 + 3 * i].ints[0]);
    Json minimum = StatValue(row.columns[2 + 3 * i], false);
    Json maximum = StatValue(row.columns[3 + 3 * i], true);
    if (minimum.is_null() || maximum.is_null()) continue;
    low.Set(name, minimum);
    high.Set(name, maximum);
  }
  return Json::Object({{"numRecords", row.columns[0].ints[0]},
                       {"minValues", low},
                       {"maxValues", high},
                       {"nullCount", nulls}});
}

}  // namespace

int64_t DeltaSnapshot::num_rows() const {
  int64_t rows = 0;
  for (const auto& file : files) rows += file.rows;
  return rows;
}

DeltaTable::DeltaTable(std::string root, columns::Schema schema,
                       std::vector<std::string> partition_columns)
    : root_(std::move(root)),
      schema_(std::move(schema)),
      partition_columns_(std::move(partition_columns)) {}

std::string DeltaTable::LogPath(int64_t version) const {
  return format("{}/_delta_log/{:020}.json", root_, version);
}

Result<DeltaSnapshot> DeltaTable::Load(int64_t version) const {
  DeltaSnapshot snapshot;
  snapshot.schema = schema_;
  snapshot.partition_columns = partition_columns_;
  while (version < 0 || snapshot.version < version) {
    auto text = base::ReadFile(LogPath(snapshot.version + 1));
    if (!text.ok() && text.error().kind() == ErrorKind::kNotFound) break;
    if (!text.ok()) return std::move(text).error();
    TRY(ApplyCommit(LogPath(snapshot.version + 1), *text, &snapshot));
    ++snapshot.version;
  }
  if (version > snapshot.version) {
    return base::NotFound(
        format("table {} has no version {}; the newest is {}", root_, version, snapshot.version));
  }
  return snapshot;
}

Result<std::vector<DataFile>> DeltaTable::WriteFile(
    SqlEngine* engine, const std::string& select,
    std::vector<std::pair<std::string, std::string>> partition) const {
  std::string folder;
  for (const auto& [column, value] : partition) {
    // One folder, whatever the value says: neither a separator nor a way out of the table.
    std::string encoded = base::ReplaceAll(EncodePath(value), "/", "%2F");
    folder += column + "=" + base::ReplaceAll(encoded, "=", "%3D") + "/";
  }
  TRY(base::MakeFolders(root_ + "/" + folder));
  DataFile file;
  file.path = format("{}part-{}.zstd.parquet", folder, base::ToHex(base::RandomBytes(12)));
  file.partition = std::move(partition);
  std::string path = root_ + "/" + file.path;
  TRY(engine->Execute(
      format("copy ({}) to {} (format parquet, compression zstd, row_group_size 122880)", select,
             base::QuoteSql(path))));
  columns::Schema stored;
  for (const auto& field : schema_) {
    if (std::find(partition_columns_.begin(), partition_columns_.end(), field.name) ==
        partition_columns_.end())
      stored.push_back(field);
  }
  auto row = TRY(engine->QueryAll(
      format("select {} from read_parquet({})", StatColumns(stored), base::QuoteSql(path))));
  file.rows = row.columns[0].ints[0];
  if (file.rows == 0) {
    unlink(path.c_str());
    return std::vector<DataFile>{};
  }
  file.stats = StatsOf(stored, row);
  file.size_bytes = TRY(base::FileSize(path));
  TRY(SyncFile(path));
  TRY(base::SyncFolder(root_ + "/" + folder));
  return std::vector<DataFile>{std::move(file)};
}

Result<int64_t> DeltaTable::Commit(const DeltaSnapshot& read, const DeltaChange& change) const {
  CHECK(!change.replaces_schema || change.removes.size() == read.files.size());
  TRY(base::MakeFolders(root_ + "/_delta_log"));
  int64_t now_ms = base::NowUs() / 1000;
  std::string actions = CommitInfoAction(change, now_ms).ToString() + "\n";
  for (const auto& [application, version] : change.txns)
    actions += TxnAction(application, version, now_ms).ToString() + "\n";
  for (const auto& path : change.removes) {
    auto live = std::find_if(read.files.begin(), read.files.end(),
                             [&](const DataFile& file) { return file.path == path; });
    if (live == read.files.end())
      return base::Conflict(format("table {}: {} is not live any more", root_, path));
    actions += RemoveAction(*live, now_ms).ToString() + "\n";
  }
  for (const auto& file : change.adds) actions += AddAction(file, now_ms).ToString() + "\n";

  int64_t version = read.version + 1;
  for (int attempt = 0; attempt < kMaxCommitAttempts; ++attempt, ++version) {
    std::string head;
    if (version == 0) {
      head = ProtocolAction().ToString() + "\n" +
             MetaDataAction(schema_, partition_columns_, "", now_ms).ToString() + "\n";
    } else if (change.replaces_schema) {
      head = MetaDataAction(schema_, partition_columns_, read.table_id, now_ms).ToString() + "\n";
    }
    auto put = base::CreateFileExclusively(LogPath(version), head + actions);
    if (put.ok()) return version;
    if (put.error().kind() != ErrorKind::kConflict) return std::move(put).error();
    DeltaSnapshot now = TRY(Load(version));
    bool moved = !change.removes.empty() || change.replaces_schema;
    for (const auto& [application, ignored] : change.txns) {
      auto before = read.txns.find(application);
      auto after = std::as_const(now.txns).find(application);
      bool was_absent = before == read.txns.end(), is_absent = after == now.txns.cend();
      moved = moved || was_absent != is_absent || (!is_absent && after->second != before->second);
    }
    if (moved)
      return base::Conflict(
          format("table {} was changed by another writer; run the command again", root_));
  }
  return base::Unavailable(format("table {} has too many writers at once; try again", root_));
}

std::string DeltaTable::SelectAll(const DeltaSnapshot& snapshot) const {
  std::string fields;
  for (const auto& field : schema_) {
    if (!fields.empty()) fields += ", ";
    bool empty = snapshot.files.empty();
    fields += empty ? format("null::{} as {}", SqlTypeOf(field.type), QuoteName(field.name))
                    : format("{}::{} as {}", QuoteName(field.name), SqlTypeOf(field.type),
                             QuoteName(field.name));
  }
  if (snapshot.files.empty()) return format("select {} where false", fields);
  std::string paths;
  for (const auto& file : snapshot.files) {
    if (!paths.empty()) paths += ", ";
    paths += base::QuoteSql(root_ + "/" + file.path);
  }
  return format("select {} from read_parquet([{}], hive_partitioning = {})", fields, paths,
                // The values are texts: "007" must not come back as 7.
                snapshot.partition_columns.empty() ? "false" : "true, hive_types_autocast = false");
}

}  // namespace codman::engine
