#include "models/forest_scorer.h"

#include <gtest/gtest.h>

#include <bit>

#include "models/batch_scorer_internal.h"
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

// Few and many rows, small trees (bytes chosen from the bottom up) and trees of more than 256
// leaves (walked), on every kind of code the processor has.
TEST(ForestScorer, GivesTheBitsOfTheWalkForManyRowsOnEveryProcessor) {
  for (int depth : {1, 3, 7, 9, 12}) {
    RandomForestShape shape{
        .trees = 12, .features = 7, .depth = depth, .split_probability = 1, .root_cover = 1e5};
    Forest forest = RandomForest(shape, static_cast<uint32_t>(depth));
    ASSERT_TRUE(Validate(forest).ok());
    ForestScorer scorer(forest);
    constexpr int kRows = 300;
    std::vector<double> rows = RandomRows(kRows, shape.features, 4);
    for (SelectCode code : {SelectCode::kPlain, SelectCode::kAvx2, SelectCode::kAvx512}) {
      BatchScorer::LimitCode(code);
      for (size_t count : {1, 23, 24, 25, 63, 64, 127, 128, 129, 255, 300}) {
        std::vector<double> margins(count);
        scorer.Score({rows.data(), count * 7}, margins);
        for (size_t r = 0; r < count; ++r) {
          double expected = MarginByWalk(forest, rows.data() + r * 7);
          ASSERT_EQ(std::bit_cast<uint64_t>(margins[r]), std::bit_cast<uint64_t>(expected))
              << "depth " << depth << " count " << count << " row " << r;
        }
      }
    }
    BatchScorer::LimitCode(SelectCode::kAvx512);
  }
}

TEST(ForestScorer, GivesTheBitsOfTheWalkWhereFeaturesAreTooManyForRanks) {
  RandomForestShape shape{.trees = 400, .features = 6000, .depth = 6, .split_probability = 1};
  Forest forest = RandomForest(shape, 8);
  ASSERT_EQ(BatchScorer::Create(forest), nullptr);
  ForestScorer scorer(forest);
  std::vector<double> rows = RandomRows(40, shape.features, 6), margins(40);
  scorer.Score(rows, margins);
  for (size_t r = 0; r < margins.size(); ++r) {
    double expected = MarginByWalk(forest, rows.data() + r * 6000);
    ASSERT_EQ(std::bit_cast<uint64_t>(margins[r]), std::bit_cast<uint64_t>(expected));
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
