// Deletes what no version of a Delta table that should stay readable refers to: data files whose
// removal is older than the retention, orphans of killed writers, and logs that a checkpoint has
// made superfluous.
//
// A file is kept when any version that was current within the retention refers to it, and when it
// is younger than the retention, because a writer may be about to commit it. Retention 0 is for
// tables that nobody writes at the time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/delta_table.h"

namespace codman::engine {

struct VacuumOptions {
  double retention_hours = 168;
  double log_retention_hours = 720;  // at least retention_hours is kept
  bool dry_run = false;              // only tells what would be deleted
  int64_t now_us = 0;                // 0 = the clock; a rehearsal may ask about a later time
  Result<> Validate() const;
};

struct VacuumReport {
  std::vector<std::string> data_files;  // relative to the table, sorted
  std::vector<std::string> log_files;   // relative to the table, sorted
  int64_t bytes = 0;
};

Result<VacuumReport> Vacuum(const DeltaTable& table, const VacuumOptions& options);

}  // namespace codman::engine
