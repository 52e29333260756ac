#include "models/forest_scorer.h"

#include <algorithm>
#include <limits>

#include "models/batch_scorer_internal.h"
#include "models/row_columns_internal.h"

namespace codman::models {
namespace {
constexpr int32_t kTreesSideBySide = 16;
}  // namespace

ForestScorer::ForestScorer(const Forest& forest)
    : columns_(std::make_unique<RowColumns>(forest)),
      batch_(BatchScorer::Create(forest)),
      num_features_(static_cast<int>(forest.feature_names.size())),
      base_margin_(forest.base_margin),
      divisor_(forest.divisor) {
  std::vector<int32_t> depths;
  for (const ForestTree& tree : forest.trees) {
    walk_order_.push_back(static_cast<int32_t>(depths.size()));
    depths.push_back(tree.Depth());
    AppendTree(tree);
  }
  std::stable_sort(walk_order_.begin(), walk_order_.end(),
                   [&](int32_t a, int32_t b) { return depths[a] < depths[b]; });
  auto num_trees = static_cast<int32_t>(walk_order_.size());
  for (int32_t first = 0; first < num_trees; first += kTreesSideBySide) {
    int32_t count = std::min(kTreesSideBySide, num_trees - first);
    groups_.push_back({first, count, depths[walk_order_[first + count - 1]]});
  }
}

ForestScorer::~ForestScorer() = default;

void ForestScorer::AppendTree(const ForestTree& tree) {
  auto place = static_cast<int32_t>(nodes_.size());
  roots_.push_back(place);
  std::vector<int32_t> origin = {0};
  for (size_t i = 0; i < origin.size(); ++i) {
    const ForestNode& from = tree.nodes[origin[i]];
    auto own = place + static_cast<int32_t>(i);
    if (from.is_leaf()) {
      nodes_.push_back({std::numeric_limits<double>::quiet_NaN(), 0, own - 1});
      values_.push_back(from.value);
      continue;
    }
    int column = columns_->ColumnOf(from.feature, from.missing);
    nodes_.push_back({from.threshold, column, place + static_cast<int32_t>(origin.size())});
    values_.push_back(0);
    origin.push_back(from.left);
    origin.push_back(from.right);
  }
}

void ForestScorer::WalkGroup(const Group& group, const double* columns, double* values) const {
  const Node* nodes = nodes_.data();
  const int32_t* trees = walk_order_.data() + group.first;
  auto next = [&](int32_t node) {
    const Node& n = nodes[node];
    return n.left + static_cast<int32_t>(!(columns[n.column] <= n.threshold));
  };
  int32_t at[kTreesSideBySide];
  for (int32_t t = 0; t < group.count; ++t) at[t] = roots_[trees[t]];
  for (int32_t step = 0; step < group.depth; ++step) {
    // The full group has a constant count, which the compiler unrolls.
    if (group.count == kTreesSideBySide) {
      for (int32_t& node : at) node = next(node);
    } else {
      for (int32_t t = 0; t < group.count; ++t) at[t] = next(at[t]);
    }
  }
  for (int32_t t = 0; t < group.count; ++t) values[trees[t]] = values_[at[t]];
}

void ForestScorer::Score(std::span<const double> rows, std::span<double> margins) const {
  CHECK(rows.size() == margins.size() * static_cast<size_t>(num_features_));
  if (batch_ == nullptr || margins.size() < BatchScorer::kFewRows) {
    ScoreByWalk(rows, margins);
    return;
  }
  std::fill(margins.begin(), margins.end(), 0.0);
  batch_->AddLeafValues(rows, margins);
  for (double& margin : margins) margin = base_margin_ + margin / divisor_;
}

void ForestScorer::ScoreByWalk(std::span<const double> rows, std::span<double> margins) const {
  constexpr size_t kRowsAtOnce = 32;
  thread_local std::vector<double> columns, values;
  // A leaf reads column 0 even where no split exists.
  auto width = static_cast<size_t>(std::max(columns_->count(), 1));
  size_t trees = roots_.size();
  columns.resize(kRowsAtOnce * width);
  values.resize(kRowsAtOnce * trees);
  for (size_t first = 0; first < margins.size(); first += kRowsAtOnce) {
    size_t count = std::min(kRowsAtOnce, margins.size() - first);
    for (size_t r = 0; r < count; ++r) {
      columns_->Fill(rows.data() + (first + r) * static_cast<size_t>(num_features_),
                     columns.data() + r * width);
    }
    // Trees outside, rows inside: a group's nodes stay in the cache for the whole block.
    for (const Group& group : groups_) {
      for (size_t r = 0; r < count; ++r)
        WalkGroup(group, columns.data() + r * width, values.data() + r * trees);
    }
    for (size_t r = 0; r < count; ++r) {
      double sum = 0;
      for (size_t t = 0; t < trees; ++t) sum += values[r * trees + t];
      margins[first + r] = base_margin_ + sum / divisor_;
    }
  }
}

}  // namespace codman::models
