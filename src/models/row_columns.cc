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
  std::vector<uint8_t> rules_of(forest.feature_names.size(), 0);  // a bit for each rule
  for (const ForestTree& tree : forest.trees) {
    for (const ForestNode& node : tree.nodes) {
      if (!node.is_leaf())
        rules_of[node.feature] |= static_cast<uint8_t>(1u << static_cast<int>(node.missing));
    }
  }
  for (int rule = 0; rule < kNumMissingRules; ++rule) {
    for (size_t f = 0; f < rules_of.size(); ++f) {
      if ((rules_of[f] >> rule & 1) != 0) features_.push_back(static_cast<int32_t>(f));
    }
    begins_[static_cast<size_t>(rule) + 1] = static_cast<int32_t>(features_.size());
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
