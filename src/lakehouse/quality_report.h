// How good the data is: what became of the measurements of each feed, and overall.
//
// Per feed: records, unparsable_records, measurements, stored (of these superseded by a later
// version, and voided by a conflict), duplicates, quarantined and for which reasons,
// completeness and score.
//   measurements = stored + duplicates + quarantined           (data-model.md 4)
//   score        = 1 - quarantined / measurements              (1 where there are none)
//   completeness = pairs (subject, concept) with a value / (subjects · concepts of the feed)
#pragma once

#include <cstdint>

#include "base/json.h"
#include "base/result.h"
#include "engine/sql_engine.h"
#include "lakehouse/lake.h"
#include "storage/database.h"

namespace codman::lakehouse {

// {"feeds": [{"feed", "source", …}, …], "overall": {…}}, of the newest silver.
Result<Json> MakeQualityReport(const Lake& lake, engine::SqlEngine* engine);

// Keeps the report with its time in data_quality_reports.
Result<> KeepQualityReport(storage::Database* database, int64_t time_us, const Json& report);
// {"time", "report"} of the newest ones, newest first.
Result<Json> LatestQualityReports(storage::Database* database, int64_t limit);

}  // namespace codman::lakehouse
