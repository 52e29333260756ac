#include "lakehouse/lake_catalog.h"

#include <algorithm>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "columns/rows.h"

namespace codman::lakehouse {
namespace {

constexpr int kHistoryVersions = 20;

// Names of all tables that have been committed to, layer by layer.
Result<std::vector<std::string>> TableNames(const Lake& lake) {
  std::vector<std::string> names;
  for (const char* layer : {"bronze", "silver", "gold"}) {
    std::string folder = lake.root() + "/" + layer;
    if (!base::FileExists(folder)) continue;
    for (const auto& entry : TRY(base::ListFolder(folder))) {
      std::string name = entry.substr(0, entry.size() - 1);
      if (entry.ends_with('/') && base::FileExists(folder + "/" + name + "/_delta_log"))
        names.push_back(format("{}.{}", layer, name));
    }
  }
  return names;
}

Json EntryOf(const std::string& name, const engine::DeltaSnapshot& snapshot) {
  int64_t bytes = 0;
  for (const auto& file : snapshot.files) bytes += file.size_bytes;
  Json entry = Json::Object({{"name", name},
                             {"layer", name.substr(0, name.find('.'))},
                             {"rows", snapshot.num_rows()},
                             {"version", snapshot.version},
                             {"files", static_cast<int64_t>(snapshot.files.size())},
                             {"bytes", bytes}});
  const Json& timestamp = snapshot.info["timestamp"];
  if (timestamp.is_number()) entry.Set("committed_at", base::FormatTime(timestamp.AsInt() * 1000));
  return entry;
}

// Nulls, least and greatest of every column, in one pass over the table.
Result<Json> ColumnsOf(engine::SqlEngine* engine, const engine::DeltaSnapshot& snapshot,
                       const std::string& rows, size_t max_text_bytes) {
  std::string select;
  for (const auto& field : snapshot.schema) {
    std::string column = engine::QuoteName(field.name);
    bool text = field.type == columns::Type::kString;
    std::string shown = text ? format("left({}, {})", column, max_text_bytes) : column;
    select += format("{}count(*) - count({}), cast(min({}) as varchar), cast(max({}) as varchar)",
                     select.empty() ? "select " : ", ", column, shown, shown);
  }
  auto facts = TRY(engine->QueryAll(format("{} from ({})", select, rows)));
  Json list = Json::Array();
  for (size_t i = 0; i < snapshot.schema.size(); ++i) {
    const auto& field = snapshot.schema[i];
    list.Add(Json::Object({{"name", field.name},
                           {"type", columns::NameOf(field.type)},
                           {"nulls", columns::CellOf(facts.columns[3 * i], 0)},
                           {"least", columns::CellOf(facts.columns[3 * i + 1], 0)},
                           {"greatest", columns::CellOf(facts.columns[3 * i + 2], 0)}}));
  }
  return list;
}

Result<Json> HistoryOf(const engine::DeltaTable& table, int64_t newest) {
  Json history = Json::Array();
  for (int64_t version = newest; version >= 0 && version > newest - kHistoryVersions; --version) {
    auto snapshot = table.Load(version);
    if (!snapshot.ok()) break;  // older logs have been cleaned away
    Json entry = EntryOf("", *snapshot);
    history.Add(Json::Object({{"version", version},
                              {"committed_at", entry["committed_at"]},
                              {"operation", snapshot->info["operation"]},
                              {"rows", entry["rows"]},
                              {"files", entry["files"]}}));
  }
  return history;
}

Json CutTexts(Json rows, size_t max_bytes) {
  for (auto& row : rows.items()) {
    for (auto& [name, value] : row.members()) {
      if (!value.is_string() || value.AsString().size() <= max_bytes) continue;
      std::string text = value.AsString().substr(0, max_bytes);
      while (!text.empty() && (text.back() & 0xC0) == 0x80) text.pop_back();
      if (!text.empty() && (text.back() & 0x80) != 0) text.pop_back();
      value = text + "…";
    }
  }
  return rows;
}

}  // namespace

Result<Json> CountLake(const Lake& lake, engine::SqlEngine* engine) {
  auto quality = lake.Quality();
  auto counts = TRY(engine->QueryAll(
      format("select cast(coalesce(sum(measurements), 0) as bigint) as measurements, "
             "cast(coalesce(sum(quarantined), 0) as bigint) as quarantined, "
             "cast(coalesce(sum(duplicates), 0) as bigint) as duplicates, "
             "cast(coalesce(sum(records), 0) as bigint) as records from ({})",
             quality.SelectAll(TRY(quality.Load())))));
  Json data = columns::RowsOf(counts).items()[0];
  int64_t patients = TRY(lake.Subjects().Load()).num_rows();
  double measurements = data["measurements"].AsDouble();
  double quarantined = data["quarantined"].AsDouble();
  data.Set("patients", patients);
  data.Set("encounters", patients);
  data.Set("quality_score", measurements == 0 ? 1 : 1 - quarantined / measurements);
  return data;
}

Result<Json> ListTables(const Lake& lake) {
  Json tables = Json::Array();
  for (const auto& name : TRY(TableNames(lake))) {
    auto snapshot = TRY(lake.Newest(name));
    if (snapshot.version >= 0) tables.Add(EntryOf(name, snapshot));
  }
  return tables;
}

Result<Json> DescribeTable(const Lake& lake, engine::SqlEngine* engine, const std::string& name,
                           const SampleOptions& options) {
  auto names = TRY(TableNames(lake));
  if (std::find(names.begin(), names.end(), name) == names.end())
    return base::NotFound(
        format("the lake has no table '{}'; there are: {}", name, base::Join(names, ", ")));
  auto snapshot = TRY(lake.Newest(name));
  engine::DeltaTable table(lake.RootOf(name), snapshot.schema, snapshot.partition_columns);
  std::string rows = table.SelectAll(snapshot);
  Json description = EntryOf(name, snapshot);
  description.Set("columns", TRY(ColumnsOf(engine, snapshot, rows, options.max_text_bytes)));
  description.Set("history", TRY(HistoryOf(table, snapshot.version)));
  auto sample = TRY(
      engine->QueryAll(format("select * from ({}) limit {}", rows, std::min(options.rows, 1000))));
  description.Set("sample", CutTexts(columns::RowsOf(sample), options.max_text_bytes));
  return description;
}

}  // namespace codman::lakehouse
