// The row as the splits want to see it: one column per (feature, missing rule) that any split uses,
// with missing values already replaced, so that every split is the bare comparison column <=
// threshold.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/forest.h"

namespace codman::models {

class RowColumns {
 public:
  explicit RowColumns(const Forest& forest);

  int count() const { return static_cast<int>(features_.size()); }
  // Column that a split on `feature` with this rule reads.
  int ColumnOf(int32_t feature, MissingRule rule) const;
  // Writes count() values.
  void Fill(const double* row, double* columns) const;

 private:
  std::vector<int32_t> features_;  // by column; columns of one rule stand together, features rise
  std::array<int32_t, kNumMissingRules + 1> begins_{};  // where each rule's columns begin
};

}  // namespace codman::models
