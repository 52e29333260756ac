// Rows gathered by an index: by subject (the unit of resampling) or by encounter (the unit of
// alerting).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace codman::evaluation {

// Indexes may be sparse (a held-out part keeps the numbers of the whole); groups are numbered
// densely, in the order of their indexes, so that nothing depends on the order of the rows.
// Immutable, safe to share among threads.
class RowGroups {
 public:
  explicit RowGroups(std::span<const int32_t> index_of_row);

  int32_t count() const { return static_cast<int32_t>(begins_.size()) - 1; }
  int64_t num_rows() const { return static_cast<int64_t>(group_of_row_.size()); }
  // The dense group of each row.
  std::span<const int32_t> group_of_row() const { return group_of_row_; }
  // Rows of one group, in row order.
  std::span<const int64_t> Rows(int32_t group) const {
    return std::span(rows_).subspan(begins_[group], begins_[group + 1] - begins_[group]);
  }

 private:
  std::vector<int32_t> group_of_row_;
  std::vector<int64_t> rows_;   // row numbers, group after group
  std::vector<size_t> begins_;  // count() + 1 offsets into rows_
};

}  // namespace codman::evaluation
