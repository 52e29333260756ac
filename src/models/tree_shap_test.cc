#include "models/tree_shap.h"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "models/forest_testing_internal.h"
#include "models/tree_shap_kernels_internal.h"

namespace codman::models {
namespace {

std::vector<double> ExplainRow(const TreeShap& shap, std::span<const double> row) {
  std::vector<double> phi(row.size() + 1);
  shap.Explain(row, phi);
  return phi;
}

TreeShap Build(const Forest& forest) {
  auto valid = Validate(forest);
  EXPECT_TRUE(valid.ok()) << valid.error().ToString();
  auto shap = TreeShap::Create(forest);
  EXPECT_TRUE(shap.ok());
  return std::move(shap).value();
}

// A and B of Lundberg, Erion and Lee (arXiv:1802.03888), figure 1. Each leaf has weight 1.
Forest FeverCough(double no_no, double no_yes, double yes_no, double yes_yes) {
  Forest forest;
  forest.feature_names = {"Fever", "Cough"};
  ForestTree tree;
  tree.nodes.resize(7);
  tree.nodes[0] = {.threshold = 0.5, .cover = 4, .feature = 0, .left = 1, .right = 2};
  tree.nodes[1] = {.threshold = 0.5, .cover = 2, .feature = 1, .left = 3, .right = 4};
  tree.nodes[2] = {.threshold = 0.5, .cover = 2, .feature = 1, .left = 5, .right = 6};
  tree.nodes[3] = {.cover = 1, .value = no_no};
  tree.nodes[4] = {.cover = 1, .value = no_yes};
  tree.nodes[5] = {.cover = 1, .value = yes_no};
  tree.nodes[6] = {.cover = 1, .value = yes_yes};
  forest.trees.push_back(tree);
  return forest;
}

TEST(TreeShap, GivesThePublishedValuesOfTheFeverAndCoughTrees) {
  std::vector<double> row = {1, 1};
  std::vector<double> a = ExplainRow(Build(FeverCough(0, 0, 0, 80)), row);
  EXPECT_NEAR(a[0], 30, 1e-12);
  EXPECT_NEAR(a[1], 30, 1e-12);
  EXPECT_NEAR(a[2], 20, 1e-12);
  std::vector<double> b = ExplainRow(Build(FeverCough(0, 10, 0, 90)), row);
  EXPECT_NEAR(b[0], 30, 1e-12);
  EXPECT_NEAR(b[1], 35, 1e-12);
  EXPECT_NEAR(b[2], 25, 1e-12);
}

// Depth beyond the number of features forces features to repeat on a path; the rows hold missing
// values.
TEST(TreeShap, EqualsShapleysFormulaOverAllSubsets) {
  for (uint32_t seed = 0; seed < 60; ++seed) {
    RandomForestShape shape{.trees = 1 + static_cast<int>(seed % 7),
                            .features = 2 + static_cast<int>(seed % 6),
                            .depth = 1 + static_cast<int>(seed % 9),
                            .split_probability = 0.9,
                            .covers_add_up = seed % 4 != 0};
    Forest forest = RandomForest(shape, seed);
    if (seed % 5 == 0) forest.divisor = static_cast<double>(forest.trees.size());
    TreeShap shap = Build(forest);
    std::vector<double> rows = RandomRows(5, shape.features, seed + 77);
    for (int r = 0; r < 5; ++r) {
      std::span<const double> row(rows.data() + r * shape.features,
                                  static_cast<size_t>(shape.features));
      std::vector<double> expected = ShapleyByEnumeration(forest, row.data());
      std::vector<double> phi = ExplainRow(shap, row);
      for (size_t f = 0; f < phi.size(); ++f)
        ASSERT_NEAR(phi[f], expected[f], 1e-12) << "seed " << seed << " f " << f;
    }
  }
}

TEST(TreeShap, WeighsALeafThatNoTrainingRowReachedWithZero) {
  Forest forest = FeverCough(1, 2, 3, 5);
  forest.trees[0].nodes[6].cover = 0;
  forest.trees[0].nodes[5].cover = 2;
  for (double fever : {0.0, 1.0}) {
    std::vector<double> row = {fever, 1};
    std::vector<double> expected = ShapleyByEnumeration(forest, row.data());
    std::vector<double> phi = ExplainRow(Build(forest), row);
    for (size_t f = 0; f < phi.size(); ++f) EXPECT_NEAR(phi[f], expected[f], 1e-13);
  }
}

// A chain: split i on feature i, the left child a leaf. Shapley values by a dynamic programme over
// subset sizes in long double (the classical polynomial form), leaf by leaf.
Forest Chain(int depth, uint32_t seed) {
  std::mt19937 random(seed);
  Forest forest;
  ForestTree tree;
  double cover = 1e9;
  for (int i = 0; i < depth; ++i) {
    forest.feature_names.push_back(format("f{}", i));
    auto own = static_cast<int32_t>(tree.nodes.size());
    tree.nodes.push_back(
        {.threshold = 0.5, .cover = cover, .feature = i, .left = own + 1, .right = own + 2});
    double left = std::floor(cover * (0.05 + 0.4 * static_cast<double>(random() % 1000) / 1000));
    tree.nodes.push_back({.cover = left, .value = static_cast<double>(random() % 1000) / 100 - 5});
    cover -= left;
  }
  tree.nodes.push_back({.cover = cover, .value = 7});
  forest.trees.push_back(std::move(tree));
  return forest;
}

std::vector<long double> ChainByDynamicProgramme(const Forest& forest, const double* row) {
  const auto& nodes = forest.trees[0].nodes;
  size_t depth = nodes.size() / 2;
  std::vector<long double> phi(depth, 0);
  for (size_t leaf = 0; leaf <= depth; ++leaf) {
    std::vector<long double> o, z;  // of the features on the leaf's path
    for (size_t i = 0; i < std::min(leaf + 1, depth); ++i) {
      bool to_leaf = i == leaf;
      bool went_left = row[i] <= 0.5;
      const ForestNode& child = nodes[2 * i + (to_leaf ? 1 : 2)];
      o.push_back(to_leaf == went_left ? 1 : 0);
      z.push_back(static_cast<long double>(child.cover) / nodes[2 * i].cover);
    }
    long double value = leaf < depth ? nodes[2 * leaf + 1].value : nodes[2 * depth].value;
    for (size_t f = 0; f < o.size(); ++f) {
      std::vector<long double> sum = {
          1};  // by subset size of the other features: product of o or z
      for (size_t j = 0; j < o.size(); ++j) {
        if (j == f) continue;
        sum.push_back(0);
        for (size_t k = sum.size() - 1; k > 0; --k) sum[k] = sum[k] * z[j] + sum[k - 1] * o[j];
        sum[0] *= z[j];
      }
      long double binomial = 1, total = 0;  // subset weights 1 / (n C(n - 1, k))
      size_t n = o.size();
      for (size_t k = 0; k < n; ++k) {
        total += sum[k] / (static_cast<long double>(n) * binomial);
        binomial = binomial * static_cast<long double>(n - 1 - k) / static_cast<long double>(k + 1);
      }
      phi[f] += value * (o[f] - z[f]) * total;
    }
  }
  return phi;
}

TEST(TreeShap, HoldsAtDepthSixtyFour) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    Forest forest = Chain(64, seed);
    TreeShap shap = Build(forest);
    std::mt19937 random(seed + 5);
    std::vector<double> row(64);
    for (size_t i = 0; i < row.size(); ++i) row[i] = random() % 8 == 0 && i > seed ? 0.0 : 1.0;
    std::vector<double> phi = ExplainRow(shap, row);
    auto expected = ChainByDynamicProgramme(forest, row.data());
    for (size_t f = 0; f < 64; ++f) ASSERT_NEAR(phi[f], static_cast<double>(expected[f]), 1e-13);
    ASSERT_NEAR(std::accumulate(phi.begin(), phi.end(), 0.0), MarginByWalk(forest, row.data()),
                1e-12);
  }
}

