#include "registry/calibration.h"

#include <gtest/gtest.h>

#include <cmath>

namespace codman::registry {
namespace {

TEST(Calibration, ComesBackFromItsFileAsItWas) {
  Calibration calibration{.logistic = {.slope = 0.75, .intercept = -0.1}, .temperature = 1.3};
  calibration.bands = AmountBands{
      *evaluation::MondrianConformal::FromBins({{.from = -INFINITY, .radius = 100, .rows = 50},
                                                {.from = 9000, .radius = 2500.25, .rows = 51}}),
      *evaluation::MondrianConformal::FromBins({{.from = -INFINITY, .radius = 7000, .rows = 101}})};
  auto read = Calibration::FromJson(calibration.ToJson());
  ASSERT_TRUE(read.ok()) << read.error().ToString();
  EXPECT_EQ(read->Risk(0.4), calibration.Risk(0.4));
  EXPECT_EQ(read->temperature, 1.3);
  EXPECT_EQ(read->bands->interval.Band(8000).upper, 8100);
  EXPECT_EQ(read->bands->interval.Band(10000).lower, 7499.75);
  EXPECT_EQ(read->bands->anomaly.Band(0).upper, 7000);
}

TEST(Calibration, AFileWithoutBandsHasNone) {
  auto read = Calibration::FromJson(R"({"method": "platt", "slope": 2, "intercept": 0})");
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read->bands);
  EXPECT_EQ(read->temperature, 1);
}

// One class is told with margin m against two others at 0 and is right in 3 of 4 rows: the best
// probability is 3/4, so e^(m/T) / (e^(m/T) + 2) = 3/4 and T = m / ln 6.
TEST(Calibration, TemperatureOfMostLikelihood) {
  std::vector<double> margins, labels = {0, 0, 0, 1};
  for (int i = 0; i < 4; ++i) margins.insert(margins.end(), {4.0, 0.0, 0.0});
  EXPECT_NEAR(FitTemperature(margins, labels, 3), 4 / std::log(6.0), 1e-5);
  Calibration calibration{.temperature = 4 / std::log(6.0)};
  std::vector<double> row = {4, 0, 0};
  calibration.Probabilities(row);
  EXPECT_NEAR(row[0], 0.75, 1e-12);
}

}  // namespace
}  // namespace codman::registry
