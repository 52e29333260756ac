#include "evaluation/decision_curve.h"

#include <gtest/gtest.h>

namespace codman::evaluation {
namespace {

TEST(DecisionCurve, EqualsTheHandCalculation) {
  // At 0.2: 2 true and 1 false positive of 5, odds 1/4: (2 − 0.25)/5. At 0.5: 1 and 1, odds 1: 0.
  std::vector<double> risks = {0.1, 0.2, 0.6, 0.7, 0.05}, labels = {0, 1, 0, 1, 0};
  std::vector<double> thresholds = {0.2, 0.5};
  auto curve = DecisionCurve(risks, labels, thresholds);
  ASSERT_EQ(curve.size(), 2u);
  EXPECT_NEAR(curve[0].model, 0.35, 1e-12);
  EXPECT_NEAR(curve[0].treat_all, (2 - 3 * 0.25) / 5, 1e-12);
  EXPECT_NEAR(curve[1].model, 0, 1e-12);
  EXPECT_NEAR(curve[1].treat_all, -0.2, 1e-12);
}

TEST(DecisionCurve, OfTreatingAllCrossesZeroAtThePrevalence) {
  std::vector<double> risks = {0.5, 0.5, 0.5, 0.5}, labels = {1, 0, 0, 0}, at = {0.25};
  EXPECT_NEAR(DecisionCurve(risks, labels, at)[0].treat_all, 0, 1e-12);
}

TEST(DecisionThresholds, CoverThePlausibleRange) {
  EXPECT_NEAR(DecisionThresholds(0.02, 0.03).back(), 0.1, 1e-12);
  EXPECT_NEAR(DecisionThresholds(0.02, 0.3).back(), 0.6, 1e-12);
  EXPECT_NEAR(DecisionThresholds(0.9, 0.5).back(), 0.95, 1e-12);
  EXPECT_NEAR(DecisionThresholds(1e-6, 1e-6).back(), 0.01, 1e-12);
}

}  // namespace
}  // namespace codman::evaluation
