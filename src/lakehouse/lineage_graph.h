// The way from a thing back to what it was made from, and forward to what was made from it. Pure:
// works on runs that were recorded (lineage.h).
//
// Things are named as runs name them: "gold.icu_stays", "bronze.patient-vitals",
// "model sepsis/process-1", "file 9f86d0…".
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "lakehouse/lake.h"
#include "lakehouse/lineage.h"

namespace codman::lakehouse {

enum class Direction { kBack, kForward };

// {"name", "version", "rows", "made_by": {"job", "at", "run_id", "sql_hash"}?, "from"|"into": […]}:
// a tree, the newest version of `name` at its root. What the tree has already shown is not opened
// again: {"shown": true}.
Json TraceLineage(const std::vector<LineageRun>& runs, const std::string& name,
                  Direction direction);

// {"nodes": [{"name", "version", "rows"}], "edges": [{"from", "to", "job", "at"}]}: the newest run
// of each job.
Json LineageGraph(const std::vector<LineageRun>& runs);

// Runs that bronze itself tells: which files each feed's newest version holds. One run per feed,
// job "ingest <feed>".
Result<std::vector<LineageRun>> IngestRuns(const Lake& lake);

}  // namespace codman::lakehouse
