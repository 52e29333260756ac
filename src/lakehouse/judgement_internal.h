// Which incoming events are new, duplicates or conflicts. Private to lakehouse.
//
// Events of one key (data-model.md 3) are judged in the order of their arrival, each beside what
// silver holds of the key by then: the version with the greatest (known_time, received_seq) that is
// not after its own.
//   none                         stored
//   the same value               duplicate
//   the same known_time          conflict: the key loses its value from then on
//   otherwise                    stored, as a further version
// The verdicts therefore do not depend on how arrivals were divided into steps.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "engine/sql_engine.h"
#include "lakehouse/event_rows_internal.h"

namespace codman::lakehouse {

// The key of an event: SQL expressions over the columns of silver.events. A fact's key leaves its
// time out: a later one is a further version.
const char* KeySql();

// Measurements per verdict.
struct Judged {
  int64_t stored = 0, duplicates = 0, conflicts = 0;
};

// Sets `rows->verdicts`. `existing`: SQL that yields rows of silver.events of the same source, or
// "" where there are none. Makes and drops tables `incoming_…` of its own.
Result<Judged> Judge(engine::SqlEngine* engine, const std::string& existing, EventRows* rows);

}  // namespace codman::lakehouse
