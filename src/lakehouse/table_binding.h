// What the declared tables of a clinic hold, told by their SQL alone: a column that no input has is
// a mistake that need not wait for data.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/problems.h"
#include "base/result.h"
#include "engine/sql_engine.h"
#include "events/concepts.h"
#include "lakehouse/sql_table.h"

namespace codman::lakehouse {

// By name: "gold.icu_stays".
using TableSchemas = std::map<std::string, columns::Schema>;

// Makes every table a view of the engine over a lake without rows: those that the program writes,
// bronze of `feeds`, and `ordered`, the declared ones, inputs first (InBuildOrder). Gives the
// columns of all. What does not fit (a column or function that is not there, a type that the lake
// does not hold, a key or check that names no column) is added to `problems` as file:line: message;
// a table whose select does not fit is left out, and what reads it is not judged.
Result<TableSchemas> BindTables(engine::SqlEngine* engine, const events::Concepts& concepts,
                                const std::vector<std::string>& feeds,
                                const std::vector<SqlTable>& ordered, base::Problems* problems);

// The columns of a table's select as the lake can hold them; the views of its inputs must stand.
// The rest is refused: what the engine would write for them, other readers would not take for the
// declared type.
Result<columns::Schema> SchemaOf(engine::SqlEngine* engine, const SqlTable& table);

// What the engine says of SQL that it does not take, without the SQL: one line.
std::string WhyRefused(const Error& error);

}  // namespace codman::lakehouse
