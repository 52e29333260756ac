// Builds the tables that a clinic derives, clinic/silver/*.sql and clinic/gold/*.sql, in the order
// of their refs, each as one Delta commit that replaces the table's rows.
//
// A table is built again only where its SQL or the version of an input has changed. Checks run on
// the new rows before they are committed: where one of severity error fails, the old version stays
// live, and what reads the table is built from that. Every build leaves a lineage run. Single
// writer (the owner of the home).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "engine/sql_engine.h"
#include "lakehouse/lake.h"
#include "lakehouse/lineage.h"
#include "lakehouse/sql_table.h"
#include "storage/database.h"

namespace codman::lakehouse {

struct FailedCheck {
  std::string table, place,
      check;  // "gold.icu_stays", "clinic/gold/icu_stays.sql:6", "unique a, b"
  Severity severity = Severity::kError;
  int64_t rows = 0;  // that break it
};

struct TableBuild {
  std::string table;
  enum class Outcome { kBuilt, kUnchanged, kRefused } outcome = Outcome::kBuilt;
  int64_t version = -1;  // live after the build; -1: none
  int64_t rows = 0;
  double seconds = 0;
};

struct BuildReport {
  std::vector<TableBuild> tables;  // in build order
  std::vector<FailedCheck> failed_checks;
  // DataQuality naming each failed check of severity error, or success.
  Result<> ToResult() const;
  Json ToJson() const;
};

class TableBuilder {
 public:
  // Both must outlive the builder.
  TableBuilder(Lake lake, engine::SqlEngine* engine, storage::Database* database);

  // `only`: "gold.icu_stays" or "icu_stays", and what these read; empty for all. `progress` is told
  // the share done. A failed check is in the report, not an error; an error is a declaration that
  // cannot be read or run.
  Result<BuildReport> Build(const std::string& clinic_folder, const std::vector<std::string>& only,
                            const std::function<void(double)>& progress = {});

 private:
  struct Inputs;
  Result<std::vector<SqlTable>> Plan(const std::string& clinic_folder,
                                     const std::vector<std::string>& only) const;
  Result<Inputs> InputsOf(const SqlTable& table) const;
  Result<TableBuild> BuildTable(const SqlTable& table, BuildReport* report);
  Result<bool> RunChecks(const SqlTable& table, const std::string& candidate, BuildReport* report);

  Lake lake_;
  engine::SqlEngine* engine_;
  storage::Database* database_;
  std::string concepts_hash_;
};

}  // namespace codman::lakehouse
