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
  return JudgeSubgroups(rows, subjects, ClusterBootstrap(subjects.count(), 100, 1), 0.5).levels;
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

TEST(JudgeSubgroups, GivesTheGapBetweenLevelsOfEnoughSubjects) {
  Predictions rows;
  rows.risk = ExampleScores();
  rows.label = ExampleLabels();
  rows.subgroups["unit"].assign(40, "one");
  for (int i = 0; i < 40; ++i) {  // a unit where every event is seen and every risk is right
    rows.risk.push_back(i % 2);
    rows.label.push_back(i % 2);
    rows.subgroups["unit"].push_back("two");
  }
  for (int i = 0; i < 80; ++i) rows.subject.push_back(i);
  RowGroups subjects(rows.subject);
  auto gaps = JudgeSubgroups(rows, subjects, ClusterBootstrap(80, 100, 1), 0.5).gaps;
  ASSERT_EQ(gaps.size(), 3u);
  EXPECT_EQ(gaps[0].column, "unit");
  EXPECT_NEAR(gaps[0].gap.value, 1 - 0.58133333333333326, 1e-12);  // AUROC, scikit-learn
  EXPECT_NEAR(gaps[1].gap.value, 1 - 2 / 3.0, 1e-12);              // sensitivity
  double risk = 0;
  for (double score : ExampleScores()) risk += score;
  EXPECT_NEAR(gaps[2].gap.value, risk / 15 - 1, 1e-12);
  EXPECT_LT(gaps[0].gap.low, gaps[0].gap.value);
  EXPECT_GT(gaps[0].gap.high, gaps[0].gap.value);
}

TEST(JudgeSubgroups, GivesNoGapOfOneLevel) {
  Predictions rows = ExampleWithSexes();
  RowGroups subjects(rows.subject);
  EXPECT_TRUE(
      JudgeSubgroups(rows, subjects, ClusterBootstrap(subjects.count(), 20, 1), 0.5).gaps.empty());
}

}  // namespace
}  // namespace codman::evaluation
