#include "columns/columns.h"

#include <cmath>

namespace codman::columns {

const char* NameOf(Type type) {
  switch (type) {
    case Type::kBool:
      return "bool";
    case Type::kInt64:
      return "int64";
    case Type::kDouble:
      return "double";
    case Type::kString:
      return "string";
    case Type::kTimestamp:
      return "timestamp";
  }
  return "?";
}

int FindField(const Schema& schema, std::string_view name) {
  for (size_t i = 0; i < schema.size(); ++i) {
    if (schema[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

void Column::AppendNull() {
  valid.push_back(0);
  switch (field.type) {
    case Type::kDouble:
      doubles.push_back(0);
      break;
    case Type::kString:
      strings.Append("");
      break;
    default:
      ints.push_back(0);
  }
}

void Column::AppendDoubleOrNull(double value) {
  if (std::isnan(value)) {
    AppendNull();
  } else {
    AppendDouble(value);
  }
}

void Column::Clear() {
  valid.clear();
  ints.clear();
  doubles.clear();
  strings.Clear();
}

Table::Table(const Schema& schema) {
  for (const auto& field : schema) columns.push_back(Column{.field = field});
}

Schema Table::schema() const {
  Schema schema;
  for (const auto& column : columns) schema.push_back(column.field);
  return schema;
}

const Column* Table::Find(std::string_view name) const {
  for (const auto& column : columns) {
    if (column.field.name == name) return &column;
  }
  return nullptr;
}

void Table::Clear() {
  for (auto& column : columns) column.Clear();
}

}  // namespace codman::columns
