// DuckDB's vectors as columns, and back.
#pragma once

#include <duckdb.h>

#include "columns/columns.h"

namespace codman::engine {

columns::Type TypeOf(duckdb_type type);
// Types that columns do not have (HUGEINT, DECIMAL, DATE, LIST, …) are cast by the database itself.
bool NeedsCast(duckdb_type type);

// Appends `rows` values; a null becomes 0 or "" with its `valid` entry 0.
void CopyVector(duckdb_vector vector, duckdb_type type, idx_t rows, columns::Column* out);
// Fills a vector of the column's own type with the rows from `first` on.
void FillVector(duckdb_vector vector, const columns::Column& column, int64_t first, int64_t rows);

}  // namespace codman::engine
