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
  Result<> Validate() const;
};

Result<std::unique_ptr<SqlEngine>> OpenReader(const std::string& lake_root,
                                              const std::vector<ReaderView>& views,
                                              const ReaderOptions& options = {});

}  // namespace codman::engine
