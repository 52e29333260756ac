#include "evaluation/subgroups.h"

#include <gtest/gtest.h>

#include <cmath>

#include "evaluation/example_rows_internal.h"

namespace codman::evaluation {
namespace {

// The forty example rows, a subject each, as women; twelve men of whom three have the event.
Predictions ExampleWithSexes() {
  Predictions rows;
  rows.risk = ExampleScores();
  rows.label = ExampleLabels();
  rows.subgroups["sex"].assign(40, "female");
  for (int i = 0; i < 12; ++i) {
    rows.risk.push_back(i < 4 ? 0.8 : 0.2);
    rows.label.push_back(i < 3 ? 1 : 0);
    rows.subgroups["sex"].push_back("male");
  }
  rows.risk.push_back(0.5);
  rows.label.push_back(1);
  rows.subgroups["sex"].push_back("");
  for (size_t i = 0; i < rows.risk.size(); ++i) rows.subject.push_back(static_cast<int32_t>(i));
  return rows;
}

std::vector<Subgroup> Judge(const Predictions& rows) {
  RowGroups subjects(rows.subject);
  return JudgeSubgroups(rows, subjects, ClusterBootstrap(subjects.count(), 100, 1), 0.5);
}

TEST(JudgeSubgroups, GivesTheLargeLevelItsAurocWithAnInterval) {
  auto judged = Judge(ExampleWithSexes());
  ASSERT_EQ(judged.size(), 2u);  // the row without a level is left out
  const Subgroup& women = judged[0];
  EXPECT_EQ(women.level, "female");
  EXPECT_EQ(women.rows, 40);
  EXPECT_EQ(women.events, 15);
  // scikit-learn 1.9.1: AUROC, and the confusion matrix at 0.5 is [[15, 10], [5, 10]].
  EXPECT_NEAR(women.auroc.value, 0.58133333333333326, 1e-12);
  EXPECT_LT(women.auroc.low, women.auroc.value);
  EXPECT_GT(women.auroc.high, women.auroc.value);
  EXPECT_NEAR(women.alert_rate, 0.5, 1e-12);
  EXPECT_NEAR(women.sensitivity, 2 / 3.0, 1e-12);
  EXPECT_NEAR(women.ppv, 0.5, 1e-12);
}

TEST(JudgeSubgroups, GivesNoAurocWhereEventsAreFew) {
  auto judged = Judge(ExampleWithSexes());
  const Subgroup& men = judged.back();
  EXPECT_EQ(men.level, "male");
  EXPECT_EQ(men.event_subjects, 3);
  EXPECT_FALSE(men.enough);
  EXPECT_TRUE(std::isnan(men.auroc.value));
  EXPECT_NEAR(men.observed, 0.25, 1e-12);
  EXPECT_NEAR(men.mean_risk, 0.4, 1e-12);
  EXPECT_NEAR(men.ppv, 0.75, 1e-12);
  EXPECT_LT(men.in_the_large, 0);  // risks are too high
}

TEST(JudgeSubgroups, LeavesRatiosOpenWhereALevelHasOneClass) {
  Predictions rows;
  rows.subject = {0, 1};
  rows.risk = {0.1, 0.2};
  rows.label = {0, 0};
  rows.subgroups["unit"] = {"a", "a"};
  auto judged = Judge(rows);
  EXPECT_TRUE(std::isnan(judged[0].sensitivity) && std::isnan(judged[0].ppv));
  EXPECT_TRUE(std::isnan(judged[0].in_the_large));
}

}  // namespace
}  // namespace codman::evaluation
