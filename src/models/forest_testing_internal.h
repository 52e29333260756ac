// For tests: random forests and rows, and Shapley values by their definition.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "base/text.h"
#include "models/forest.h"

namespace codman::models {

struct RandomForestShape {
  int trees = 5, features = 5, depth = 4;
  double split_probability = 0.8;
  bool covers_add_up = true;
  double root_cover = 1000;
};

inline int32_t GrowRandomTree(const RandomForestShape& shape, int depth, double cover,
                              std::mt19937& random, ForestTree* tree) {
  auto own = static_cast<int32_t>(tree->nodes.size());
  tree->nodes.emplace_back();
  tree->nodes[own].cover = cover;
  auto uniform = [&] { return std::uniform_real_distribution<double>(0, 1)(random); };
  if (cover < 2 || depth == shape.depth || uniform() > shape.split_probability) {
    tree->nodes[own].value = uniform() * 2 - 1;
    return own;
  }
  ForestNode split = tree->nodes[own];
  split.feature = static_cast<int32_t>(random() % static_cast<uint32_t>(shape.features));
  split.threshold = std::round(uniform() * 8) / 8;
  split.missing = static_cast<MissingRule>(random() % kNumMissingRules);
  double left_cover = std::floor(1 + uniform() * (cover - 1));
  double right_cover = shape.covers_add_up ? cover - left_cover : (cover - left_cover) * 1.0000001;
  split.left = GrowRandomTree(shape, depth + 1, left_cover, random, tree);
  split.right = GrowRandomTree(shape, depth + 1, right_cover, random, tree);
  tree->nodes[own] = split;
  return own;
}

inline Forest RandomForest(const RandomForestShape& shape, uint32_t seed) {
  std::mt19937 random(seed);
  Forest forest;
  for (int f = 0; f < shape.features; ++f) forest.feature_names.push_back(format("f{}", f));
  for (int t = 0; t < shape.trees; ++t) {
    forest.trees.emplace_back();
    GrowRandomTree(shape, 0, shape.root_cover, random, &forest.trees.back());
  }
  forest.base_margin = 0.25;
  return forest;
}

// Eighths (so that values meet thresholds), with NaN, zeros and infinities among them.
inline std::vector<double> RandomRows(int rows, int features, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<double> values(static_cast<size_t>(rows * features));
  for (double& value : values) {
    uint32_t draw = random() % 20;
    value = draw == 0   ? std::numeric_limits<double>::quiet_NaN()
            : draw == 1 ? 0.0
            : draw == 2 ? 1e-36
            : draw == 3 ? std::numeric_limits<double>::infinity()
                        : static_cast<double>(random() % 17) / 16;
  }
  return values;
}

// The margin's expectation when only the features whose bit is set in `known` are known: at splits
// on the others both branches count by their covers.
inline double ExpectationGiven(const ForestTree& tree, int32_t at, const double* row,
                               uint32_t known) {
  const ForestNode& node = tree.nodes[at];
  if (node.is_leaf()) return node.value;
  if ((known >> node.feature & 1) != 0) {
    bool left = ValueToCompare(row[node.feature], node.missing) <= node.threshold;
    return ExpectationGiven(tree, left ? node.left : node.right, row, known);
  }
  return tree.nodes[node.left].cover / node.cover * ExpectationGiven(tree, node.left, row, known) +
         tree.nodes[node.right].cover / node.cover * ExpectationGiven(tree, node.right, row, known);
}

// Shapley's formula over all subsets; the base last.
inline std::vector<double> ShapleyByEnumeration(const Forest& forest, const double* row) {
  auto features = static_cast<uint32_t>(forest.feature_names.size());
  std::vector<double> value(size_t{1} << features, 0);
  for (uint32_t set = 0; set < value.size(); ++set) {
    for (const ForestTree& tree : forest.trees) value[set] += ExpectationGiven(tree, 0, row, set);
    value[set] = forest.base_margin + value[set] / forest.divisor;
  }
  std::vector<double> phi(features + 1, 0);
  phi[features] = value[0];
  for (uint32_t f = 0; f < features; ++f) {
    for (uint32_t set = 0; set < value.size(); ++set) {
      if ((set >> f & 1) != 0) continue;
      int size = __builtin_popcount(set);
      double weight =
          std::tgamma(size + 1) * std::tgamma(features - size) / std::tgamma(features + 1);
      phi[f] += weight * (value[set | (1u << f)] - value[set]);
    }
  }
  return phi;
}

}  // namespace codman::models
