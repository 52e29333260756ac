// Feature values as small numbers: a split x <= threshold becomes rank <= number, one byte against
// one byte, because only the order among the forest's own thresholds matters.
//
// A column is a (feature, missing rule) with up to 255 of its thresholds; further thresholds make
// further columns. The rank of a value is the number of the column's thresholds below it; 255 where
// it is missing and goes right. Immutable after construction.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/forest.h"

namespace codman::models {

class ThresholdRanks {
 public:
  static constexpr size_t kRowsAtOnce = 128;  // a multiple of every vector

  // Nothing where it would take more than `max_columns`.
  static std::optional<ThresholdRanks> Create(const Forest& forest, size_t max_columns);

  size_t num_columns() const { return num_columns_; }

  struct Place {
    int32_t column;
    uint8_t rank;  // the split goes left where the row's rank is at most this
  };
  Place PlaceOf(const ForestNode& split) const;

  // ranks: num_columns × stride, a column's rows side by side; count <= stride and kRowsAtOnce.
  // rows: row-major.
  void Fill(const double* rows, size_t count, uint8_t* ranks, size_t stride) const;

 private:
  static constexpr int kBuckets = 512;

  // All thresholds of one feature and rule. A value's bucket tells how many thresholds lie in lower
  // buckets; a search of a few steps finishes inside the bucket.
  struct Scale {
    int32_t feature, first_column, num_columns;
    MissingRule missing;
    int search_steps;
    double low, buckets_per_unit;
    size_t num_thresholds;
    std::vector<double> thresholds;      // rising, then NaN as padding
    std::vector<int32_t> below_buckets;  // by bucket: thresholds in lower ones
    int32_t found_missing;               // what a missing value is found as
  };
  struct Group {
    int32_t feature;
    MissingRule missing;
    std::vector<double> thresholds;  // rising, different
  };
  void AddScale(Group group);
  // Thresholds below each value; those of a missing value that no rule orders: all.
  template <MissingRule missing>
  static void Search(const Scale& scale, const double* values, size_t count, size_t width,
                     int32_t* found);
  template <MissingRule missing>
  void FillScale(const Scale& scale, const double* rows, size_t count, uint8_t* ranks,
                 size_t stride) const;

  explicit ThresholdRanks(size_t num_features) : num_features_(num_features) {}
  static size_t KeyOf(int32_t feature, MissingRule missing);
  // Numbers them too, for PlaceOf.
  std::vector<Group> GroupThresholds(const Forest& forest);

  std::vector<Scale> scales_;
  std::vector<int32_t> scale_of_;  // by feature and missing rule
  size_t num_features_;
  size_t num_columns_ = 0;
};

}  // namespace codman::models
