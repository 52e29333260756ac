#include "evaluation/threshold_transfer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "evaluation/example_rows_internal.h"

namespace codman::evaluation {
namespace {

// Ten stays of four hours, two stays a patient.
Predictions HomeSite() {
  Predictions rows;
  rows.risk = ExampleScores();
  rows.label = ExampleLabels();
  for (int i = 0; i < 40; ++i) {
    rows.subject.push_back(i / 8);
    rows.encounter.push_back(i / 4);
  }
  return rows;
}

// The same patients where every risk comes out lower, in the same order.
Predictions OtherSite() {
  Predictions rows = HomeSite();
  for (double& risk : rows.risk) risk = risk * risk / 4;
  return rows;
}

TEST(ThresholdForAlertRate, AlertsAsNearToTheRateAsTiesAllow) {
  const std::vector<double> kRisks = {0.1, 0.9, 0.5, 0.5, 0.5, 0.2, 0.3, 0.7, 0.05, 0.15};
  struct Case {
    double rate, threshold;
  };
  const Case kCases[] = {{0.1, 0.9}, {0.2, 0.7}, {0.3, 0.7},  // one row off; 0.5 would be two off
                         {0.4, 0.5}, {0.5, 0.5}, {0.6, 0.3}, {0.35, 0.7},  // of equals the higher
                         {1, 0.05},  {0.94, 0.1}};
  for (const Case& c : kCases) {
    auto threshold = ThresholdForAlertRate(kRisks, c.rate);
    ASSERT_TRUE(threshold.ok());
    EXPECT_EQ(*threshold, c.threshold) << c.rate;
  }
  EXPECT_GT(ThresholdForAlertRate(kRisks, 0).value(), 0.9);
  EXPECT_GT(ThresholdForAlertRate(kRisks, 0.05).value(), 0.9);  // nothing and one row are as near
}

TEST(ThresholdForAlertRate, RefusesWhatMeansNothing) {
  EXPECT_FALSE(ThresholdForAlertRate({}, 0.1).ok());
  std::vector<double> risks = {0.1, NAN};
  EXPECT_FALSE(ThresholdForAlertRate(risks, 0.1).ok());
  EXPECT_FALSE(ThresholdForAlertRate(std::vector<double>{0.1}, 1.1).ok());
}

TEST(TransferThreshold, UndoesAnyShiftThatKeepsTheOrder) {
  Predictions home = HomeSite(), other = OtherSite();
  auto threshold = TransferThreshold(home.risk, 0.5, other.risk);
  ASSERT_TRUE(threshold.ok());
  for (size_t row = 0; row < home.risk.size(); ++row) {
    EXPECT_EQ(home.risk[row] >= 0.5, other.risk[row] >= *threshold) << row;
  }
}

TEST(TransferThreshold, KeepsTheRateWhereTheDistributionDiffers) {
  std::vector<double> home, other;
  for (int i = 0; i < 1000; ++i) {
    home.push_back((i + 0.5) / 1000);
    other.push_back(std::pow((i + 0.5) / 1000, 3));
  }
  // The 95 % point of a cubed uniform number is 0.95³.
  EXPECT_NEAR(TransferThreshold(home, 0.95, other).value(), 0.95 * 0.95 * 0.95, 2e-3);
}

TEST(HighestRisks, AreTheFirstAlertsThresholds) {
  Predictions home = HomeSite();
  RowGroups encounters(home.encounter);
  auto highest = HighestRisks(home.risk, encounters);
  ASSERT_EQ(highest.size(), 10u);
  EXPECT_EQ(highest[0], *std::max_element(home.risk.begin(), home.risk.begin() + 4));
}

TEST(JudgeThresholdTransfer, WinsBackWhatTheShiftCost) {
  TransferOptions options;
  options.physionet_utility = true;
  auto judged = JudgeThresholdTransfer(HomeSite(), OtherSite(), options);
  ASSERT_TRUE(judged.ok()) << judged.error().ToString();
  // At home scikit-learn's recall and precision at 0.5 are 2/3 and 1/2 (report_test.cc).
  EXPECT_NEAR((*judged)["source_alert_rate"].AsDouble(), 0.5, 1e-12);
  const Json& before = (*judged)["at_source_threshold"];
  const Json& after = (*judged)["at_transferred_threshold"];
  EXPECT_EQ(before["alert_rate"].AsDouble(), 0);
  EXPECT_EQ(before["utility"].AsDouble(), 0);  // silence
  EXPECT_TRUE(before["ppv"].is_null());
  EXPECT_NEAR(after["alert_rate"].AsDouble(), 0.5, 1e-12);
  EXPECT_NEAR(after["sensitivity"].AsDouble(), 2 / 3.0, 1e-12);
  EXPECT_NEAR(after["ppv"].AsDouble(), 0.5, 1e-12);
  EXPECT_NEAR((*judged)["difference"]["sensitivity"].AsDouble(), 2 / 3.0, 1e-12);
  EXPECT_GT((*judged)["difference"]["sensitivity_low"].AsDouble(), 0);
  EXPECT_EQ(after["utility"].is_number(), true);
  EXPECT_TRUE((*judged)["at_cautious_threshold"].is_null()) << "none was given";
}

// A cautious threshold is judged as it is; what is transferred is its alert rate.
TEST(JudgeThresholdTransfer, JudgesTheCautiousThresholdToo) {
  Predictions home = HomeSite();
  TransferOptions options;
  options.cautious_threshold = *std::max_element(home.risk.begin(), home.risk.end());
  auto judged = JudgeThresholdTransfer(home, home, options);
  ASSERT_TRUE(judged.ok()) << judged.error().ToString();
  double rate = 1.0 / static_cast<double>(home.risk.size());
  EXPECT_NEAR((*judged)["source_alert_rate"].AsDouble(), rate, 1e-12);
  for (const char* at : {"at_cautious_threshold", "at_transferred_threshold"}) {
    EXPECT_EQ((*judged)[at]["threshold"].AsDouble(), *options.cautious_threshold) << at;
    EXPECT_NEAR((*judged)[at]["alert_rate"].AsDouble(), rate, 1e-12) << at;
  }
  EXPECT_NEAR((*judged)["at_source_threshold"]["alert_rate"].AsDouble(), 0.5, 1e-12);
}

TEST(JudgeThresholdTransfer, KeepsTheShareOfEncountersAlerted) {
  TransferOptions options;
  options.source_threshold = 0.9;
  options.per_encounter = true;
  Predictions home = HomeSite();
  auto judged = JudgeThresholdTransfer(home, OtherSite(), options);
  ASSERT_TRUE(judged.ok());
  double alerted = AlertRate(HighestRisks(home.risk, RowGroups(home.encounter)), 0.9);
  EXPECT_NEAR((*judged)["source_alert_rate"].AsDouble(), alerted, 1e-12);
  EXPECT_NEAR((*judged)["at_transferred_threshold"]["encounter_alert_rate"].AsDouble(), alerted,
              1e-12);
  EXPECT_TRUE((*judged)["at_transferred_threshold"]["utility"].is_null());  // not asked for
}

TEST(JudgeThresholdTransfer, RefusesRowsThatDoNotFit) {
  Predictions other = OtherSite();
  other.label[3] = 2;
  EXPECT_FALSE(JudgeThresholdTransfer(HomeSite(), other, {}).ok());
  other = OtherSite();
  other.subject.pop_back();
  EXPECT_FALSE(JudgeThresholdTransfer(HomeSite(), other, {}).ok());
  EXPECT_FALSE(JudgeThresholdTransfer({}, OtherSite(), {}).ok());
}

}  // namespace
}  // namespace codman::evaluation
