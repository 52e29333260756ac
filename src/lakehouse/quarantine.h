// What was refused, why, and where it stands: reasons with their counts, and single places. Values
// stay in bronze; the position leads to the record.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "engine/sql_engine.h"
#include "lakehouse/lake.h"

namespace codman::lakehouse {

struct QuarantineFilter {
  std::string feed, reason, field;  // "" = any
  int limit = 50;
  int64_t offset = 0;
};

// {"total", "counts": [{"feed", "source", "reason", "field", "count"}], most frequent first,
//  "places": [{"feed", "source_position", "received_time", "field", "reason", "rule"}], newest
// first and filtered}
Result<Json> ReadQuarantine(const Lake& lake, engine::SqlEngine* engine,
                            const QuarantineFilter& filter);

}  // namespace codman::lakehouse
