// EvaluateRegression and EvaluateMulticlass, and their pages.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "evaluation/example_rows_internal.h"
#include "evaluation/report.h"

namespace codman::evaluation {
namespace {

bool Holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

int CountOf(const std::string& html, const std::string& text) {
  int count = 0;
  for (size_t at = html.find(text); at != html.npos; at = html.find(text, at + 1)) ++count;
  return count;
}

Predictions Amounts() {
  ExampleAmounts example;
  Predictions rows;
  rows.subject = example.subject;
  rows.risk = example.predicted;
  rows.label = example.truth;
  rows.lower = example.lower;
  rows.upper = example.upper;
  rows.comparators["<b>mean"] = std::vector<double>(60, 7000.0);
  for (int i = 0; i < 60; ++i) rows.subgroups["site"].push_back(i / 4 < 8 ? "A<" : "B");
  return rows;
}

// One subject a row, so that both sites have enough subjects.
Predictions ManySubjects(Predictions rows) {
  for (size_t i = 0; i < rows.subject.size(); ++i) rows.subject[i] = static_cast<int32_t>(i);
  return rows;
}

Predictions ClassRows() {
  ExampleClasses example;
  Predictions rows;
  rows.subject = example.subject;
  rows.class_probability = example.probability;
  rows.label.assign(example.label.begin(), example.label.end());
  rows.comparators["<b>even"] = std::vector<double>(270, 1 / 3.0);
  for (int i = 0; i < 90; ++i) rows.subgroups["site"].push_back(i % 2 == 0 ? "A<" : "B");
  return rows;
}

ReportOptions Options() {
  ReportOptions options;
  options.title = "example";
  options.unit = "USD";
  options.class_names = {"CN", "MCI", "<i>AD"};
  return options;
}

// Expected values: scikit-learn 1.9, as in regression_test.cc and multiclass_test.cc.
TEST(EvaluateRegression, GivesScikitLearnsNumbers) {
  auto report = EvaluateRegression(Amounts(), Options());
  ASSERT_TRUE(report.ok()) << report.error().ToString();
  EXPECT_EQ((*report)["kind"].AsString(), "regression");
  EXPECT_EQ((*report)["subjects"].AsInt(), 15);
  const Json& scores = (*report)["regression"];
  EXPECT_NEAR(scores["rmse"].AsDouble(), 1192.9263738107786, 1e-9);
  EXPECT_NEAR(scores["r2"].AsDouble(), 0.9272561838215968, 1e-9);
  EXPECT_LT(scores["rmse_low"].AsDouble(), 1192.9);
  EXPECT_GT(scores["rmse_high"].AsDouble(), 1193);
  EXPECT_NEAR((*report)["interval"]["coverage"].AsDouble(), 0.85, 1e-12);
  EXPECT_EQ((*report)["deciles"].size(), 10u);
  double rows = 0, errors = 0;
  for (const Json& cell : (*report)["scatter"]["cells"].items()) rows += cell["rows"].AsDouble();
  for (const Json& bar : (*report)["residuals"]["counts"].items()) errors += bar.AsDouble();
  EXPECT_EQ(rows, 60);
  // numpy: 1100 to 19200, rounded outwards to 1000.
  EXPECT_EQ((*report)["scatter"]["low"].AsDouble(), 1000);
  EXPECT_EQ((*report)["scatter"]["high"].AsDouble(), 20000);
  EXPECT_EQ(errors, 60);
}

TEST(EvaluateRegression, PairsTheDifferenceToAComparator) {
  auto report = EvaluateRegression(Amounts(), Options());
  ASSERT_TRUE(report.ok());
  const Json& mean = (*report)["comparators"].items().at(0);
  EXPECT_NEAR(mean["difference"].AsDouble(), 0.9272561838215968 - mean["r2"].AsDouble(), 1e-12);
  EXPECT_LT(mean["rmse_difference_high"].AsDouble(), 0);
}

TEST(EvaluateRegression, JudgesSubgroupsOfEnoughSubjectsAndTheirGaps) {
  auto few = EvaluateRegression(Amounts(), Options());
  auto many = EvaluateRegression(ManySubjects(Amounts()), Options());
  ASSERT_TRUE(few.ok() && many.ok());
  EXPECT_TRUE((*few)["subgroups"].items().at(0)["rmse"].is_null());
  EXPECT_TRUE(Holds((*few)["warnings"].ToString(), "fewer than 20 subjects"));
  const auto& levels = (*many)["subgroups"].items();
  const Json& gap = (*many)["subgroup_gaps"].items().at(0);
  EXPECT_EQ(gap["measure"].AsString(), "rmse");
  EXPECT_NEAR(gap["value"].AsDouble(),
              std::abs(levels[0]["rmse"].AsDouble() - levels[1]["rmse"].AsDouble()), 1e-9);
  EXPECT_GE(gap["high"].AsDouble(), gap["low"].AsDouble());
}

TEST(EvaluateRegression, WarnsOfABrokenPromiseOfCoverage) {
  Predictions rows = Amounts();
  for (size_t i = 0; i < 60; ++i) rows.lower[i] = rows.risk[i], rows.upper[i] = rows.risk[i] + 1;
  auto report = EvaluateRegression(rows, Options());
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(Holds((*report)["warnings"].ToString(), "intervals promise to hold 90 %"));
}

TEST(EvaluateMulticlass, GivesScikitLearnsNumbers) {
  auto report = EvaluateMulticlass(ClassRows(), Options());
  ASSERT_TRUE(report.ok()) << report.error().ToString();
  EXPECT_EQ((*report)["kind"].AsString(), "multiclass");
  const Json& scores = (*report)["multiclass"];
  EXPECT_NEAR(scores["macro_auroc"].AsDouble(), 0.83942043895747587, 1e-9);
  EXPECT_NEAR(scores["hand_till_auroc"].AsDouble(), 0.84085648148148151, 1e-9);
  EXPECT_NEAR(scores["log_loss"].AsDouble(), 0.79302122970413891, 1e-9);
  EXPECT_EQ((*report)["confusion"].ToString(), "[[28,7,1],[9,25,2],[6,2,10]]");
  const Json& last = (*report)["classes"].items().at(2);
  EXPECT_NEAR(last["discrimination"]["auroc"].AsDouble(), 0.87191358024691357, 1e-9);
  EXPECT_EQ(last["rows"].AsInt(), 18);
  const Json& even = (*report)["comparators"].items().at(0);
  EXPECT_NEAR(even["difference"].AsDouble(), 0.83942043895747587 - 0.5, 1e-9);
}

TEST(EvaluateMulticlass, WarnsOfClassesWithFewSubjects) {
  auto report = EvaluateMulticlass(ClassRows(), Options());
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(Holds((*report)["warnings"].ToString(), "of class 'MCI'"));
}

struct Refusal {
  const char* names;
  std::function<void(Predictions*)> spoil;
};

TEST(EvaluateRegression, RefusesByName) {
  const Refusal kCases[] = {
      {"'lower'", [](auto* p) { p->lower.pop_back(); }},
      {"'upper'", [](auto* p) { p->upper.clear(); }},
      {"lower of row 4 lies above", [](auto* p) { p->lower[4] = 1e9; }},
      {"label of row 2", [](auto* p) { p->label[2] = NAN; }},
      {"risk of row 3", [](auto* p) { p->risk[3] = INFINITY; }},
      {"comparators.<b>mean of row 5", [](auto* p) { p->comparators["<b>mean"][5] = NAN; }},
  };
  for (const Refusal& refusal : kCases) {
    Predictions rows = Amounts();
    refusal.spoil(&rows);
    auto report = EvaluateRegression(rows, Options());
    ASSERT_FALSE(report.ok()) << refusal.names;
    EXPECT_TRUE(Holds(report.error().message(), refusal.names)) << report.error().message();
  }
  EXPECT_FALSE(EvaluateRegression({}, Options()).ok());
}

TEST(EvaluateMulticlass, RefusesByName) {
  const Refusal kCases[] = {
      {"'class_probability'", [](auto* p) { p->class_probability.pop_back(); }},
      {"of row 1 sums to", [](auto* p) { p->class_probability[3] = 0; }},
      {"of row 1 holds -0.1", [](auto* p) { p->class_probability[3] = -0.1; }},
      {"label of row 7 is 3", [](auto* p) { p->label[7] = 3; }},
      {"label of row 7 is 0.5", [](auto* p) { p->label[7] = 0.5; }},
      {"no row is of class 'MCI'", [](auto* p) { p->label.assign(90, 2.0), p->label[0] = 0; }},
      {"'comparators.<b>even'", [](auto* p) { p->comparators["<b>even"].resize(90); }},
  };
  for (const Refusal& refusal : kCases) {
    Predictions rows = ClassRows();
    refusal.spoil(&rows);
    auto report = EvaluateMulticlass(rows, Options());
    ASSERT_FALSE(report.ok()) << refusal.names;
    EXPECT_TRUE(Holds(report.error().message(), refusal.names)) << report.error().message();
  }
  EXPECT_FALSE(EvaluateMulticlass({}, Options()).ok());
}

TEST(RenderHtml, ShowsEveryKindCompletely) {
  std::string regression = RenderHtml(*EvaluateRegression(ManySubjects(Amounts()), Options()));
  std::string multiclass = RenderHtml(*EvaluateMulticlass(ClassRows(), Options()));
  EXPECT_EQ(CountOf(regression, "<svg class=\"plot\""), 3);
  EXPECT_EQ(CountOf(regression, "<details>"), 3);
  EXPECT_EQ(CountOf(multiclass, "<svg class=\"plot\""), 6);  // two a class
  EXPECT_EQ(CountOf(multiclass, "<details>"), 6);
  EXPECT_TRUE(Holds(regression, "RMSE"));
  EXPECT_TRUE(Holds(multiclass, "predicted MCI"));
  for (const std::string& html : {regression, multiclass}) {
    for (std::string tag : {"svg", "table", "div", "dl", "figure", "details", "td", "th", "text"}) {
      int opened = CountOf(html, "<" + tag + ">") + CountOf(html, "<" + tag + " ");
      EXPECT_EQ(opened, CountOf(html, "</" + tag + ">")) << tag;
    }
    for (const char* wrong : {"<b>", "<i>", "A<<", "nan", "inf\"", "http", "href="}) {
      EXPECT_FALSE(Holds(html, wrong)) << wrong;
    }
  }
}

}  // namespace
}  // namespace codman::evaluation
