// Calls scores as expressions do, for the tests of scores. Each case is a row of a named table.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "features/scores.h"

namespace codman::features {

constexpr double kNull = std::numeric_limits<double>::quiet_NaN();

inline double Call(std::string_view name, std::vector<double> arguments) {
  int index = FindScore(name);
  EXPECT_GE(index, 0) << name;
  return Scores()[static_cast<size_t>(index)].compute(arguments);
}

struct Row {
  double value, points;
};

// Scores one argument at a time with all the others missing.
inline void ExpectRows(const char* name, size_t position, size_t count, std::vector<Row> rows) {
  for (const Row& row : rows) {
    std::vector<double> arguments(count, kNull);
    arguments[position] = row.value;
    EXPECT_EQ(Call(name, arguments), row.points) << name << " " << position << " " << row.value;
  }
}

}  // namespace codman::features
