#include "evaluation/row_groups.h"

#include <algorithm>

namespace codman::evaluation {

RowGroups::RowGroups(std::span<const int32_t> index_of_row) {
  std::vector<int32_t> present(index_of_row.begin(), index_of_row.end());
  std::sort(present.begin(), present.end());
  present.erase(std::unique(present.begin(), present.end()), present.end());

  begins_.assign(present.size() + 1, 0);
  group_of_row_.reserve(index_of_row.size());
  for (int32_t index : index_of_row) {
    auto found = std::lower_bound(present.begin(), present.end(), index);
    group_of_row_.push_back(static_cast<int32_t>(found - present.begin()));
    ++begins_[group_of_row_.back() + 1];
  }
  for (size_t g = 1; g < begins_.size(); ++g) begins_[g] += begins_[g - 1];

  std::vector<size_t> next(begins_.begin(), begins_.end() - 1);
  rows_.resize(index_of_row.size());
  for (size_t row = 0; row < group_of_row_.size(); ++row) {
    rows_[next[group_of_row_[row]]++] = static_cast<int64_t>(row);
  }
}

}  // namespace codman::evaluation
