// Margins of a forest, fast: a few rows walk sixteen trees side by side without branches, so that
// the processor overlaps their memory latencies; many rows go to BatchScorer. Either way the result
// has the bits of adding the leaf values one by one in tree order.
//
// Immutable after construction; any number of threads may score at once.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/forest.h"

namespace codman::models {

class BatchScorer;
class RowColumns;

class ForestScorer {
 public:
  // `forest` has passed Validate.
  explicit ForestScorer(const Forest& forest);
  ~ForestScorer();

  // rows: row-major, margins.size() × num_features.
  void Score(std::span<const double> rows, std::span<double> margins) const;

 private:
  // 16 bytes. The right child stands behind the left one. A leaf compares with NaN, so it always
  // goes "right", and its left is the place before it: it leads to itself.
  struct Node {
    double threshold;
    int32_t column;
    int32_t left;
  };
  struct Group {
    int32_t first, count, depth;  // places in walk_order_
  };

  void AppendTree(const ForestTree& tree);
  void ScoreByWalk(std::span<const double> rows, std::span<double> margins) const;
  void WalkGroup(const Group& group, const double* columns, double* values) const;

  std::unique_ptr<RowColumns> columns_;
  std::unique_ptr<const BatchScorer> batch_;  // null where the forest does not suit it
  std::vector<Node> nodes_;
  std::vector<double> values_;       // by node; 0 at splits
  std::vector<int32_t> roots_;       // by tree
  std::vector<int32_t> walk_order_;  // trees by depth, so that those walked together end together
  std::vector<Group> groups_;
  int num_features_;
  double base_margin_, divisor_;
};

}  // namespace codman::models
