#include <cstring>

#include "engine/duckdb_vectors_internal.h"

namespace codman::engine {
namespace {

using columns::Column;
using columns::Type;

template <typename T>
void CopyInts(const void* data, idx_t rows, Column* out) {
  const T* values = static_cast<const T*>(data);
  for (idx_t i = 0; i < rows; ++i) out->ints.push_back(static_cast<int64_t>(values[i]));
}

template <typename T>
void CopyDoubles(const void* data, idx_t rows, Column* out) {
  const T* values = static_cast<const T*>(data);
  out->doubles.insert(out->doubles.end(), values, values + rows);
}

void CopyStrings(void* data, idx_t rows, Column* out) {
  auto* values = static_cast<duckdb_string_t*>(data);
  for (idx_t i = 0; i < rows; ++i) {
    bool there = out->valid[out->strings.size()] != 0;
    out->strings.Append(there ? std::string_view(duckdb_string_t_data(&values[i]),
                                                 duckdb_string_t_length(values[i]))
                              : std::string_view());
  }
}

void CopyValues(duckdb_vector vector, duckdb_type type, idx_t rows, Column* out) {
  // Usual case first: no null in the whole vector, or whole words of the mask.
  size_t first = out->valid.size();
  out->valid.resize(first + rows, 1);
  if (uint64_t* mask = duckdb_vector_get_validity(vector)) {
    for (idx_t i = 0; i < rows; ++i) {
      out->valid[first + i] = static_cast<uint8_t>((mask[i / 64] >> (i % 64)) & 1);
    }
  }
  void* data = duckdb_vector_get_data(vector);
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN:
    case DUCKDB_TYPE_UTINYINT:
      return CopyInts<uint8_t>(data, rows, out);
    case DUCKDB_TYPE_TINYINT:
      return CopyInts<int8_t>(data, rows, out);
    case DUCKDB_TYPE_SMALLINT:
      return CopyInts<int16_t>(data, rows, out);
    case DUCKDB_TYPE_USMALLINT:
      return CopyInts<uint16_t>(data, rows, out);
    case DUCKDB_TYPE_INTEGER:
      return CopyInts<int32_t>(data, rows, out);
    case DUCKDB_TYPE_UINTEGER:
      return CopyInts<uint32_t>(data, rows, out);
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return CopyInts<int64_t>(data, rows, out);
    case DUCKDB_TYPE_UBIGINT:
      return CopyInts<uint64_t>(data, rows, out);
    case DUCKDB_TYPE_FLOAT:
      return CopyDoubles<float>(data, rows, out);
    case DUCKDB_TYPE_DOUBLE:
      return CopyDoubles<double>(data, rows, out);
    default:
      return CopyStrings(data, rows, out);
  }
}

// What the database left at the places of nulls is arbitrary; columns promise 0 there.
void ZeroNulls(idx_t rows, Column* out) {
  size_t begin = out->valid.size() - rows;
  for (size_t i = begin; i < out->valid.size(); ++i) {
    if (out->valid[i] != 0) continue;
    if (!out->ints.empty()) out->ints[i] = 0;
    if (!out->doubles.empty()) out->doubles[i] = 0;
  }
}

}  // namespace

Type TypeOf(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_BOOLEAN:
      return Type::kBool;
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
      return Type::kInt64;
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
      return Type::kDouble;
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return Type::kTimestamp;
    default:
      return Type::kString;
  }
}

bool NeedsCast(duckdb_type type) {
  return TypeOf(type) == Type::kString && type != DUCKDB_TYPE_VARCHAR;
}

void CopyVector(duckdb_vector vector, duckdb_type type, idx_t rows, Column* out) {
  CopyValues(vector, type, rows, out);
  ZeroNulls(rows, out);
}

void FillVector(duckdb_vector vector, const Column& column, int64_t first, int64_t rows) {
  auto at = static_cast<size_t>(first);
  auto count = static_cast<size_t>(rows);
  void* data = duckdb_vector_get_data(vector);
  if (std::memchr(column.valid.data() + at, 0, count) != nullptr) {
    duckdb_vector_ensure_validity_writable(vector);
    uint64_t* mask = duckdb_vector_get_validity(vector);
    for (size_t i = 0; i < count; ++i)
      duckdb_validity_set_row_validity(mask, i, column.valid[at + i] != 0);
  }
  switch (column.field.type) {
    case Type::kDouble:
      std::memcpy(data, column.doubles.data() + at, count * sizeof(double));
      return;
    case Type::kBool:
      for (size_t i = 0; i < count; ++i) static_cast<bool*>(data)[i] = column.ints[at + i] != 0;
      return;
    case Type::kString:
      for (size_t i = 0; i < count; ++i) {
        if (column.valid[at + i] == 0) continue;
        auto text = column.strings[at + i];
        duckdb_vector_assign_string_element_len(vector, i, text.data(), text.size());
      }
      return;
    default:
      std::memcpy(data, column.ints.data() + at, count * sizeof(int64_t));
  }
}

}  // namespace codman::engine
