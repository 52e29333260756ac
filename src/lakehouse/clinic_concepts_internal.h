// The table clinic.concepts: what clinic/concepts/*.yaml declares, for joins. Private to lakehouse.
#pragma once

#include <string>

#include "base/result.h"
#include "engine/sql_engine.h"
#include "events/concepts.h"

namespace codman::lakehouse {

inline constexpr char kConcepts[] = "clinic.concepts";

// Makes it a table of the engine; a hash of its rows.
Result<std::string> RegisterConcepts(engine::SqlEngine* engine, const events::Concepts& concepts);

}  // namespace codman::lakehouse
