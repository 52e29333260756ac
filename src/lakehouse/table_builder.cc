#include "lakehouse/table_builder.h"

#include <unistd.h>

#include <algorithm>
#include <set>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"
#include "events/concepts.h"
#include "lakehouse/clinic_concepts_internal.h"
#include "lakehouse/sql_words_internal.h"
#include "lakehouse/table_binding.h"

namespace codman::lakehouse {
namespace {

constexpr char kCandidate[] = "candidate";

std::string SelectInKeyOrder(const SqlTable& table, const columns::Schema& schema) {
  std::string fields, key;
  for (const auto& field : schema) {
    fields += format("{}{}::{} as {}", fields.empty() ? "" : ", ", engine::QuoteName(field.name),
                     engine::SqlTypeOf(field.type), engine::QuoteName(field.name));
  }
  for (const auto& column : table.key) key += (key.empty() ? "" : ", ") + engine::QuoteName(column);
  return format("select {} from ({}) order by {}", fields, table.sql, key);
}

Result<std::string> RowHashSum(engine::SqlEngine* engine, const columns::Schema& schema,
                               const std::string& relation) {
  std::string fields;
  for (const auto& field : schema)
    fields += (fields.empty() ? "" : ", ") + engine::QuoteName(field.name);
  auto sum = TRY(engine->QueryAll(
      format("select cast(coalesce(sum(cast(hash({}) as hugeint)), 0) as varchar) from {}", fields,
             relation)));
  return std::string(sum.columns[0].strings[0]);
}

// Runs `work` on one thread of the engine, so that sums of doubles are added in one order.
Result<> OnOneThread(engine::SqlEngine* engine, const std::function<Result<>()>& work) {
  int64_t threads = TRY(engine->QueryInt("select cast(current_setting('threads') as bigint)"));
  TRY(engine->Execute("set threads = 1"));
  auto done = work();
  TRY(engine->Execute(format("set threads = {}", threads)));
  return done;
}

bool IsUnbuilt(const LineageTable& input) {
  static const std::vector<std::string> given = GivenTables({});
  return input.version < 0 && std::find(given.begin(), given.end(), input.table) == given.end();
}

void Discard(const engine::DeltaTable& table, const std::vector<engine::DataFile>& files) {
  for (const auto& file : files) unlink((table.root() + "/" + file.path).c_str());
}

}  // namespace

struct TableBuilder::Inputs {
  std::vector<LineageTable> tables;
  std::string identity;  // what they are at, as text: equal text, equal inputs
};

Result<> BuildReport::ToResult() const {
  std::string message;
  for (const auto& failed : failed_checks) {
    if (failed.severity != Severity::kError) continue;
    message +=
        format("{}{}: check '{}' fails for {} row(s); {} stays at its last good version",
               message.empty() ? "" : "\n", failed.place, failed.check, failed.rows, failed.table);
  }
  if (message.empty()) return {};
  return base::DataQuality(message);
}

Json BuildReport::ToJson() const {
  static constexpr const char* kOutcomes[] = {"built", "unchanged", "refused"};
  Json built = Json::Array(), failed = Json::Array();
  for (const auto& table : tables) {
    built.Add(Json::Object({{"table", table.table},
                            {"outcome", kOutcomes[static_cast<int>(table.outcome)]},
                            {"version", table.version},
                            {"rows", table.rows},
                            {"seconds", table.seconds}}));
  }
  for (const auto& check : failed_checks) {
    failed.Add(Json::Object({{"table", check.table},
                             {"place", check.place},
                             {"check", check.check},
                             {"severity", check.severity == Severity::kError ? "error" : "warning"},
                             {"rows", check.rows}}));
  }
  return Json::Object({{"tables", built}, {"failed_checks", failed}});
}

TableBuilder::TableBuilder(Lake lake, engine::SqlEngine* engine, storage::Database* database)
    : lake_(std::move(lake)), engine_(engine), database_(database) {}

Result<BuildReport> TableBuilder::Build(const std::string& clinic_folder,
                                        const std::vector<std::string>& only,
                                        const std::function<void(double)>& progress) {
  auto plan = TRY(Plan(clinic_folder, only));
  concepts_hash_ =
      TRY(RegisterConcepts(engine_, TRY(events::Concepts::Load(clinic_folder + "/concepts"))));
  TRY(lake_.RegisterViews(engine_, TRY(lake_.GoldTables())));
  auto lineage = TRY(Lineage::Open(database_));
  BuildReport report;
  for (size_t i = 0; i < plan.size(); ++i) {
    auto inputs = TRY(InputsOf(plan[i]));
    LineageRun run{.job = "build " + plan[i].QualifiedName(),
                   .inputs = inputs.tables,
                   .sql_hash = plan[i].hash,
                   .start_us = base::NowUs()};
    auto built = BuildTable(plan[i], &report);
    run.end_us = base::NowUs();
    run.outcome = "complete";
    if (!built.ok()) {
      run.outcome = "failed: the select could not be run";
      TRY(lineage.Record(run));
      return std::move(built).error().While("building " + plan[i].QualifiedName());
    }
    built->seconds = static_cast<double>(run.end_us - run.start_us) / 1e6;
    if (built->outcome == TableBuild::Outcome::kRefused)
      run.outcome = "failed: a check, of this table or of an input";
    if (built->outcome == TableBuild::Outcome::kBuilt) {
      auto snapshot = TRY(lake_.Newest(built->table));
      run.outputs = {{built->table, built->version, built->rows,
                      snapshot.info["codmanRowHashSum"].AsString()}};
    }
    if (built->outcome != TableBuild::Outcome::kUnchanged) TRY(lineage.Record(run));
    report.tables.push_back(std::move(*built));
    if (progress) progress(static_cast<double>(i + 1) / static_cast<double>(plan.size()));
  }
  return report;
}

// The tables in build order, cut to `only` and what these read.
Result<std::vector<SqlTable>> TableBuilder::Plan(const std::string& clinic_folder,
                                                 const std::vector<std::string>& only) const {
  auto plan = TRY(InBuildOrder(TRY(LoadSqlTables(clinic_folder)), TRY(lake_.Feeds())));
  if (only.empty()) return plan;
  std::set<std::string> wanted;
  for (const auto& name : only) {
    std::vector<std::string> names;
    bool found = false;
    for (const auto& table : plan) {
      names.push_back(table.QualifiedName());
      if (name != table.name && name != table.QualifiedName()) continue;
      wanted.insert(table.QualifiedName());
      found = true;
    }
    if (found) continue;
    return base::NotFound(format("{} declares no table '{}'; there are: {}", clinic_folder, name,
                                 base::Join(names, ", ")));
  }
  for (auto table = plan.rbegin(); table != plan.rend(); ++table) {
    if (wanted.count(table->QualifiedName()) != 0)
      wanted.insert(table->refs.begin(), table->refs.end());
  }
  std::erase_if(plan, [&](const auto& table) { return wanted.count(table.QualifiedName()) == 0; });
  return plan;
}

Result<TableBuilder::Inputs> TableBuilder::InputsOf(const SqlTable& table) const {
  Inputs inputs;
  for (const auto& ref : table.refs) {
    if (ref == kConcepts) {
      inputs.identity += format("{}@{} ", ref, concepts_hash_);
      inputs.tables.push_back({.table = ref, .version = 0});
      continue;
    }
    auto snapshot = TRY(lake_.Newest(ref));
    inputs.identity += format("{}@{} ", ref, snapshot.version);
    inputs.tables.push_back(
        {.table = ref, .version = snapshot.version, .rows = snapshot.num_rows()});
  }
  return inputs;
}

Result<TableBuild> TableBuilder::BuildTable(const SqlTable& table, BuildReport* report) {
  TableBuild build{.table = table.QualifiedName()};
  auto live = TRY(lake_.Newest(build.table));
  auto inputs = TRY(InputsOf(table));
  build.version = live.version;
  build.rows = live.num_rows();
  if (live.version >= 0 && live.info["codmanSqlHash"].AsString() == table.hash &&
      live.info["codmanInputs"].AsString() == inputs.identity) {
    build.outcome = TableBuild::Outcome::kUnchanged;
    return build;
  }
  // An input that was never built, because its own checks refuse it, holds back what reads it.
  if (std::any_of(inputs.tables.begin(), inputs.tables.end(), IsUnbuilt)) {
    build.outcome = TableBuild::Outcome::kRefused;
    return build;
  }
  auto schema = TRY(SchemaOf(engine_, table));
  engine::DeltaTable target(lake_.RootOf(build.table), schema);
  engine::DeltaChange change{.operation = "CREATE OR REPLACE TABLE AS SELECT"};
  auto write = [&]() -> Result<> {
    change.adds = TRY(target.WriteFile(engine_, SelectInKeyOrder(table, schema)));
    return {};
  };
  TRY(AddsDoubles(table.sql) ? OnOneThread(engine_, write) : write());
  engine::DeltaSnapshot candidate{.schema = schema, .files = change.adds};
  TRY(engine_->Execute(
      format("create or replace temp view {} as {}", kCandidate, target.SelectAll(candidate))));
  auto good = RunChecks(table, kCandidate, report);
  if (!good.ok() || !*good) {
    Discard(target, change.adds);
    if (!good.ok()) return std::move(good).error();
    build.outcome = TableBuild::Outcome::kRefused;
    return build;
  }
  for (const auto& file : live.files) change.removes.push_back(file.path);
  change.replaces_schema = live.version >= 0 && live.schema != schema;
  change.info = Json::Object({{"codmanSqlHash", table.hash},
                              {"codmanInputs", inputs.identity},
                              {"codmanRowHashSum", TRY(RowHashSum(engine_, schema, kCandidate))}});
  build.version = TRY(target.Commit(live, change));
  build.rows = candidate.num_rows();
  TRY(lake_.RegisterDerivedView(engine_, build.table));
  return build;
}

// Whether the candidate may go live.
Result<bool> TableBuilder::RunChecks(const SqlTable& table, const std::string& candidate,
                                     BuildReport* report) {
  bool good = true;
  for (const auto& check : table.checks) {
    std::string place = format("{}:{}", table.file, check.line);
    auto rows = engine_->QueryInt(CountOffendingSql(check, candidate, base::NowUs()));
    if (!rows.ok()) return std::move(rows).error().While(format("running the check at {}", place));
    if (*rows == 0) continue;
    report->failed_checks.push_back(
        {table.QualifiedName(), place, check.text, check.severity, *rows});
    good = good && check.severity != Severity::kError;
  }
  return good;
}

}  // namespace codman::lakehouse
