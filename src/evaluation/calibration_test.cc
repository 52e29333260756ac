// Expected values: statsmodels 0.15.0 (Logit, Logit with cov_type='cluster', GLM binomial with
// offset, proportion_confint method='wilson') and scikit-learn 1.9.1 (brier_score_loss) on the rows
// of example_rows_internal.h, risks clipped to [0.02, 0.98] for the logit.
#include "evaluation/calibration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "evaluation/example_rows_internal.h"

namespace codman::evaluation {
namespace {

std::vector<double> ClippedScores() {
  std::vector<double> risks = ExampleScores();
  for (double& risk : risks) risk = std::clamp(risk, 0.02, 0.98);
  return risks;
}

TEST(Calibrate, EqualsStatsmodelsLogit) {
  Calibration fit = Calibrate(ClippedScores(), ExampleLabels());
  EXPECT_NEAR(fit.intercept, -0.501593566111071, 1e-9);
  EXPECT_NEAR(fit.slope, 0.0797407140415642, 1e-9);
  EXPECT_NEAR(fit.in_the_large, -0.652129382935752, 1e-9);
  EXPECT_EQ(CalibrationInTheLarge(ClippedScores(), ExampleLabels()), fit.in_the_large);
}

TEST(ClusterRobustErrors, EqualStatsmodelsWithGroupsOfFourRows) {
  auto risks = ClippedScores(), labels = ExampleLabels();
  std::vector<int32_t> cluster;
  for (int i = 0; i < 40; ++i) cluster.push_back(i / 4);
  auto errors = ClusterRobustErrors(Calibrate(risks, labels), risks, labels, cluster, 10);
  EXPECT_NEAR(errors.intercept, 0.185037332166, 1e-9);
  EXPECT_NEAR(errors.slope, 0.167306156001, 1e-9);
}

TEST(Calibrate, RecoversTheLineThatMadeTheLabels) {
  // At risk r (odds 1/4, 1, 4) exactly the share σ(0.5·logit r) of 30 rows has the event: odds 1/2,
  // 1, 2.
  std::vector<double> risks, labels;
  const double risk_levels[3] = {0.2, 0.5, 0.8};
  const int events[3] = {10, 15, 20};
  for (int level = 0; level < 3; ++level) {
    for (int i = 0; i < 30; ++i) {
      risks.push_back(risk_levels[level]);
      labels.push_back(i < events[level] ? 1 : 0);
    }
  }
  Calibration fit = Calibrate(risks, labels);
  EXPECT_NEAR(fit.slope, 0.5, 1e-11);
  EXPECT_NEAR(fit.intercept, 0, 1e-11);
  ASSERT_EQ(fit.bins.size(), 3u);
  // |1/3 − 0.2|, 0, |2/3 − 0.8|, each with a third of the rows.
  EXPECT_NEAR(fit.ece, 2 * (1 / 3.0 - 0.2) / 3, 1e-12);
}

TEST(Calibrate, GivesNoLineWhereNoneExists) {
  std::vector<double> separated = {0.1, 0.2, 0.8, 0.9}, constant = {0.3, 0.3, 0.3, 0.3};
  std::vector<double> labels = {0, 0, 1, 1}, one_class = {0, 0, 0, 0};
  EXPECT_TRUE(std::isnan(Calibrate(separated, labels).slope));
  Calibration flat = Calibrate(constant, labels);
  EXPECT_TRUE(std::isnan(flat.slope));
  EXPECT_NEAR(flat.in_the_large, -std::log(0.3 / 0.7),
              1e-11);  // the risk that would be right is 0.5
  EXPECT_EQ(flat.bins.size(), 1u);
  EXPECT_TRUE(std::isnan(Calibrate(separated, one_class).in_the_large));
  EXPECT_TRUE(Calibrate({}, {}).bins.empty());
}

TEST(Calibrate, StaysFiniteAtRisksOfZeroAndOne) {
  std::vector<double> risks = {0, 0, 1, 1, 0.5, 0.5}, labels = {0, 1, 1, 0, 1, 0};
  Calibration fit = Calibrate(risks, labels);
  EXPECT_NEAR(fit.slope, 0, 1e-9);  // by symmetry
  EXPECT_NEAR(fit.in_the_large, 0, 1e-9);
}

TEST(Calibrate, BinsHoldEqualRowsAndWilsonIntervals) {
  std::vector<double> risks, labels;
  for (int i = 0; i < 100; ++i) {
    risks.push_back((i + 0.5) / 100);
    labels.push_back(i % 10 < 3 ? 1 : 0);
  }
  auto bins = Calibrate(risks, labels).bins;
  ASSERT_EQ(bins.size(), 10u);
  for (const auto& bin : bins) {
    EXPECT_EQ(bin.rows, 10);
    EXPECT_NEAR(bin.observed, 0.3, 1e-12);
    EXPECT_NEAR(bin.low, 0.10779126740630104, 1e-12);
    EXPECT_NEAR(bin.high, 0.6032218525388546, 1e-12);
  }
  EXPECT_NEAR(bins[0].mean_risk, 0.05, 1e-12);
}

TEST(Calibrate, NeverSplitsATie) {
  std::vector<double> risks(95, 0.1), labels(100, 0.0);
  risks.insert(risks.end(), {0.2, 0.3, 0.4, 0.5, 0.6});
  labels[97] = 1;
  auto bins = Calibrate(risks, labels).bins;
  ASSERT_EQ(bins.size(), 2u);
  EXPECT_EQ(bins[0].rows, 95);
  EXPECT_EQ(bins[1].rows, 5);
}

TEST(BrierScore, EqualsScikitLearn) {
  EXPECT_NEAR(BrierScore(ExampleScores(), ExampleLabels()), 0.292, 1e-12);
}

}  // namespace
}  // namespace codman::evaluation
