#include "models/forest.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "models/forest_testing_internal.h"

namespace codman::models {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Forest Stump() {
  Forest forest;
  forest.feature_names = {"a"};
  ForestTree tree;
  tree.nodes.resize(3);
  tree.nodes[0] = {.threshold = 1, .cover = 10, .feature = 0, .left = 1, .right = 2};
  tree.nodes[1] = {.cover = 4, .value = -1};
  tree.nodes[2] = {.cover = 6, .value = 1};
  forest.trees.push_back(tree);
  return forest;
}

TEST(Forest, AcceptsAStump) { EXPECT_TRUE(Validate(Stump()).ok()); }

TEST(Forest, RefusesBrokenTrees) {
  struct Case {
    const char* what;
    std::function<void(std::vector<ForestNode>&)> breaking;
  };
  const Case cases[] = {
      {"child is the node itself", [](auto& nodes) { nodes[0].left = 0; }},
      {"child beyond the tree", [](auto& nodes) { nodes[0].right = 3; }},
      {"negative child", [](auto& nodes) { nodes[0].right = -1; }},
      {"shared child", [](auto& nodes) { nodes[0].right = 1; }},
      {"orphan", [](auto& nodes) { nodes.emplace_back(); }},
      {"feature out of range", [](auto& nodes) { nodes[0].feature = 1; }},
      {"NaN threshold", [](auto& nodes) { nodes[0].threshold = kNan; }},
      {"NaN leaf", [](auto& nodes) { nodes[1].value = kNan; }},
      {"infinite leaf", [](auto& nodes) { nodes[1].value = kInfinity; }},
      {"negative cover", [](auto& nodes) { nodes[1].cover = -1; }},
      {"NaN cover", [](auto& nodes) { nodes[1].cover = kNan; }},
      {"split without cover", [](auto& nodes) { nodes[0].cover = 0; }},
      {"no node", [](auto& nodes) { nodes.clear(); }},
  };
  for (const Case& broken : cases) {
    Forest forest = Stump();
    broken.breaking(forest.trees[0].nodes);
    EXPECT_FALSE(Validate(forest).ok()) << broken.what;
  }
}

TEST(Forest, RefusesAChainDeeperThanTheLimit) {
  Forest forest = Stump();
  auto& nodes = forest.trees[0].nodes;
  for (int i = 0; i < kMaxForestDepth; ++i) {
    auto last = static_cast<int32_t>(nodes.size());
    nodes.back() = {.threshold = 1, .cover = 6, .feature = 0, .left = last, .right = last + 1};
    nodes.push_back({.cover = 3});
    nodes.push_back({.cover = 3});
  }
  EXPECT_FALSE(Validate(forest).ok());
}

// LightGBM docs, "Advanced Topics: Missing Value Handle", and Tree::NumericalDecision.
TEST(Forest, SendsMissingValuesWhereTheRuleSays) {
  auto left = [](double x, MissingRule rule, double threshold) {
    return ValueToCompare(x, rule) <= threshold;
  };
  EXPECT_TRUE(left(kNan, MissingRule::kNanIsZero, 0));
  EXPECT_FALSE(left(kNan, MissingRule::kNanIsZero, -1));
  EXPECT_TRUE(left(kNan, MissingRule::kNanLeft, -kInfinity));
  EXPECT_FALSE(left(kNan, MissingRule::kNanRight, kInfinity));
  EXPECT_TRUE(left(kInfinity, MissingRule::kNanRight, kInfinity));
  EXPECT_TRUE(left(0, MissingRule::kZeroLeft, -5));
  EXPECT_TRUE(left(1e-36, MissingRule::kZeroLeft, -5));
  EXPECT_TRUE(left(kNan, MissingRule::kZeroLeft, -5));
  EXPECT_FALSE(left(0, MissingRule::kZeroRight, 5));
  EXPECT_FALSE(left(kNan, MissingRule::kZeroRight, 5));
  EXPECT_TRUE(left(1e-34, MissingRule::kZeroRight, 5));
}

}  // namespace
}  // namespace codman::models
