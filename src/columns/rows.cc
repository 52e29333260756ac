#include "columns/rows.h"

#include <cmath>

#include "base/clock.h"
#include "base/text.h"

namespace codman::columns {

Json CellOf(const Column& column, int64_t row) {
  auto i = static_cast<size_t>(row);
  if (column.valid[i] == 0) return {};
  switch (column.field.type) {
    case Type::kBool:
      return Json(column.ints[i] != 0);
    case Type::kInt64:
      return Json(column.ints[i]);
    case Type::kDouble:
      return std::isfinite(column.doubles[i]) ? Json(column.doubles[i]) : Json();
    case Type::kTimestamp:
      return Json(base::FormatTime(column.ints[i]));
    case Type::kString:
      return Json(column.strings[i]);
  }
  return {};
}

Json RowsOf(const Table& table) {
  Json rows = Json::Array();
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    Json object = Json::Object();
    for (const auto& column : table.columns) object.Set(column.field.name, CellOf(column, row));
    rows.Add(std::move(object));
  }
  return rows;
}

std::string TextOf(const Column& column, int64_t row) {
  auto i = static_cast<size_t>(row);
  if (column.valid[i] == 0) return "";
  switch (column.field.type) {
    case Type::kBool:
      return column.ints[i] != 0 ? "true" : "false";
    case Type::kInt64:
      return std::to_string(column.ints[i]);
    case Type::kDouble: {
      std::string text;
      base::AppendDouble(&text, column.doubles[i]);
      return text;
    }
    case Type::kTimestamp:
      return base::FormatTime(column.ints[i]);
    case Type::kString:
      return std::string(column.strings[i]);
  }
  return "";
}

}  // namespace codman::columns
