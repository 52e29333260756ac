#include "models/forest_scorer.h"

#include <algorithm>
#include <limits>

#include "models/row_columns_internal.h"

namespace codman::models {
namespace {
constexpr int kTreesSideBySide = 16;
}  // namespace

ForestScorer::ForestScorer(const Forest& forest)
    : columns_(std::make_unique<RowColumns>(forest)),
      num_features_(static_cast<int>(forest.feature_names.size())),
      base_margin_(forest.base_margin),
      divisor_(forest.divisor) {
  for (const ForestTree& tree : forest.trees) {
    if (roots_.size() % kTreesSideBySide == 0) {
      groups_.push_back({static_cast<int32_t>(roots_.size()), 0, 0});
    }
    ++groups_.back().num_trees;
    groups_.back().depth = std::max(groups_.back().depth, tree.Depth());
    AppendTree(tree);
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

double ForestScorer::AddGroup(const Group& group, const double* columns, double sum) const {
  const Node* nodes = nodes_.data();
  int32_t at[kTreesSideBySide];
  std::copy_n(roots_.data() + group.first_tree, group.num_trees, at);
  if (group.num_trees == kTreesSideBySide) {
    for (int32_t step = 0; step < group.depth; ++step) {
      for (int32_t& node : at) {
        const Node& n = nodes[node];
        node = n.left + static_cast<int32_t>(!(columns[n.column] <= n.threshold));
      }
    }
  } else {
    for (int32_t step = 0; step < group.depth; ++step) {
      for (int32_t t = 0; t < group.num_trees; ++t) {
        const Node& n = nodes[at[t]];
        at[t] = n.left + static_cast<int32_t>(!(columns[n.column] <= n.threshold));
      }
    }
  }
  for (int32_t t = 0; t < group.num_trees; ++t) sum += values_[at[t]];
  return sum;
}

void ForestScorer::Score(std::span<const double> rows, std::span<double> margins) const {
  CHECK(rows.size() == margins.size() * static_cast<size_t>(num_features_));
  constexpr size_t kRowsAtOnce = 32;
  thread_local std::vector<double> columns;
  // A leaf reads column 0 even where no split exists.
  auto width = static_cast<size_t>(std::max(columns_->count(), 1));
  columns.resize(kRowsAtOnce * width);
  for (size_t first = 0; first < margins.size(); first += kRowsAtOnce) {
    size_t count = std::min(kRowsAtOnce, margins.size() - first);
    for (size_t r = 0; r < count; ++r) {
      columns_->Fill(rows.data() + (first + r) * static_cast<size_t>(num_features_), columns.data() + r * width);
      margins[first + r] = 0;
    }
    // Trees outside, rows inside: a group's nodes stay in the cache for the whole block.
    for (const Group& group : groups_) {
      for (size_t r = 0; r < count; ++r) {
        margins[first + r] = AddGroup(group, columns.data() + r * width, margins[first + r]);
      }
    }
    for (size_t r = 0; r < count; ++r) margins[first + r] = base_margin_ + margins[first + r] / divisor_;
  }
}

}  // namespace codman::models
