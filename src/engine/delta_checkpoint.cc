#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdio>
#include <mutex>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "engine/delta_checkpoint_internal.h"
#include "engine/delta_log_internal.h"
#include "engine/sql_engine.h"

namespace codman::engine {
namespace {

using columns::Type;

constexpr int64_t kTombstoneRetentionMs = 7 * 24 * 3600 * 1000LL;
constexpr int64_t kLogMemoryBytes = 512LL << 20;
constexpr size_t kVersionDigits = 20, kPartDigits = 10;

// What one row of a checkpoint may hold, and its type ("Checkpoint Schema" of PROTOCOL.md).
struct ActionType {
  const char* name;
  const char* structure;  // of json_transform
};
constexpr ActionType kActionTypes[] = {
    {"txn", R"j({"appId":"VARCHAR","version":"BIGINT","lastUpdated":"BIGINT"})j"},
    {"add", R"j({"path":"VARCHAR","partitionValues":"MAP(VARCHAR, VARCHAR)","size":"BIGINT",)j"
            R"j("modificationTime":"BIGINT","dataChange":"BOOLEAN","stats":"VARCHAR",)j"
            R"j("tags":"MAP(VARCHAR, VARCHAR)"})j"},
    {"remove", R"j({"path":"VARCHAR","deletionTimestamp":"BIGINT","dataChange":"BOOLEAN",)j"
               R"j("extendedFileMetadata":"BOOLEAN","partitionValues":"MAP(VARCHAR, VARCHAR)",)j"
               R"j("size":"BIGINT"})j"},
    {"metaData",
     R"j({"id":"VARCHAR","name":"VARCHAR","description":"VARCHAR",)j"
     R"j("format":{"provider":"VARCHAR","options":"MAP(VARCHAR, VARCHAR)"},)j"
     R"j("schemaString":"VARCHAR","partitionColumns":["VARCHAR"],"createdTime":"BIGINT",)j"
     R"j("configuration":"MAP(VARCHAR, VARCHAR)"})j"},
    {"protocol", R"j({"minReaderVersion":"INTEGER","minWriterVersion":"INTEGER"})j"}};

// The log's own engine: callers' engines may be locked, busy or in the middle of a result. One
// thread of its own keeps it fit for processes that fork.
Result<SqlEngine*> LogEngine() {
  static std::mutex mutex;
  static std::unique_ptr<SqlEngine>* const engine = new std::unique_ptr<SqlEngine>;
  std::lock_guard lock(mutex);
  if (*engine == nullptr) {
    *engine = TRY(SqlEngine::Open({.memory_limit_bytes = kLogMemoryBytes, .num_threads = 1})
                      .While("opening the SQL engine of the Delta log"));
  }
  return engine->get();
}

bool AreDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; });
}

// "00000000000000000010.checkpoint.parquet", or one part "….checkpoint.0000000001.0000000003.…".
struct CheckpointPart {
  int64_t version = 0;
  int64_t parts = 1;
};
std::optional<CheckpointPart> ParseCheckpointName(std::string_view name) {
  auto words = base::Split(name, '.');
  bool single = words.size() == 3, multiple = words.size() == 5;
  if ((!single && !multiple) || words[0].size() != kVersionDigits || !AreDigits(words[0]) ||
      words[1] != "checkpoint" || words.back() != "parquet")
    return {};
  auto version = base::ParseInt(words[0]);
  if (!version) return {};
  if (single) return CheckpointPart{*version};
  if (words[2].size() != kPartDigits || words[3].size() != kPartDigits || !AreDigits(words[2]) ||
      !AreDigits(words[3]))
    return {};
  return CheckpointPart{*version, base::ParseInt(words[3]).value_or(0)};
}

Result<Json> ReadHint(const std::string& root) {
  return base::ParseJson(TRY(base::ReadFile(LogFolder(root) + "/_last_checkpoint")));
}

// The actions of a checkpoint as rows of JSON, one column a kind.
class ActionRows {
 public:
  ActionRows() {
    columns::Schema schema;
    for (const auto& action : kActionTypes) schema.push_back({action.name, Type::kString});
    rows_ = columns::Table(schema);
  }
  void Add(const Json& action) {
    for (auto& column : rows_.columns) {
      const Json* member = action.Find(column.field.name);
      if (member == nullptr)
        column.AppendNull();
      else
        column.AppendString(member->ToString());
    }
  }
  const columns::Table& rows() const { return rows_; }

