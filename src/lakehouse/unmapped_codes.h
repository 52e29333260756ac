// Codes that sources send and no concept claims: the work list of whoever maps a new feed. Their
// events are kept under the source's code, so mapping them later loses nothing.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "engine/sql_engine.h"
#include "events/concepts.h"
#include "lakehouse/lake.h"

namespace codman::lakehouse {

// [{"code", "source", "unit", "count", "subjects", "p05", "median", "p95", "suggested",
//   "because"}], most frequent first. `suggested` is the concept whose name or label shares most
// words with the code, whose unit agrees and whose plausible range holds the 5th and 95th
// percentile; null where none does: a suggestion is to be looked at, never applied by itself.
// Columns that a source declares as facts or fields ("<source>//<column>") seek no concept.
Result<Json> UnmappedCodes(const Lake& lake, engine::SqlEngine* engine,
                           const events::Concepts& concepts, int limit = 200);

}  // namespace codman::lakehouse
