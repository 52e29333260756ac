#include "evaluation/regression.h"

#include <gtest/gtest.h>

#include <cmath>

#include "evaluation/example_rows_internal.h"
#include "evaluation/row_groups.h"

namespace codman::evaluation {
namespace {

// Expected values: scikit-learn 1.9 and numpy on the rows of ExampleAmounts, e.g.
//   i = np.arange(60); truth = 1000 + ((i*53)%97)*100. + (i%7==0)*9000
//   pred = truth*0.8 + ((i*37)%41)*60.; root_mean_squared_error(truth, pred)
constexpr double kRmse = 1192.9263738107786, kR2 = 0.9272561838215968;

std::vector<int32_t> Once(const RowGroups& groups) {
  return std::vector<int32_t>(static_cast<size_t>(groups.count()), 1);
}

TEST(RegressionSample, GivesScikitLearnsNumbers) {
  ExampleAmounts example;
  RowGroups subjects(example.subject);
  RegressionSample sample(example.Rows(), subjects.group_of_row(), subjects.count());
  RegressionScores scores = sample.Judge(Once(subjects));
  EXPECT_NEAR(scores.rmse, kRmse, 1e-9);
  EXPECT_NEAR(scores.mae, 983, 1e-9);
  EXPECT_NEAR(scores.median_absolute_error, 800, 1e-9);
  EXPECT_NEAR(scores.r2, kR2, 1e-9);
  EXPECT_NEAR(scores.bias, -177, 1e-9);
  EXPECT_NEAR(scores.coverage, 0.85, 1e-12);
  EXPECT_NEAR(scores.mean_width, 3600, 1e-9);
}

TEST(RegressionSample, CountsRowsAsOftenAsTheirClusterWasDrawn) {
  ExampleAmounts example;
  RowGroups subjects(example.subject);
  RegressionSample sample(example.Rows(), subjects.group_of_row(), subjects.count());
  std::vector<int32_t> times(15);
  for (int s = 0; s < 15; ++s) times[s] = s * 7 % 3;
  RegressionScores scores = sample.Judge(times);  // scikit-learn on np.repeat(i, times[i // 4])
  EXPECT_NEAR(scores.rmse, 1181.1914888506999, 1e-9);
  EXPECT_NEAR(scores.median_absolute_error, 800, 1e-9);
  EXPECT_NEAR(scores.r2, 0.92852816864431609, 1e-9);
}

TEST(RegressionSample, TakesTheMeanOfTheTwoMiddleErrors) {
  std::vector<double> predicted = {0, 0, 0, 0}, truth = {1, 2, 4, 9};
  std::vector<int32_t> cluster = {0, 1, 2, 3};
  RegressionSample sample({predicted, truth, {}, {}}, cluster, 4);
  EXPECT_EQ(sample.Judge(std::vector<int32_t>{1, 1, 1, 1}).median_absolute_error, 3);
  EXPECT_EQ(sample.Judge(std::vector<int32_t>{0, 1, 1, 1}).median_absolute_error, 4);
}

TEST(RegressionSample, HasNoR2OfEqualTruthsAndNoCoverageWithoutBounds) {
  std::vector<double> predicted = {1, 2, 3}, truth = {0.1, 0.1, 0.1};
  std::vector<int32_t> cluster = {0, 1, 2};
  RegressionScores scores =
      RegressionSample({predicted, truth, {}, {}}, cluster, 3).Judge(std::vector<int32_t>{1, 1, 1});
  EXPECT_TRUE(std::isnan(scores.r2));
  EXPECT_TRUE(std::isnan(scores.coverage));
  EXPECT_TRUE(std::isnan(scores.mean_width));
}

TEST(JudgeDeciles, ComparesMeanPredictedWithMeanObserved) {
  ExampleAmounts example;
  RowGroups subjects(example.subject);
  ClusterBootstrap bootstrap(subjects.count(), 100, 1);
  auto deciles = JudgeDeciles(example.Rows(), subjects.group_of_row(), bootstrap);
  ASSERT_EQ(deciles.size(), 10u);
  EXPECT_EQ(deciles[0].rows, 6);
  EXPECT_NEAR(deciles[0].mean_predicted, 2956.6666666666665, 1e-9);
  EXPECT_NEAR(deciles[0].mean_observed.value, 1683.3333333333333, 1e-9);
  EXPECT_NEAR(deciles[0].coverage.value, 5 / 6.0, 1e-12);
  EXPECT_LE(deciles[0].mean_observed.low, deciles[0].mean_observed.value);
  EXPECT_GE(deciles[0].mean_observed.high, deciles[0].mean_observed.value);
  EXPECT_NEAR(deciles[9].mean_predicted, 14980, 1e-9);
  EXPECT_NEAR(deciles[9].mean_observed.value, 16900, 1e-9);
}

TEST(JudgeDeciles, NeverSplitsATie) {
  std::vector<double> predicted(20, 5.0), truth(20, 4.0);
  predicted[19] = 6;
  RowGroups rows(std::vector<int32_t>(20, 0));
  ClusterBootstrap bootstrap(1, 0, 0);
  auto deciles = JudgeDeciles({predicted, truth, {}, {}}, rows.group_of_row(), bootstrap);
  ASSERT_EQ(deciles.size(), 2u);
  EXPECT_EQ(deciles[0].rows, 19);
}

}  // namespace
}  // namespace codman::evaluation
