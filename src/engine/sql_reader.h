// A SQL engine for queries that users type: reads the views it was given and nothing beside the
// lake.
//
// After the views are made, DuckDB's own locks are closed: only files below the lake root can be
// opened, no extension, attachment or setting can be reached, and the settings cannot be opened
// again. On top of that only one SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE or EXPLAIN of such
// is let through, and no function that does more than give rows (enable_logging writes files past
// all locks); everything else is Forbidden. A query that gives more rows or takes longer than
// allowed is ended with InvalidInput, which says so.
//
// Views are as of the time of opening: a new version of a table needs a new reader.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/sql_engine.h"

namespace codman::engine {

struct ReaderView {
  std::string schema;
  std::string name;
  std::string select;
};

struct ReaderOptions {
  EngineOptions engine;
  int64_t max_rows = 100'000;
  int64_t max_time_ms = 30'000;
  // Also refuses functions whose value is another at the next run (random, now).
  bool repeatable = false;
  // Where there are any, these are all that can be opened, not what lies below the root.
  std::vector<std::string> only_files;
  Result<> Validate() const;
};

Result<std::unique_ptr<SqlEngine>> OpenReader(const std::string& lake_root,
                                              const std::vector<ReaderView>& views,
                                              const ReaderOptions& options = {});

// Whether a repeatable reader would let `sql` through, without the tables that it reads.
Result<> CheckRepeatable(const std::string& sql);

// "select * from …" over files of one kind, for a view: .csv (every column a text, as the cells
// say it), .parquet, or .ndjson, .jsonl and .json (one column `json`, a record each); but for
// Parquet also with .gz or .zst behind.
Result<std::string> SelectFromFiles(const std::vector<std::string>& files);

}  // namespace codman::engine
