// Rewrites the small files of each partition of a Delta table into files of about the target size.
//
// The rows stay what they were: their count and order-free hash are compared before the commit,
// which says dataChange=false. Appenders may go on meanwhile; another change of the rewritten files
// is a Conflict, and the new files are taken away again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/delta_table.h"

namespace codman::engine {

struct OptimizeOptions {
  int64_t target_bytes = 128LL << 20;
  std::vector<std::string> sort_columns;  // order of the rows within each new file
  Result<> Validate() const;
};

struct OptimizeReport {
  int64_t version = -1;                       // of the table afterwards
  int64_t files_before = 0, files_after = 0;  // rewritten ones and what took their place
  int64_t bytes_before = 0, bytes_after = 0;
};

Result<OptimizeReport> Optimize(SqlEngine* engine, const DeltaTable& table,
                                const OptimizeOptions& options);

}  // namespace codman::engine
