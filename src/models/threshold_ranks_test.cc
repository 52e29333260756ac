#include <gtest/gtest.h>

#include "models/forest_testing_internal.h"
#include "models/threshold_ranks_internal.h"

namespace codman::models {
namespace {

// One tree per threshold: only the splits matter here.
Forest ForestWith(const std::vector<double>& thresholds, MissingRule missing) {
  Forest forest;
  forest.feature_names = {"unused", "a"};
  for (double threshold : thresholds) {
    ForestTree tree;
    tree.nodes = {{.threshold = threshold,
                   .cover = 2,
                   .feature = 1,
                   .left = 1,
                   .right = 2,
                   .missing = missing},
                  {.cover = 1},
                  {.cover = 1}};
    forest.trees.push_back(tree);
  }
  return forest;
}

// The comparison of ranks decides as the comparison of values does (forest.h), for values on,
// just below and just above each threshold and for the special ones.
void ExpectSameDecisions(const std::vector<double>& thresholds) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::vector<double> values = {std::numeric_limits<double>::quiet_NaN(),
                                kInfinity,
                                -kInfinity,
                                0.0,
                                -0.0,
                                1e-36,
                                -1e-36,
                                std::numeric_limits<double>::max(),
                                std::numeric_limits<double>::lowest(),
                                std::numeric_limits<double>::denorm_min()};
  for (double threshold : thresholds) {
    values.push_back(threshold);
    values.push_back(std::nextafter(threshold, kInfinity));
    values.push_back(std::nextafter(threshold, -kInfinity));
  }
  for (int rule = 0; rule < kNumMissingRules; ++rule) {
    auto missing = static_cast<MissingRule>(rule);
    Forest forest = ForestWith(thresholds, missing);
    ThresholdRanks ranks = *ThresholdRanks::Create(forest, 100);
    constexpr size_t kRows = ThresholdRanks::kRowsAtOnce;
    for (size_t first = 0; first < values.size(); first += kRows) {
      size_t count = std::min(kRows, values.size() - first);
      std::vector<double> rows;
      for (size_t r = 0; r < count; ++r) {
        rows.push_back(-7);
        rows.push_back(values[first + r]);
      }
      std::vector<uint8_t> found(ranks.num_columns() * kRows);
      ranks.Fill(rows.data(), count, found.data(), kRows);
      for (const ForestTree& tree : forest.trees) {
        ThresholdRanks::Place place = ranks.PlaceOf(tree.nodes[0]);
        for (size_t r = 0; r < count; ++r) {
          bool left = ValueToCompare(values[first + r], missing) <= tree.nodes[0].threshold;
          bool by_rank = found[static_cast<size_t>(place.column) * kRows + r] <= place.rank;
          ASSERT_EQ(by_rank, left) << values[first + r] << " <= " << tree.nodes[0].threshold;
        }
      }
    }
  }
}

TEST(ThresholdRanks, DecideAsTheValuesDo) {
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  for (int count : {1, 2, 3, 254, 255, 256, 257, 700}) {
    std::vector<double> thresholds;
    for (int i = 0; i < count; ++i) thresholds.push_back(normal(random));
    ExpectSameDecisions(thresholds);
  }
}

TEST(ThresholdRanks, DecideAsTheValuesDoWhereTheScaleIsExtreme) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr double kLargest = std::numeric_limits<double>::max();
  ExpectSameDecisions({kInfinity});
  ExpectSameDecisions({-kInfinity, 0, kInfinity});
  ExpectSameDecisions({-kLargest, 0, 1, kLargest});
  ExpectSameDecisions({0, std::numeric_limits<double>::denorm_min()});
  ExpectSameDecisions({-kInfinity, kInfinity});
  std::vector<double> crowded = {1e9};
  for (int i = 0; i < 300; ++i) crowded.push_back(1 + i * 1e-9);
  ExpectSameDecisions(crowded);
}

}  // namespace
}  // namespace codman::models
