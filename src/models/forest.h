// Decision trees as plain data: what the readers of foreign formats produce and what scorer and
// explainer are built from.
//
// One comparison for every origin: a row goes left where x <= threshold in double precision.
// Readers of formats that compare otherwise (XGBoost: < in float32) translate their thresholds
// exactly. Plain values, no threads.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "models/model.h"

namespace codman::models {

// What a split does with a missing value. The zero rules are LightGBM's missing type "zero": NaN
// and |x| <= 1e-35 are both missing. kNanIsZero is its missing type "none".
enum class MissingRule : uint8_t { kNanIsZero, kNanLeft, kNanRight, kZeroLeft, kZeroRight };
constexpr int kNumMissingRules = 5;

struct ForestNode {
  double threshold = 0;  // split: left where x <= threshold; may be infinite, never NaN
  double cover =
      0;  // training weight that reached the node: rows (LightGBM) or sum of hessians (XGBoost)
  double value = 0;      // leaf: what it adds to the margin
  int32_t feature = -1;  // -1 for a leaf
  int32_t left = -1;     // index in the tree; always greater than the node's own
  int32_t right = -1;
  MissingRule missing = MissingRule::kNanRight;

  bool is_leaf() const { return feature < 0; }
};

struct ForestTree {
  std::vector<ForestNode> nodes;  // root first, parents before children

  int num_leaves() const { return static_cast<int>(nodes.size() + 1) / 2; }
  int Depth() const;  // edges on the longest path
};

struct Forest {
  Objective objective = Objective::kBinary;
  std::vector<std::string> feature_names;
  std::vector<ForestTree> trees;
  double base_margin = 0;  // added once to every margin
  double divisor =
      1;  // margin = base_margin + (sum of leaf values) / divisor; trees.size() for random forests
  Json parameters;  // of the training, as far as the file tells; an object or null
};

// Trees that share the head of `whole`, dealt out to one forest an output: tree t goes to
// output_of_tree[t], in order.
std::vector<Forest> SplitByOutput(Forest whole, const std::vector<size_t>& output_of_tree,
                                  size_t num_outputs);

constexpr int kMaxForestDepth = 1000;
constexpr int kMaxForestFeatures = 1'000'000;

// LightGBM's kZeroThreshold is this float widened to double.
constexpr double kZeroThreshold = 1e-35f;

// The value a split compares: NaN stays NaN (right), -infinity goes left whatever the threshold.
inline double ValueToCompare(double value, MissingRule rule) {
  bool nan = std::isnan(value);
  bool zero = nan || std::fabs(value) <= kZeroThreshold;
  switch (rule) {
    case MissingRule::kNanIsZero:
      return nan ? 0.0 : value;
    case MissingRule::kNanLeft:
      return nan ? -std::numeric_limits<double>::infinity() : value;
    case MissingRule::kNanRight:
      return value;
    case MissingRule::kZeroLeft:
      return zero ? -std::numeric_limits<double>::infinity() : value;
    case MissingRule::kZeroRight:
      return zero ? std::numeric_limits<double>::quiet_NaN() : value;
  }
  return value;
}

// Refuses, naming tree and node: children out of place or shared, features out of range, NaN
// thresholds, leaf values that are not finite, covers that are negative, not finite or zero above a
// split, deeper than kMaxForestDepth.
Result<> Validate(const Forest& forest);

// The margin by the plainest possible walk; the yardstick for the fast scorer.
double MarginByWalk(const Forest& forest, const double* row);

}  // namespace codman::models