 private:
  columns::Table rows_;
};

columns::Table StateOf(const DeltaSnapshot& snapshot, int64_t now_ms) {
  ActionRows actions;
  actions.Add(Json::Object({{"protocol", snapshot.protocol}}));
  actions.Add(Json::Object({{"metaData", snapshot.meta_data}}));
  for (const auto& [application, version] : snapshot.txns)
    actions.Add(TxnAction(application, version));
  // Checkpoints repeat what was said before: their actions change no data.
  for (const auto& file : snapshot.files) actions.Add(AddAction(file, false));
  for (RemovedFile file : snapshot.removed) {
    if (file.deleted_ms < now_ms - kTombstoneRetentionMs) continue;
    file.data_change = false;
    actions.Add(RemoveAction(file));
  }
  return actions.rows();
}

Result<> WriteParquet(const columns::Table& state, const std::string& path) {
  static std::atomic<int64_t> next{0};
  SqlEngine* engine = TRY(LogEngine());
  std::string table = format("checkpoint_{}", next++);
  std::string fields;
  for (const auto& action : kActionTypes) {
    std::string name = QuoteName(action.name);
    fields += format("{}json_transform({}::json, {}) as {}", fields.empty() ? "" : ", ", name,
                     base::QuoteSql(action.structure), name);
  }
  TRY(engine->CreateTable(table, state.schema()));
  auto written = engine->Append(table, state);
  if (written.ok()) {
    written = engine->Execute(format("copy (select {} from {}) to {} (format parquet)", fields,
                                     table, base::QuoteSql(path)));
  }
  TRY(engine->Execute("drop table " + table));
  return written;
}

Result<> SyncAndRename(const std::string& partial, const std::string& path) {
  int fd = open(partial.c_str(), O_RDONLY | O_CLOEXEC);
  bool good = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  if (!good || rename(partial.c_str(), path.c_str()) != 0)
    return base::Unavailable(format("cannot write {}; check the disk", path));
  return {};
}

Result<> ApplyColumn(const columns::Column& column, DeltaCommit* commit) {
  for (size_t i = 0; i < column.valid.size(); ++i) {
    if (column.valid[i] == 0) continue;
    Json action = TRY(base::ParseJson(column.strings[i]));
    TRY(ApplyAction(Json::Object({{column.field.name, action}}), commit));
  }
  return {};
}

// All actions of these parts, and how many.
struct CheckpointState {
  DeltaCommit commit;
  int64_t rows = 0;
};
Result<CheckpointState> ReadActions(int64_t version, const std::vector<std::string>& paths) {
  std::string files;
  for (const auto& path : paths) files += (files.empty() ? "" : ", ") + base::QuoteSql(path);
  std::string relation = format("read_parquet([{}], union_by_name = true)", files);
  SqlEngine* engine = TRY(LogEngine());
  std::string fields;
  for (const auto& field : TRY(engine->Describe("select * from " + relation))) {
    for (const auto& action : kActionTypes) {
      if (field.name != action.name) continue;
      fields += format("{}to_json({})::varchar as {}", fields.empty() ? "" : ", ",
                       QuoteName(field.name), QuoteName(field.name));
    }
  }
  if (fields.empty()) return base::InvalidInput("a checkpoint without actions");
  CheckpointState state{.commit = {.version = version}};
  TRY(engine->Query(format("select {} from {}", fields, relation),
                    [&](const columns::Table& chunk) -> Result<> {
                      state.rows += chunk.num_rows();
                      for (const auto& column : chunk.columns)
                        TRY(ApplyColumn(column, &state.commit));
                      return {};
                    }));
  if (state.commit.protocol.is_null() || state.commit.meta_data.is_null())
    return base::InvalidInput(format("the checkpoint of version {} is not whole", version));
  return state;
}

