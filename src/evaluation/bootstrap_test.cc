#include "evaluation/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace codman::evaluation {
namespace {

TEST(CounterRandom, IsSplitMix64) {
  // The reference generator (Vigna's splitmix64.c) started with 1234567, as printed on Rosetta
  // Code.
  EXPECT_EQ(CounterRandom(1234567, 0), 6457827717110365317u);
  EXPECT_EQ(CounterRandom(1234567, 1), 3203168211198807973u);
  EXPECT_EQ(CounterRandom(1234567, 2), 9817491932198370423u);
}

TEST(ClusterBootstrap, DrawsAsManyClustersAsThereAre) {
  ClusterBootstrap bootstrap(97, 10, 5);
  std::vector<int32_t> times;
  for (int r = 0; r < 10; ++r) {
    bootstrap.Draw(r, &times);
    EXPECT_EQ(std::accumulate(times.begin(), times.end(), 0), 97);
  }
}

TEST(ClusterBootstrap, GivesTheSameDrawForTheSameSeedInAnyOrder) {
  ClusterBootstrap one(50, 10, 7), two(50, 3, 7), other(50, 10, 8);
  std::vector<int32_t> first, again, different;
  two.Draw(2, &again);
  one.Draw(5, &first);
  one.Draw(2, &first);
  other.Draw(2, &different);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, different);
}

TEST(ClusterBootstrap, DrawsEachOutcomeAsOftenAsEnumerationSays) {
  // Two clusters: both once in 1/2 of the draws, one of them twice in 1/4 each.
  ClusterBootstrap bootstrap(2, 1, 3);
  std::vector<int32_t> times;
  int seen[3] = {0, 0, 0};
  constexpr int kDraws = 8000;
  for (int r = 0; r < kDraws; ++r) {
    bootstrap.Draw(r, &times);
    ++seen[times[0]];
  }
  EXPECT_NEAR(seen[0], kDraws * 0.25, 5 * std::sqrt(kDraws * 0.25 * 0.75));
  EXPECT_NEAR(seen[1], kDraws * 0.5, 5 * std::sqrt(kDraws * 0.5 * 0.5));
  EXPECT_NEAR(seen[2], kDraws * 0.25, 5 * std::sqrt(kDraws * 0.25 * 0.75));
}

TEST(ClusterBootstrap, HasTheWidthOfTheNormalTheoryForAProportion) {
  // 200 of 400 clusters have the mark: 0.5 ± 1.96 · √(0.25/400).
  ClusterBootstrap bootstrap(400, 2000, 11);
  auto share = [](std::span<const int32_t> times) {
    return std::vector<double>{std::accumulate(times.begin(), times.begin() + 200, 0) / 400.0};
  };
  Interval interval = bootstrap.Intervals(share)[0];
  EXPECT_EQ(interval.value, 0.5);
  EXPECT_NEAR(interval.low, 0.5 - 0.049, 0.004);
  EXPECT_NEAR(interval.high, 0.5 + 0.049, 0.004);
}

TEST(ClusterBootstrap, WithoutReplicatesGivesTheValueAlone) {
  auto one = [](std::span<const int32_t>) { return std::vector<double>{1.0}; };
  Interval interval = ClusterBootstrap(3, 0, 1).Intervals(one)[0];
  EXPECT_EQ(interval.value, 1);
  EXPECT_TRUE(std::isnan(interval.low) && std::isnan(interval.high));
}

TEST(PercentileInterval, InterpolatesAsNumpyDoes) {
  // numpy.quantile([3,1,2,5,9,4,7,8,6,10], [.025, .975]) = 1.225, 9.775 (numpy 2.4.6).
  Interval interval = PercentileInterval(5, {3, 1, 2, 5, 9, 4, 7, 8, 6, 10, NAN});
  EXPECT_NEAR(interval.low, 1.225, 1e-12);
  EXPECT_NEAR(interval.high, 9.775, 1e-12);
}

TEST(ClusterSums, CountsAClusterAsOftenAsItWasDrawn) {
  ClusterSums sums(3, 2);
  sums.Add(0, 0, 1);
  sums.Add(0, 0, 1);
  sums.Add(2, 0, 5);
  sums.Add(2, 1, 7);
  std::vector<int32_t> times = {2, 9, 1};
  EXPECT_EQ(sums.Total(times), (std::vector<double>{9, 7}));
}

}  // namespace
}  // namespace codman::evaluation
