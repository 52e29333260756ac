#include "lakehouse/lineage.h"

#include <array>

#include "base/clock.h"
#include "base/crypto.h"

namespace codman::lakehouse {
namespace {

constexpr std::array kMigrations = std::to_array<storage::Migration>({
    {1,
     "create table lineage_runs (id integer primary key, run_id text not null unique, job text not "
     "null, inputs text not null, outputs text not null, sql_hash text not null, start_us integer "
     "not null, end_us integer not null, outcome text not null);"
     "create index lineage_runs_by_job on lineage_runs (job, id);"
     "create table data_quality_reports (id integer primary key, time_us integer not null, report "
     "text not null)"},
});

Json TablesJson(const std::vector<LineageTable>& tables) {
  Json list = Json::Array();
  for (const auto& table : tables) {
    Json entry =
        Json::Object({{"table", table.table}, {"version", table.version}, {"rows", table.rows}});
    if (!table.row_hash_sum.empty()) entry.Set("row_hash_sum", table.row_hash_sum);
    list.Add(std::move(entry));
  }
  return list;
}

Result<std::vector<LineageTable>> TablesOf(const std::string& text) {
  std::vector<LineageTable> tables;
  Json list = TRY(base::ParseJson(text));
  for (const auto& entry : list.items()) {
    tables.push_back({entry["table"].AsString(), entry["version"].AsInt(), entry["rows"].AsInt(),
                      entry["row_hash_sum"].AsString()});
  }
  return tables;
}

}  // namespace

Json LineageRun::ToJson() const {
  return Json::Object({{"run_id", run_id},
                       {"job", job},
                       {"inputs", TablesJson(inputs)},
                       {"outputs", TablesJson(outputs)},
                       {"sql_hash", sql_hash},
                       {"start", base::FormatTime(start_us)},
                       {"end", base::FormatTime(end_us)},
                       {"outcome", outcome}});
}

Result<> MigrateLakehouse(storage::Database* database) {
  return database->Migrate("lakehouse", kMigrations);
}

Result<Lineage> Lineage::Open(storage::Database* database) {
  TRY(MigrateLakehouse(database));
  return Lineage(database);
}

Result<> Lineage::Record(const LineageRun& run) {
  std::string id = run.run_id.empty() ? base::ToHex(base::RandomBytes(16)) : run.run_id;
  TRY(database_->Execute(
      "insert into lineage_runs (run_id, job, inputs, outputs, sql_hash, start_us, end_us, "
      "outcome) "
      "values (?, ?, ?, ?, ?, ?, ?, ?)",
      {id, run.job, TablesJson(run.inputs).ToString(), TablesJson(run.outputs).ToString(),
       run.sql_hash, run.start_us, run.end_us, run.outcome}));
  return {};
}

Result<std::vector<LineageRun>> Lineage::Latest(int64_t limit, const std::string& job) const {
  auto rows = TRY(database_->Query(
      "select * from lineage_runs where ?1 = '' or job = ?1 order by id desc limit ?2",
      {job, limit}));
  std::vector<LineageRun> runs;
  for (size_t i = 0; i < rows.size(); ++i) {
    runs.push_back({.run_id = rows.Text(i, "run_id"),
                    .job = rows.Text(i, "job"),
                    .inputs = TRY(TablesOf(rows.Text(i, "inputs"))),
                    .outputs = TRY(TablesOf(rows.Text(i, "outputs"))),
                    .sql_hash = rows.Text(i, "sql_hash"),
                    .start_us = rows.Int(i, "start_us"),
                    .end_us = rows.Int(i, "end_us"),
                    .outcome = rows.Text(i, "outcome")});
  }
  return runs;
}

}  // namespace codman::lakehouse
