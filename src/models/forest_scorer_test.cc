#include "models/forest_scorer.h"

#include <gtest/gtest.h>

#include <bit>

#include "models/forest_testing_internal.h"

namespace codman::models {
namespace {

// The yardstick is the plain walk, which adds leaf values in tree order.
TEST(ForestScorer, GivesTheBitsOfTheWalkForOneRowAndForBatches) {
  for (uint32_t seed = 0; seed < 40; ++seed) {
    RandomForestShape shape{.trees = 1 + static_cast<int>(seed),
                            .features = 6,
                            .depth = 1 + static_cast<int>(seed % 12)};
    Forest forest = RandomForest(shape, seed);
    if (seed % 3 == 0) forest.divisor = static_cast<double>(forest.trees.size());
    ASSERT_TRUE(Validate(forest).ok());
    ForestScorer scorer(forest);
    constexpr int kRows = 75;
    std::vector<double> rows = RandomRows(kRows, shape.features, seed + 1000);
    std::vector<double> batch(kRows);
    scorer.Score(rows, batch);
    for (int r = 0; r < kRows; ++r) {
      std::span<const double> row(rows.data() + r * shape.features,
                                  static_cast<size_t>(shape.features));
      double one = 0;
      scorer.Score(row, {&one, 1});
      double expected = MarginByWalk(forest, row.data());
      ASSERT_EQ(std::bit_cast<uint64_t>(one), std::bit_cast<uint64_t>(expected))
          << "seed " << seed << " row " << r;
      ASSERT_EQ(std::bit_cast<uint64_t>(batch[r]), std::bit_cast<uint64_t>(expected));
    }
  }
}

TEST(ForestScorer, AForestWithoutTreesGivesItsBase) {
  Forest forest;
  forest.feature_names = {"a"};
  forest.base_margin = 1.5;
  double row = 3, margin = 0;
  ForestScorer(forest).Score({&row, 1}, {&margin, 1});
  EXPECT_EQ(margin, 1.5);
}

}  // namespace
}  // namespace codman::models