TEST(TreeShap, RefusesMoreThanSixtyFourFeaturesOnAPathByName) {
  auto refused = TreeShap::Create(Chain(65, 1));
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message().find("65"), std::string::npos);
}

TEST(TreeShap, GivesEqualBitsForEveryBatchSizeAndProcessor) {
  for (uint32_t seed = 0; seed < 8; ++seed) {
    RandomForestShape shape{.trees = 12,
                            .features = 2 + 4 * static_cast<int>(seed),
                            .depth = 2 + 2 * static_cast<int>(seed),
                            .split_probability = 0.95,
                            .covers_add_up = seed % 3 != 0};
    Forest forest = RandomForest(shape, seed);
    TreeShap shap = Build(forest);
    constexpr size_t kRows = 77;
    auto features = static_cast<size_t>(shape.features);
    std::vector<double> rows = RandomRows(kRows, shape.features, seed + 9);
    std::vector<double> expected;
    LimitShapCode(ShapCode::kPlain);
    for (size_t r = 0; r < kRows; ++r) {
      for (double value : ExplainRow(shap, {rows.data() + r * features, features}))
        expected.push_back(value);
    }
    for (ShapCode code : {ShapCode::kPlain, ShapCode::kAvx2, ShapCode::kAvx512}) {
      LimitShapCode(code);
      for (size_t batch : {1, 3, 7, 13, 77}) {
        std::vector<double> found(expected.size());
        for (size_t first = 0; first < kRows; first += batch) {
          size_t count = std::min(batch, kRows - first);
          shap.Explain({rows.data() + first * features, count * features},
                       {found.data() + first * (features + 1), count * (features + 1)});
        }
        ASSERT_EQ(std::memcmp(found.data(), expected.data(), found.size() * sizeof(double)), 0)
            << "seed " << seed << " batch " << batch << " code " << static_cast<int>(code);
      }
    }
    LimitShapCode(ShapCode::kAvx512);
  }
}

}  // namespace
}  // namespace codman::models
