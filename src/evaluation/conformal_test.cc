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

struct Cell {
  double sum = 0, count = 0;
};

// Row r is of fold r mod 3: fitted, tuned, judged.
std::vector<Fold> PredictInsurance() {
  std::map<std::string, Cell> cells;
  auto rows = ReadInsurance();
  for (size_t r = 0; r < rows.size(); r += 3) {
    Cell& cell = cells[rows[r].cell];
    cell.sum += rows[r].charges;
    cell.count += 1;
  }
  std::vector<Fold> folds(3);
  for (size_t r = 0; r < rows.size(); ++r) {
    Cell cell = cells[rows[r].cell];
    double mean = cell.count > 0 ? cell.sum / cell.count : 0;
    folds[r % 3].predicted.push_back(mean);
    folds[r % 3].truth.push_back(rows[r].charges);
  }
  return folds;
}

// Three standard errors of a share over the judged rows.
double Tolerance(double coverage, size_t rows) {
  return 3 * std::sqrt(coverage * (1 - coverage) / static_cast<double>(rows));
}

class ConformalOnInsurance : public testing::Test {
 protected:
  void SetUp() override {
    if (std::getenv("CODMAN_DATA") == nullptr) GTEST_SKIP() << "CODMAN_DATA is not set";
    folds_ = PredictInsurance();
    ASSERT_EQ(folds_[2].truth.size(), 446u);
  }
  double Share(const MondrianConformal& bands, double least, double most) const {
    double inside = 0, rows = 0;
    for (size_t i = 0; i < folds_[2].truth.size(); ++i) {
      double predicted = folds_[2].predicted[i];
      if (predicted < least || predicted >= most) continue;
      inside += bands.Band(predicted).Holds(folds_[2].truth[i]) ? 1 : 0;
      rows += 1;
    }
    return inside / rows;
  }

  std::vector<Fold> folds_;
};

TEST_F(ConformalOnInsurance, HoldsItsCoverage) {
  for (double coverage : {0.9, kAnomalyCoverage}) {
    auto bands = MondrianConformal::Fit(folds_[1].predicted, folds_[1].truth, coverage, 4);
    ASSERT_TRUE(bands.ok());
    EXPECT_GT(bands->bins().size(), 1u);
    EXPECT_NEAR(Share(*bands, -1, 1e9), coverage, Tolerance(coverage, 446)) << coverage;
  }
}

TEST_F(ConformalOnInsurance, HoldsItsCoverageInEveryRange) {
  auto one = MondrianConformal::Fit(folds_[1].predicted, folds_[1].truth, 0.9, 1);
  auto many = MondrianConformal::Fit(folds_[1].predicted, folds_[1].truth, 0.9, 5);
  ASSERT_TRUE(one.ok() && many.ok());
  for (size_t b = 0; b < many->bins().size(); ++b) {
    double from = b == 0 ? -1 : many->bins()[b].from;
    double to = b + 1 < many->bins().size() ? many->bins()[b + 1].from : 1e9;
    // A range was fitted and is judged on some 90 rows: both scatter.
    EXPECT_NEAR(Share(*many, from, to), 0.9, std::sqrt(2) * Tolerance(0.9, 80)) << b;
  }
  auto [least, most] = std::minmax_element(
      many->bins().begin(), many->bins().end(),
      [](const ConformalBin& a, const ConformalBin& b) { return a.radius < b.radius; });
  EXPECT_LT(least->radius, one->bins().front().radius / 2);
  EXPECT_GT(most->radius, one->bins().front().radius);
}

}  // namespace
}  // namespace codman::evaluation
