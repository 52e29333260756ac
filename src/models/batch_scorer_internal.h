// Margins of many rows at once, on ranks (threshold_ranks_internal.h). Trees of up to 256 leaves
// are computed whole for 16, 32 or 64 rows side by side: every split chooses, byte by byte, between
// the leaf numbers of its two sides, from the bottom up. Larger trees are walked, several rows side
// by side.
//
// Leaf values are added in tree order, so margins have the bits of the plain walk on every
// processor. Immutable after construction; any number of threads may score at once.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/forest.h"
#include "models/threshold_ranks_internal.h"

namespace codman::models {

enum class SelectCode { kPlain, kAvx2, kAvx512 };

class BatchScorer {
 public:
  // Below so many rows the walk of ForestScorer is as fast.
  static constexpr size_t kFewRows = 24;
  static constexpr size_t kMaxColumns = 4096;

  // `forest` has passed Validate. Null where the forest has more than kMaxColumns columns of ranks.
  static std::unique_ptr<const BatchScorer> Create(const Forest& forest);

  // Adds to sums, a row each.
  void AddLeafValues(std::span<const double> rows, std::span<double> sums) const;

  // For tests: no wider code than this from now on, in any thread.
  static void LimitCode(SelectCode widest);

  // One split of a small tree. An operand below kLeafNumbers is that leaf number; others are what
  // the split (operand - kLeafNumbers) of the same tree chose.
  struct Select {
    uint16_t left, right, column;
    uint8_t rank;
  };
  static constexpr int kLeafNumbers = 256;

 private:
  // A split of a walked tree, its right child behind its left one. A leaf's rank is 0 and its
  // column the one of ranks that are all 255: it always goes "right", and its left is the place
  // before it.
  struct Step {
    uint32_t left;
    uint16_t column;
    uint8_t rank;
  };
  struct Tree {
    bool walked;
    int32_t depth;
    size_t splits_begin, splits_end;  // in selects_, or in steps_
    size_t values_begin;              // by leaf number, or by step
  };

  explicit BatchScorer(const Forest& forest, ThresholdRanks ranks);
  void AppendSelects(const ForestTree& tree);
  void AppendSteps(const ForestTree& tree);
  void AddSelected(const Tree& tree, const uint8_t* ranks, size_t count, double* sums) const;
  void AddWalked(const Tree& tree, const uint8_t* ranks, size_t count, double* sums) const;

  ThresholdRanks ranks_;
  size_t num_features_;
  bool any_walked_ = false;
  std::vector<Tree> trees_;
  std::vector<Select> selects_;  // children before parents: the root is a tree's last
  std::vector<Step> steps_;
  std::vector<double> values_;
};

}  // namespace codman::models
