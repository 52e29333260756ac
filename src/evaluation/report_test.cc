#include "evaluation/report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "evaluation/example_rows_internal.h"

namespace codman::evaluation {
namespace {

constexpr int64_t kHour = 3'600'000'000;

// Ten stays of four consecutive hours each.
Predictions Example() {
  Predictions rows;
  rows.risk = ExampleScores();
  rows.label = ExampleLabels();
  for (int i = 0; i < 40; ++i) {
    rows.subject.push_back(i / 4);
    rows.encounter.push_back(i / 4);
    rows.time_us.push_back(i * kHour);
    rows.subgroups["sex"].push_back(i < 20 ? "female" : "male");
    rows.comparators["constant"].push_back(0.5);
  }
  return rows;
}

ReportOptions Options() {
  ReportOptions options;
  options.title = "example";
  options.physionet_utility = true;
  return options;
}

TEST(Evaluate, GivesScikitLearnsNumbers) {
  auto report = Evaluate(Example(), Options());
  ASSERT_TRUE(report.ok()) << report.error().ToString();
  const Json& discrimination = (*report)["discrimination"];
  EXPECT_NEAR(discrimination["auroc"].AsDouble(), 0.58133333333333326, 1e-12);
  EXPECT_NEAR(discrimination["auprc"].AsDouble(), 0.54854850802219224, 1e-12);
  EXPECT_LT(discrimination["auroc_low"].AsDouble(), 0.5813);
  EXPECT_GT(discrimination["auroc_high"].AsDouble(), 0.5814);
  // numpy, see delong_test.cc.
  EXPECT_NEAR(discrimination["auroc_delong_low"].AsDouble(), 0.36862101291855232, 1e-9);
  EXPECT_NEAR(discrimination["auroc_delong_high"].AsDouble(), 0.79404565374811442, 1e-9);
  EXPECT_NEAR((*report)["brier"]["value"].AsDouble(), 0.292, 1e-12);
  EXPECT_NEAR((*report)["brier"]["skill"].AsDouble(), 1 - 0.292 / (0.375 * 0.625), 1e-12);
  const Json& point = (*report)["operating_point"];
  EXPECT_NEAR(point["sensitivity"].AsDouble(), 2 / 3.0, 1e-12);
  EXPECT_NEAR(point["specificity"].AsDouble(), 0.6, 1e-12);
  EXPECT_NEAR(point["ppv"].AsDouble(), 0.5, 1e-12);
  EXPECT_NEAR(point["npv"].AsDouble(), 0.75, 1e-12);
  EXPECT_NEAR(point["f1"].AsDouble(), 0.5714285714285714, 1e-12);
  EXPECT_EQ(point["tp"].AsInt(), 10);
  EXPECT_EQ(point["fn"].AsInt(), 5);
}

TEST(Evaluate, GivesTheUtilityOfTheHandExample) {
  // One septic stay as in the official worked example, one quiet stay with one false alarm.
  Predictions rows;
  rows.subject = {0, 0, 0, 0, 0, 0, 1, 1};
  rows.label = {0, 0, 0, 0, 1, 1, 0, 0};
  rows.risk = {.1, .1, .9, .9, .9, .9, .9, .1};
  auto report = Evaluate(rows, Options());
  ASSERT_TRUE(report.ok()) << report.error().ToString();
  double best = 1 / 3.0 + 1 / 2.0 + 2 / 3.0 + 5 / 6.0 + 1 + 8 / 9.0;
  EXPECT_NEAR((*report)["utility"]["value"].AsDouble(),
              (3.388888888888889 - 0.05 + 2 / 9.0) / (best + 2 / 9.0), 1e-12);
  EXPECT_TRUE((*report)["alert_burden"].is_null());  // no times
}

TEST(Evaluate, PairsTheDifferenceToAComparator) {
  auto report = Evaluate(Example(), Options());
  ASSERT_TRUE(report.ok());
  const Json& constant = (*report)["comparators"].items().at(0);
  EXPECT_EQ(constant["name"].AsString(), "constant");
  EXPECT_EQ(constant["auroc"].AsDouble(), 0.5);
  EXPECT_NEAR(constant["difference"].AsDouble(), 0.58133333333333326 - 0.5, 1e-12);
  // Against a constant the difference has the model's own interval.
  const Json& own = (*report)["discrimination"];
  EXPECT_NEAR(constant["difference_low"].AsDouble(), own["auroc_low"].AsDouble() - 0.5, 1e-12);
}

TEST(Evaluate, GivesTheSameReportForTheSameSeed) {
  Predictions rows = Example();
  auto once = Evaluate(rows, Options()), again = Evaluate(rows, Options());
  ASSERT_TRUE(once.ok() && again.ok());
  EXPECT_EQ(once->ToString(), again->ToString());
  ReportOptions other = Options();
  other.seed = 1;
  auto different = Evaluate(rows, other);
  ASSERT_TRUE(different.ok());
  EXPECT_NE((*different)["discrimination"].ToString(), (*once)["discrimination"].ToString());
}

TEST(Evaluate, GivesNoIntervalsWithoutReplicates) {
  ReportOptions options = Options();
  options.bootstrap_replicates = 0;
  auto report = Evaluate(Example(), options);
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE((*report)["discrimination"]["auroc"].is_number());
  auto read = base::ParseJson(report->ToString());
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE((*read)["discrimination"]["auroc_low"].is_null());
}

TEST(Evaluate, StandsConstantRisksAndTwoRows) {
  Predictions rows;
  rows.subject = {0, 1};
  rows.time_us = {0, 0};
  rows.label = {0, 1};
  rows.risk = {0.5, 0.5};
  auto report = Evaluate(rows, Options());
  ASSERT_TRUE(report.ok()) << report.error().ToString();
  EXPECT_EQ((*report)["discrimination"]["auroc"].AsDouble(), 0.5);
  EXPECT_TRUE(base::ParseJson(report->ToString()).ok());
}

TEST(Evaluate, WarnsOfFewEventsAndOfUnevenHours) {
  Predictions rows = Example();
  rows.time_us[3] += kHour / 2;
  auto report = Evaluate(rows, Options());
  ASSERT_TRUE(report.ok());
  std::string warnings = (*report)["warnings"].ToString();
  EXPECT_NE(warnings.find("subjects have an event"), std::string::npos);
  EXPECT_NE(warnings.find("exactly one hour"), std::string::npos);
}

struct Refusal {
  const char* names;
  std::function<void(Predictions*)> spoil;
};

TEST(Evaluate, RefusesByName) {
  const Refusal kCases[] = {
      {"'subject'", [](Predictions* p) { p->subject.pop_back(); }},
      {"'encounter'", [](Predictions* p) { p->encounter.pop_back(); }},
      {"'time_us'", [](Predictions* p) { p->time_us.pop_back(); }},
      {"'subgroups.sex'", [](Predictions* p) { p->subgroups["sex"].pop_back(); }},
      {"'comparators.constant'", [](Predictions* p) { p->comparators["constant"].pop_back(); }},
      {"label of row 7 is 0.5", [](Predictions* p) { p->label[7] = 0.5; }},
      {"risk of row 3 is 1.5", [](Predictions* p) { p->risk[3] = 1.5; }},
      {"risk of row 3 is nan", [](Predictions* p) { p->risk[3] = NAN; }},
      {"comparators.constant of row 2",
       [](Predictions* p) { p->comparators["constant"][2] = NAN; }},
      {"both classes", [](Predictions* p) { p->label.assign(40, 0.0); }},
      {"two subjects", [](Predictions* p) { p->encounter.assign(40, 0); }},
      {"time_us goes back", [](Predictions* p) { p->time_us[1] = -kHour; }},
  };
  for (const Refusal& refusal : kCases) {
    Predictions rows = Example();
    refusal.spoil(&rows);
    auto report = Evaluate(rows, Options());
    ASSERT_FALSE(report.ok()) << refusal.names;
    EXPECT_EQ(report.error().kind(), base::ErrorKind::kInvalidInput);
    EXPECT_NE(report.error().message().find(refusal.names), std::string::npos)
        << report.error().message();
  }
  EXPECT_FALSE(Evaluate({}, Options()).ok());
}

TEST(Evaluate, RefusesOptionsThatMeanNothing) {
  ReportOptions options = Options();
  options.threshold = NAN;
  EXPECT_FALSE(Evaluate(Example(), options).ok());
  options = Options();
  options.bootstrap_replicates = -1;
  EXPECT_FALSE(Evaluate(Example(), options).ok());
}

}  // namespace
}  // namespace codman::evaluation
