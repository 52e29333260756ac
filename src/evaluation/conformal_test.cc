#include "evaluation/conformal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <map>

#include "base/text.h"
#include "evaluation/example_rows_internal.h"

namespace codman::evaluation {
namespace {

// Expected values: numpy, np.quantile(scores, np.ceil((n + 1)*0.9)/n, method='inverted_cdf').
TEST(ConformalRadius, IsTheFiniteSampleQuantile) {
  ExampleAmounts example;
  std::vector<double> residuals;
  for (size_t i = 0; i < example.truth.size(); ++i) {
    residuals.push_back(std::abs(example.truth[i] - example.predicted[i]));
  }
  EXPECT_NEAR(ConformalRadius(residuals, 0.9), 1880, 1e-9);
}

TEST(ConformalRadius, PromisesNothingOfTooFewRows) {
  std::vector<double> nine = {9, 8, 7, 6, 5, 4, 3, 2, 1}, eight(nine.begin(), nine.end() - 1);
  EXPECT_EQ(ConformalRadius(nine, 0.9), 9);  // the (9 + 1)·0.9 = 9th
  EXPECT_EQ(ConformalRadius(eight, 0.9), std::numeric_limits<double>::infinity());
  EXPECT_EQ(FewestConformalRows(0.9), 9);
  EXPECT_EQ(FewestConformalRows(kAnomalyCoverage), 99);
}

TEST(ScaledConformalFactor, DividesResidualsByTheScale) {
  ExampleAmounts example;
  std::vector<double> scale;
  for (double predicted : example.predicted) scale.push_back(500 + predicted / 10);
  auto factor = ScaledConformalFactor(example.predicted, example.truth, scale, 0.9);
  ASSERT_TRUE(factor.ok());
  EXPECT_NEAR(*factor, 1.6666666666666667, 1e-12);
  scale[3] = 0;
  EXPECT_FALSE(ScaledConformalFactor(example.predicted, example.truth, scale, 0.9).ok());
}

TEST(QuantileConformalMargin, WidensOrNarrowsThePredictedQuantiles) {
  ExampleAmounts example;
  auto margin = QuantileConformalMargin(example.lower, example.upper, example.truth, 0.9);
  ASSERT_TRUE(margin.ok());
  EXPECT_NEAR(*margin, 180, 1e-9);
}

TEST(MondrianConformal, HasOneRadiusARange) {
  ExampleAmounts example;
  auto band = MondrianConformal::Fit(example.predicted, example.truth, 0.9, 4);
  ASSERT_TRUE(band.ok()) << band.error().ToString();
  const double kFrom[] = {2760, 3640, 6960, 7780}, kRadius[] = {2060, 1280, 1820, 2960};
  ASSERT_EQ(band->bins().size(), 4u);
  for (size_t b = 0; b < 4; ++b) {
    EXPECT_NEAR(band->bins()[b].from, kFrom[b], 1e-9);
    EXPECT_NEAR(band->bins()[b].radius, kRadius[b], 1e-9);
    EXPECT_EQ(band->bins()[b].rows, 15);
  }
  EXPECT_NEAR(band->Band(0).upper, 2060, 1e-9);  // below all: the first range
  EXPECT_NEAR(band->Band(3640).lower, 3640 - 1280, 1e-9);
  EXPECT_NEAR(band->Band(1e6).upper - 1e6, 2960, 1e-9);
}

TEST(MondrianConformal, TakesFewerRangesWhereRowsAreFew) {
  ExampleAmounts example;
  auto band = MondrianConformal::Fit(example.predicted, example.truth, 0.95, 10);
  ASSERT_TRUE(band.ok());
  EXPECT_EQ(band->bins().size(), 3u);  // 19 rows a range at least
  for (const ConformalBin& bin : band->bins()) EXPECT_TRUE(std::isfinite(bin.radius));
  EXPECT_FALSE(MondrianConformal::Fit(example.predicted, example.truth, kAnomalyCoverage, 1).ok());
}

TEST(MondrianConformal, RefusesWhatMeansNothing) {
  std::vector<double> hundred(100, 1.0), wrong(100, NAN), shorter(99, 1.0);
  EXPECT_FALSE(MondrianConformal::Fit(hundred, hundred, 1, 4).ok());
  EXPECT_FALSE(MondrianConformal::Fit(wrong, hundred, 0.9, 4).ok());
  EXPECT_FALSE(MondrianConformal::Fit(shorter, hundred, 0.9, 4).ok());
  EXPECT_FALSE(MondrianConformal::FromBins({}).ok());
  EXPECT_FALSE(MondrianConformal::FromBins({{2, 1, 9}, {1, 1, 9}}).ok());
  EXPECT_EQ(MondrianConformal::Fit(hundred, hundred, 0.9, 4)->bins().size(), 1u);  // one tie
}

// The insurance file with the plainest of models, so that nothing but the bands is tested: the
// mean of rows alike in smoking, obesity and ten years of age.
struct InsuranceRow {
  std::string cell;
  double charges = 0;
};

std::vector<InsuranceRow> ReadInsurance() {
  const char* folder = std::getenv("CODMAN_DATA");
  std::ifstream file(std::string(folder == nullptr ? "" : folder) + "/insurance/insurance.csv");
  std::vector<InsuranceRow> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    auto cells = base::Split(line, ',');
    std::string cell =
        std::string(cells[4]) + (base::ParseDouble(cells[2]).value() >= 30 ? " obese " : " slim ");
    cell += cells[0].substr(0, 1);
    rows.push_back({cell, base::ParseDouble(base::Trim(cells[6])).value()});
  }
  return rows;
}

struct Fold {
  std::vector<double> predicted, truth;
};

// Row r is of fold r mod 3: fitted, tuned, judged.
std::vector<Fold> PredictInsurance() {
  std::map<std::string, std::pair<double, double>> sums;
  auto rows = ReadInsurance();
  for (size_t r = 0; r < rows.size(); r += 3) {
    sums[rows[r].cell].first += rows[r].charges;
    sums[rows[r].cell].second += 1;
  }
  std::vector<Fold> folds(3);
  for (size_t r = 0; r < rows.size(); ++r) {
    auto [sum, count] = sums[rows[r].cell];
    folds[r % 3].predicted.push_back(count > 0 ? sum / count : 0);
    folds[r % 3].truth.push_back(rows[r].charges);
  }
  return folds;
}

TEST(MondrianConformal, HoldsItsCoverageOnInsuranceCostsWithNarrowerIntervals) {
  if (std::getenv("CODMAN_DATA") == nullptr) GTEST_SKIP() << "CODMAN_DATA is not set";
  auto folds = PredictInsurance();
  ASSERT_EQ(folds[2].truth.size(), 446u);
  auto one = MondrianConformal::Fit(folds[1].predicted, folds[1].truth, 0.9, 1);
  auto many = MondrianConformal::Fit(folds[1].predicted, folds[1].truth, 0.9, 5);
  auto rare = MondrianConformal::Fit(folds[1].predicted, folds[1].truth, kAnomalyCoverage, 5);
  ASSERT_TRUE(one.ok() && many.ok() && rare.ok());
  double inside = 0, outside_rare = 0, least = 1e9, most = 0;
  for (size_t i = 0; i < folds[2].truth.size(); ++i) {
    ConformalBand band = many->Band(folds[2].predicted[i]);
    inside += band.Holds(folds[2].truth[i]) ? 1 : 0;
    outside_rare += rare->Band(folds[2].predicted[i]).Holds(folds[2].truth[i]) ? 0 : 1;
    least = std::min(least, band.upper - band.lower);
    most = std::max(most, band.upper - band.lower);
  }
  // Three standard errors of a share over 446 rows.
  EXPECT_NEAR(inside / 446, 0.9, 3 * std::sqrt(0.9 * 0.1 / 446));
  EXPECT_NEAR(outside_rare / 446, 0.01, 3 * std::sqrt(0.99 * 0.01 / 446));
  EXPECT_LT(least, 2 * one->bins()[0].radius);
  EXPECT_GT(most, 2 * one->bins()[0].radius);
}

}  // namespace
}  // namespace codman::evaluation
