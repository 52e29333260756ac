// A table's rows for people and programs: JSON objects, and the text of one cell. Times are written
// as UTC ("2026-11-21T09:30:00Z").
#pragma once

#include <string>

#include "base/json.h"
#include "columns/columns.h"

namespace codman::columns {

// One cell; null where it is not valid. NaN is null as well: JSON has no word for it.
Json CellOf(const Column& column, int64_t row);
// [{"name": value, …}, …]
Json RowsOf(const Table& table);
// "" for null.
std::string TextOf(const Column& column, int64_t row);

}  // namespace codman::columns
