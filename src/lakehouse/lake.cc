#include "lakehouse/lake.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "events/normalizer.h"

namespace codman::lakehouse {
namespace {

using columns::Type;
using engine::DeltaTable;

constexpr std::string_view kSilver = "silver.";

// A folder with an empty log is a table whose first commit was cut off: there is none yet.
Result<bool> HoldsTable(const std::string& folder) {
  std::string log = folder + "/_delta_log";
  if (!base::FileExists(log)) return false;
  auto entries = TRY(base::ListFolder(log));
  return std::any_of(entries.begin(), entries.end(),
                     [](const std::string& entry) { return entry.ends_with(".json"); });
}

Result<std::vector<std::string>> TablesBelow(const std::string& folder) {
  std::vector<std::string> names;
  if (!base::FileExists(folder)) return names;
  for (const auto& entry : TRY(base::ListFolder(folder))) {
    if (!entry.ends_with('/')) continue;
    std::string name = entry.substr(0, entry.size() - 1);
    if (TRY(HoldsTable(folder + "/" + name))) names.push_back(name);
  }
  return names;
}

// One view per schema over the newest version of a table, with the schema as the log has it: gold
// tables are read with the columns they were written with.
Result<> AddViews(const std::vector<std::string>& schemas, const std::string& name,
                  const DeltaTable& table, std::vector<engine::ReaderView>* views) {
  auto snapshot = TRY(table.Load());
  DeltaTable as_written(table.root(), snapshot.schema, snapshot.partition_columns);
  std::string select = as_written.SelectAll(snapshot);
  for (const auto& schema : schemas) views->push_back({schema, name, select});
  return {};
}

Result<> Register(engine::SqlEngine* engine, const std::vector<engine::ReaderView>& views) {
  for (const auto& view : views) {
    TRY(engine->Execute(
        format("create schema if not exists {0}; create or replace view {0}.{1} as {2}",
               view.schema, engine::QuoteName(view.name), view.select)));
  }
  return {};
}

}  // namespace

DeltaTable Lake::Bronze(const std::string& feed) const {
  return DeltaTable(root_ + "/bronze/" + feed,
                    {{"feed", Type::kString},
                     {"source", Type::kString},
                     {"source_record_id", Type::kString},
                     {"source_position", Type::kString},
                     {"received_time", Type::kTimestamp},
                     {"received_seq", Type::kInt64},
                     {"payload", Type::kString},
                     {"content_type", Type::kString},
                     {"date", Type::kString},
                     {"hour", Type::kString}},
                    {"date", "hour"});
}

DeltaTable Lake::Events() const {
  return DeltaTable(root_ + "/silver/events",
                    {{"subject_id", Type::kInt64},
                     {"event_time", Type::kTimestamp},
                     {"known_time", Type::kTimestamp},
                     {"received_seq", Type::kInt64},
                     {"concept", Type::kString},
                     {"source_code", Type::kString},
                     {"value", Type::kDouble},
                     {"text", Type::kString},
                     {"unit", Type::kString},
                     {"status", Type::kString},
                     {"quality", Type::kDouble},
                     {"encounter_ref", Type::kString},
                     {"source", Type::kString},
                     {"source_record_id", Type::kString},
                     {"feed", Type::kString},
                     {"month", Type::kString}},
                    {"month"});
}

DeltaTable Lake::Quarantine() const {
  auto schema = events::QuarantineSchema();
  schema.push_back({"source", Type::kString});
  return DeltaTable(root_ + "/silver/quarantine", schema);
}

DeltaTable Lake::Subjects() const {
  return DeltaTable(root_ + "/silver/subjects", {{"subject_id", Type::kInt64},
                                                 {"source", Type::kString},
                                                 {"identifier_system", Type::kString},
                                                 {"identifier", Type::kString}});
}

DeltaTable Lake::Quality() const {
  return DeltaTable(root_ + "/silver/quality", {{"source", Type::kString},
                                                {"feed", Type::kString},
                                                {"bronze_version", Type::kInt64},
                                                {"records", Type::kInt64},
                                                {"unparsable_records", Type::kInt64},
                                                {"measurements", Type::kInt64},
                                                {"stored", Type::kInt64},
                                                {"duplicates", Type::kInt64},
                                                {"quarantined", Type::kInt64},
                                                {"voided", Type::kInt64},
                                                {"markers", Type::kInt64},
                                                {"quality_score", Type::kDouble}});
}

std::vector<std::pair<std::string, DeltaTable>> Lake::OwnTables() const {
  return {{"silver.events", Events()},
          {"silver.quarantine", Quarantine()},
          {"silver.subjects", Subjects()},
          {"silver.quality", Quality()}};
}

Result<std::vector<std::string>> Lake::Feeds() const { return TablesBelow(root_ + "/bronze"); }
Result<std::vector<std::string>> Lake::GoldTables() const { return TablesBelow(root_ + "/gold"); }

Result<std::vector<std::string>> Lake::DerivedSilverTables() const {
  auto names = TRY(TablesBelow(root_ + "/silver"));
  for (const auto& [own, table] : OwnTables()) std::erase(names, own.substr(kSilver.size()));
  return names;
}

std::string Lake::RootOf(const std::string& table) const {
  size_t dot = table.find('.');
  return root_ + "/" + table.substr(0, dot) + "/" + table.substr(dot + 1);
}

Result<engine::DeltaSnapshot> Lake::Newest(const std::string& table) const {
  return DeltaTable(RootOf(table), {}).Load();
}

Result<> Lake::AddDerivedViews(const std::string& table,
                               std::vector<engine::ReaderView>* views) const {
  size_t dot = table.find('.');
  bool gold = table.starts_with("gold.");
  std::vector<std::string> schemas = {gold ? "gold" : "silver", gold ? "analytics" : "staging"};
  return AddViews(schemas, table.substr(dot + 1), DeltaTable(RootOf(table), {}), views);
}

Result<std::vector<engine::ReaderView>> Lake::Views(const std::vector<std::string>& gold) const {
  std::vector<engine::ReaderView> views;
  for (const auto& feed : TRY(Feeds()))
    TRY(AddViews({"bronze", "raw"}, feed, Bronze(feed), &views));
  for (const auto& [name, table] : OwnTables())
    TRY(AddViews({"silver", "staging"}, name.substr(kSilver.size()), table, &views));
  for (const auto& name : TRY(DerivedSilverTables()))
    TRY(AddDerivedViews("silver." + name, &views));
  for (const auto& name : gold) TRY(AddDerivedViews("gold." + name, &views));
  return views;
}

Result<> Lake::RegisterDerivedView(engine::SqlEngine* engine, const std::string& table) const {
  std::vector<engine::ReaderView> views;
  TRY(AddDerivedViews(table, &views));
  return Register(engine, views);
}

Result<> Lake::RegisterViews(engine::SqlEngine* engine,
                             const std::vector<std::string>& gold) const {
  return Register(engine, TRY(Views(gold)));
}

}  // namespace codman::lakehouse