// What cannot be read back is written once more, and then given up: readers would only pass it
// over, and a cleaning that trusted it would leave nothing to read.
Result<> WriteReadable(const columns::Table& state, int64_t version, const std::string& path) {
  Result<> written;
  for (int attempt = 0; attempt < 2; ++attempt) {
    TRY(WriteParquet(state, path));
    auto read = ReadActions(version, {path});
    if (read.ok() && read->rows == state.num_rows()) return {};
    if (read.ok())
      written = base::Internal(format("{} of {} actions came back", read->rows, state.num_rows()));
    else
      written = std::move(read).error();
    base::Log(base::LogLevel::kWarning, "engine", "a checkpoint could not be read back",
              Json::Object({{"version", version}, {"why", written.error().ToString()}}));
  }
  return written;
}

}  // namespace

std::string CheckpointName(int64_t version) { return format("{:020}.checkpoint.parquet", version); }

Result<LogListing> ListLog(const std::string& root) {
  LogListing listing;
  auto names = base::ListFolder(LogFolder(root));
  if (!names.ok() && names.error().kind() == ErrorKind::kNotFound) return listing;
  if (!names.ok()) return std::move(names).error();
  std::map<int64_t, int64_t> parts_wanted;
  for (const auto& name : *names) {
    constexpr std::string_view kJson = ".json";
    if (name.find(".partial-") != std::string::npos) {
      listing.partial.push_back(name);
    } else if (name.size() == kVersionDigits + kJson.size() && name.ends_with(kJson) &&
               AreDigits(std::string_view(name).substr(0, kVersionDigits))) {
      auto version = base::ParseInt(std::string_view(name).substr(0, kVersionDigits));
      if (version) listing.commits.push_back(*version);
    } else if (auto part = ParseCheckpointName(name)) {
      auto& found = listing.checkpoints[part->version];
      // A whole one beside parts of the same version is enough.
      if (part->parts == 1) found.clear();
      if (part->parts == 1 || parts_wanted[part->version] != 1) {
        found.push_back(name);
        parts_wanted[part->version] = part->parts;
      }
    }
  }
  std::erase_if(listing.checkpoints, [&](const auto& entry) {
    return static_cast<int64_t>(entry.second.size()) != parts_wanted[entry.first];
  });
  return listing;
}

std::optional<int64_t> CheckpointHint(const std::string& root) {
  auto hint = ReadHint(root);
  if (!hint.ok() || !(*hint)["version"].is_number()) return {};
  double version = (*hint)["version"].AsDouble();
  // Several parts: the listing knows their names.
  if (!(version >= 0 && version < 9e15) || hint->Find("parts") != nullptr) return {};
  return static_cast<int64_t>(version);
}

Result<DeltaCommit> ReadCheckpoint(const std::string& root, int64_t version,
                                   const std::vector<std::string>& names) {
  std::vector<std::string> paths;
  for (const auto& name : names) paths.push_back(LogFolder(root) + "/" + name);
  auto [state, rows] = TRY(ReadActions(version, paths));
  auto hint = ReadHint(root);
  if (hint.ok() && (*hint)["version"].AsDouble(-1) == static_cast<double>(version) &&
      (*hint)["size"].AsDouble(static_cast<double>(rows)) != static_cast<double>(rows))
    return base::InvalidInput(format("the checkpoint of version {} lacks actions", version));
  return std::move(state);
}

Result<> WriteCheckpoint(const std::string& root, const DeltaSnapshot& snapshot, int64_t now_ms) {
  std::string path = LogFolder(root) + "/" + CheckpointName(snapshot.version);
  std::string partial = format("{}.partial-{}", path, base::ToHex(base::RandomBytes(8)));
  columns::Table state = StateOf(snapshot, now_ms);
  auto written = WriteReadable(state, snapshot.version, partial);
  if (written.ok()) written = SyncAndRename(partial, path);
  if (!written.ok()) {
    unlink(partial.c_str());
    return std::move(written).While(format("writing a checkpoint of {}", root));
  }
  TRY(base::SyncFolder(LogFolder(root)));
  if (CheckpointHint(root).value_or(-1) > snapshot.version) return {};
  Json hint = Json::Object({{"version", snapshot.version},
                            {"size", state.num_rows()},
                            {"sizeInBytes", TRY(base::FileSize(path))},
                            {"numOfAddFiles", static_cast<int64_t>(snapshot.files.size())}});
  return base::WriteFileAtomically(LogFolder(root) + "/_last_checkpoint", hint.ToString());
}

}  // namespace codman::engine
