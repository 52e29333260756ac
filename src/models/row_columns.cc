#include <algorithm>

#include "models/row_columns_internal.h"

namespace codman::models {
namespace {

template <MissingRule rule>
void FillRule(const int32_t* features, int32_t count, const double* row, double* columns) {
  for (int32_t i = 0; i < count; ++i) columns[i] = ValueToCompare(row[features[i]], rule);
}

}  // namespace

RowColumns::RowColumns(const Forest& forest) {
  std::array<std::vector<int32_t>, kNumMissingRules> by_rule;
  for (const ForestTree& tree : forest.trees) {
    for (const ForestNode& node : tree.nodes) {
      if (!node.is_leaf()) by_rule[static_cast<size_t>(node.missing)].push_back(node.feature);
    }
  }
  for (size_t rule = 0; rule < by_rule.size(); ++rule) {
    auto& used = by_rule[rule];
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());
    features_.insert(features_.end(), used.begin(), used.end());
    begins_[rule + 1] = static_cast<int32_t>(features_.size());
  }
}

int RowColumns::ColumnOf(int32_t feature, MissingRule rule) const {
  auto begin = features_.begin() + begins_[static_cast<size_t>(rule)];
  auto end = features_.begin() + begins_[static_cast<size_t>(rule) + 1];
  return static_cast<int>(std::lower_bound(begin, end, feature) - features_.begin());
}

void RowColumns::Fill(const double* row, double* columns) const {
  auto fill = [&]<MissingRule rule>() {
    int32_t begin = begins_[static_cast<size_t>(rule)];
    int32_t end = begins_[static_cast<size_t>(rule) + 1];
    FillRule<rule>(features_.data() + begin, end - begin, row, columns + begin);
  };
  fill.operator()<MissingRule::kNanIsZero>();
  fill.operator()<MissingRule::kNanLeft>();
  fill.operator()<MissingRule::kNanRight>();
  fill.operator()<MissingRule::kZeroLeft>();
  fill.operator()<MissingRule::kZeroRight>();
}

}  // namespace codman::models
