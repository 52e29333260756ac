// What was made from what: one row per build of a table, kept in the relational store
// (`lineage_runs`).
//
// A table is told by its Delta version and row count; outputs also by the sum of their row hashes,
// which does not depend on the order of rows (equal content gives an equal sum within one version
// of the SQL engine).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "storage/database.h"

namespace codman::lakehouse {

struct LineageTable {
  std::string table;  // "silver.events"
  int64_t version = -1;
  int64_t rows = 0;
  std::string row_hash_sum;  // decimal; empty of inputs
};

struct LineageRun {
  std::string run_id;  // random, hex; made by Record where empty
  std::string job;     // "build gold.icu_stays"
  std::vector<LineageTable> inputs, outputs;
  std::string sql_hash;
  int64_t start_us = 0, end_us = 0;
  std::string outcome;  // "complete", or "failed" and why, never a row value
  Json ToJson() const;
};

class Lineage {
 public:
  // Brings the room's tables up to date. `database` must outlive the object.
  static Result<Lineage> Open(storage::Database* database);

  Result<> Record(const LineageRun& run);
  // Newest first; `job` "" for all.
  Result<std::vector<LineageRun>> Latest(int64_t limit, const std::string& job = "") const;

 private:
  explicit Lineage(storage::Database* database) : database_(database) {}
  storage::Database* database_;
};

// The room's part of the relational store: lineage_runs and data_quality_reports.
Result<> MigrateLakehouse(storage::Database* database);

}  // namespace codman::lakehouse
