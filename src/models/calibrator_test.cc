#include "models/calibrator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "models/model.h"

namespace codman::models {
namespace {

// By hand: two distinct margins m with event shares 2/10 and 6/10 are fitted exactly: slope × m +
// intercept is the log-odds of the share.
TEST(Calibrator, FitsTwoGroupsExactly) {
  double low = -1, high = 3;
  std::vector<double> margins = {low, low, high, high}, labels = {1, 0, 1, 0},
                      weights = {2, 8, 6, 4};
  auto fitted = Calibrator::Fit(margins, labels, weights);
  ASSERT_TRUE(fitted.ok()) << fitted.error().ToString();
  double slope = (std::log(6.0 / 4) - std::log(2.0 / 8)) / (high - low);
  EXPECT_NEAR(fitted->slope, slope, 1e-10);
  EXPECT_NEAR(fitted->intercept, std::log(6.0 / 4) - slope * high, 1e-10);
  EXPECT_NEAR(fitted->Apply(low), 0.2, 1e-10);
  EXPECT_NEAR(fitted->Apply(high), 0.6, 1e-10);
}

TEST(Calibrator, IsUnmovedByAffineChangesOfTheMargin) {
  std::vector<double> margins = {-2, -1, 0, 1, 2, 3, 0.5, -0.5}, labels = {0, 0, 1, 0, 1, 1, 0, 1};
  std::vector<double> moved;
  for (double margin : margins) moved.push_back(1e6 + 1000 * margin);
  auto plain = Calibrator::Fit(margins, labels), shifted = Calibrator::Fit(moved, labels);
  ASSERT_TRUE(plain.ok() && shifted.ok());
  for (size_t i = 0; i < margins.size(); ++i)
    EXPECT_NEAR(plain->Apply(margins[i]), shifted->Apply(moved[i]), 1e-9);
}

TEST(Calibrator, RefusesWhatCannotBeCalibrated) {
  std::vector<double> margins = {-2, -1, 0, 1, 2, 3};
  struct Case {
    const char* what;
    std::vector<double> margins, labels;
  };
  const Case cases[] = {
      {"one class", margins, {1, 1, 1, 1, 1, 1}},
      {"ranks backwards", margins, {1, 1, 0, 1, 0, 0}},
      {"separated", margins, {0, 0, 0, 1, 1, 1}},
      {"equal margins", {1, 1, 1, 1, 1, 1}, {0, 1, 0, 1, 0, 1}},
      {"NaN margin", {-2, -1, std::nan(""), 1, 2, 3}, {0, 1, 0, 1, 0, 1}},
      {"label 2", margins, {0, 1, 2, 1, 0, 1}},
      {"too few labels", margins, {0, 1}},
      {"nothing", {}, {}},
  };
  for (const Case& refused : cases)
    EXPECT_FALSE(Calibrator::Fit(refused.margins, refused.labels).ok()) << refused.what;
}

TEST(Calibrator, ReadsBackWhatItWroteAndRefusesOtherText) {
  Calibrator calibrator{1.0 / 3, -0.1};
  auto again = Calibrator::FromJson(calibrator.ToJson());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->slope, calibrator.slope);
  EXPECT_EQ(again->intercept, calibrator.intercept);
  for (const char* text :
       {"", "{}", R"({"method":"platt","slope":0,"intercept":0})",
        R"({"method":"platt","slope":-1,"intercept":0})", R"({"method":"platt","slope":1})",
        R"({"method":"isotonic","slope":1,"intercept":0})"}) {
    EXPECT_FALSE(Calibrator::FromJson(text).ok()) << text;
  }
}

TEST(Sigmoid, IsExactAtTheEndsAndInTheMiddle) {
  EXPECT_EQ(Sigmoid(0), 0.5);
  EXPECT_EQ(Sigmoid(-1e4), 0);
  EXPECT_EQ(Sigmoid(1e4), 1);
  EXPECT_DOUBLE_EQ(Sigmoid(std::log(3.0)), 0.75);
}

}  // namespace
}  // namespace codman::models
