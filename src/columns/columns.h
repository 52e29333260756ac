// The one shape in which rooms hand tables to each other: named, typed columns of equal length.
//
// Plain values, no sharing, no threads. Times are microseconds since 1970-01-01T00:00Z. A null
// keeps a place in the value vector (0 or "") and has its `valid` entry 0.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace codman::columns {

enum class Type { kBool, kInt64, kDouble, kString, kTimestamp };

const char* NameOf(Type type);

struct Field {
  std::string name;
  Type type = Type::kString;
  bool operator==(const Field&) const = default;
};
using Schema = std::vector<Field>;

// Position of the named field, or -1.
int FindField(const Schema& schema, std::string_view name);

// Texts packed end to end; `ends[i]` is where text i stops.
class StringColumn {
 public:
  size_t size() const { return ends_.size(); }
  std::string_view operator[](size_t i) const {
    size_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(bytes_).substr(begin, ends_[i] - begin);
  }
  void Append(std::string_view text) {
    bytes_.append(text);
    ends_.push_back(bytes_.size());
  }
  void Clear() {
    bytes_.clear();
    ends_.clear();
  }
  size_t num_bytes() const { return bytes_.size(); }

 private:
  std::string bytes_;
  std::vector<size_t> ends_;
};

struct Column {
  Field field;
  std::vector<uint8_t> valid;   // one entry a row
  std::vector<int64_t> ints;    // kBool (0/1), kInt64, kTimestamp (µs)
  std::vector<double> doubles;  // kDouble
  StringColumn strings;         // kString

  void AppendNull();
  void AppendInt(int64_t value) {
    ints.push_back(value);
    valid.push_back(1);
  }
  void AppendDouble(double value) {
    doubles.push_back(value);
    valid.push_back(1);
  }
  void AppendString(std::string_view value) {
    strings.Append(value);
    valid.push_back(1);
  }
  // A NaN is the in-memory word for a missing number.
  void AppendDoubleOrNull(double value);
  void Clear();
};

struct Table {
  std::vector<Column> columns;

  Table() = default;
  explicit Table(const Schema& schema);
  int64_t num_rows() const {
    return columns.empty() ? 0 : static_cast<int64_t>(columns[0].valid.size());
  }
  Schema schema() const;
  // Column by name; nullptr where there is none.
  const Column* Find(std::string_view name) const;
  void Clear();
};

}  // namespace codman::columns
