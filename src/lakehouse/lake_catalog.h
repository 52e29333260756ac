// What the lake holds, for people: counts, tables with their columns, history and sample rows.
// Reads only; runs SQL on the engine that it is given.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "engine/sql_engine.h"
#include "lakehouse/lake.h"

namespace codman::lakehouse {

// {"measurements", "quarantined", "duplicates", "records", "patients", "encounters",
//  "quality_score"}
Result<Json> CountLake(const Lake& lake, engine::SqlEngine* engine);

// [{"name": "silver.events", "layer", "rows", "version", "files", "bytes", "committed_at"}, …] from
// the logs alone: no data file is opened.
Result<Json> ListTables(const Lake& lake);

struct SampleOptions {
  int rows = 20;                // at most 1,000
  size_t max_text_bytes = 200;  // longer texts are cut and end with "…"
};
// The entry of ListTables with "columns": [{"name", "type", "nulls", "least", "greatest"}] (the
// last three over all rows), "history": newest versions first, and "sample": rows as objects.
// NotFound names the tables that there are.
Result<Json> DescribeTable(const Lake& lake, engine::SqlEngine* engine, const std::string& name,
                           const SampleOptions& options = {});

}  // namespace codman::lakehouse
