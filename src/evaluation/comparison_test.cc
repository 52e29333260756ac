#include "evaluation/comparison.h"

#include <gtest/gtest.h>

#include "evaluation/example_rows_internal.h"
#include "evaluation/report.h"

namespace codman::evaluation {
namespace {

const Json& MeasureOf(const Json& compared, const std::string& name) {
  static const Json kNone;
  for (const Json& row : compared["measures"].items()) {
    if (row["name"].AsString() == name) return row;
  }
  return kNone;
}

Predictions BinaryRows() {
  Predictions rows;
  rows.risk = ExampleScores();
  rows.label = ExampleLabels();
  for (int i = 0; i < 40; ++i) rows.subject.push_back(i / 2);
  return rows;
}

std::vector<double> OtherRisks() {
  std::vector<double> scores = ExampleScores(), other;
  for (int i = 0; i < 40; ++i) other.push_back(i * 29 % 83 / 83.0 * 0.5 + scores[i] * 0.5);
  return other;
}

// Expected values: the areas and DeLong's test as in delong_test.cc (numpy, scipy); others as in
// the tests of the measures (scikit-learn).
TEST(CompareBinary, PairsAreasAndBrierScores) {
  auto compared = CompareBinary(BinaryRows(), OtherRisks(), {});
  ASSERT_TRUE(compared.ok()) << compared.error().ToString();
  const Json& auroc = MeasureOf(*compared, "auroc");
  EXPECT_NEAR(auroc["model"].AsDouble(), 0.58133333333333337, 1e-12);
  EXPECT_NEAR(auroc["other"].AsDouble(), 0.576, 1e-12);
  EXPECT_NEAR(auroc["difference"].AsDouble(), 0.0053333333333334121, 1e-12);
  EXPECT_EQ(auroc["verdict"].AsString(), "not shown");
  // Pairing: much narrower than the interval of either model.
  double width = auroc["difference_high"].AsDouble() - auroc["difference_low"].AsDouble();
  EXPECT_LT(width, auroc["model_high"].AsDouble() - auroc["model_low"].AsDouble());
  EXPECT_NEAR(MeasureOf(*compared, "brier")["model"].AsDouble(), 0.292, 1e-12);
  EXPECT_NEAR((*compared)["delong"]["p"].AsDouble(), 0.94262330523513072, 1e-9);
}

TEST(CompareBinary, SaysBetterWhereTheIntervalLeavesZeroOut) {
  Predictions rows = BinaryRows();
  for (size_t i = 0; i < 40; ++i) rows.risk[i] = rows.label[i] * 0.8 + 0.1;
  auto compared = CompareBinary(rows, OtherRisks(), {});
  ASSERT_TRUE(compared.ok());
  EXPECT_EQ(MeasureOf(*compared, "auroc")["verdict"].AsString(), "better");
  EXPECT_EQ(MeasureOf(*compared, "brier")["verdict"].AsString(), "better");  // lower is better
  auto turned = BinaryRows();
  turned.risk = OtherRisks();
  compared = CompareBinary(turned, rows.risk, {});
  ASSERT_TRUE(compared.ok());
  EXPECT_EQ(MeasureOf(*compared, "auroc")["verdict"].AsString(), "worse");
  EXPECT_EQ(MeasureOf(*compared, "brier")["verdict"].AsString(), "worse");
}

TEST(CompareBinary, ShowsNothingWithoutReplicates) {
  ComparisonOptions options;
  options.bootstrap_replicates = 0;
  Predictions rows = BinaryRows();
  auto compared = CompareBinary(rows, rows.label, options);
  ASSERT_TRUE(compared.ok());
  EXPECT_EQ(MeasureOf(*compared, "auroc")["verdict"].AsString(), "not shown");
  EXPECT_TRUE(MeasureOf(*compared, "auroc")["difference_low"].is_null());
}

TEST(CompareRegression, PairsErrors) {
  ExampleAmounts example;
  Predictions rows;
  rows.subject = example.subject;
  rows.risk = example.predicted;
  rows.label = example.truth;
  auto compared = CompareRegression(rows, std::vector<double>(60, 7000.0), {});
  ASSERT_TRUE(compared.ok()) << compared.error().ToString();
  EXPECT_NEAR(MeasureOf(*compared, "rmse")["model"].AsDouble(), 1192.9263738107786, 1e-9);
  EXPECT_NEAR(MeasureOf(*compared, "r2")["model"].AsDouble(), 0.9272561838215968, 1e-9);
  EXPECT_EQ(MeasureOf(*compared, "rmse")["verdict"].AsString(), "better");
}

TEST(CompareMulticlass, PairsAreasOfClasses) {
  ExampleClasses example;
  Predictions rows;
  rows.subject = example.subject;
  rows.class_probability = example.probability;
  rows.label.assign(example.label.begin(), example.label.end());
  ComparisonOptions options;
  options.class_names = {"CN", "MCI", "AD"};
  auto compared = CompareMulticlass(rows, std::vector<double>(270, 1 / 3.0), options);
  ASSERT_TRUE(compared.ok()) << compared.error().ToString();
  const Json& area = MeasureOf(*compared, "macro_auroc");
  EXPECT_NEAR(area["difference"].AsDouble(), 0.83942043895747587 - 0.5, 1e-9);
  EXPECT_EQ(area["verdict"].AsString(), "better");
}

TEST(Compare, RefusesWhatDoesNotFit) {
  std::vector<double> shorter(39, 0.5), beyond(40, 1.5);
  EXPECT_FALSE(CompareBinary(BinaryRows(), shorter, {}).ok());
  EXPECT_FALSE(CompareBinary(BinaryRows(), beyond, {}).ok());
  EXPECT_FALSE(CompareRegression(BinaryRows(), shorter, {}).ok());
  EXPECT_FALSE(CompareMulticlass(BinaryRows(), shorter, {}).ok());
}

TEST(Evaluate, DecomposesTheBrierScore) {
  auto report = Evaluate(BinaryRows(), {});
  ASSERT_TRUE(report.ok());
  const Json& brier = (*report)["brier"];
  // numpy, the sums of Murphy 1973 over the ten parts of the calibration curve.
  EXPECT_NEAR(brier["reliability"].AsDouble(), 0.19744791666666664, 1e-9);
  EXPECT_NEAR(brier["resolution"].AsDouble(), 0.13854166666666667, 1e-9);
  EXPECT_NEAR(brier["uncertainty"].AsDouble(), 0.234375, 1e-12);
  EXPECT_NEAR(brier["within_bins"].AsDouble(), -0.0012812499999999972, 1e-9);
}

}  // namespace
}  // namespace codman::evaluation
