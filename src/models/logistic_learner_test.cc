#include "models/logistic_learner.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/text.h"

namespace codman::models {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Data {
  std::vector<std::string> names;
  std::vector<double> values, labels, weights;
};

Result<std::unique_ptr<Model>> Fit(const Data& data, const std::string& settings) {
  columns::DenseMatrix matrix(data.names, data.values);
  TrainingData training{&matrix, data.labels, data.weights, Objective::kBinary};
  LearnOptions options;
  options.settings = *base::ParseJson(settings);
  return LogisticLearner().Fit(training, options);
}

double MarginOf(const Model& model, const std::vector<double>& row) {
  double margin = 0;
  model.Predict(row, {&margin, 1});
  return margin;
}

// By hand: without penalty a model with one binary feature gives each group its log-odds: ln(3/7)
// and ln(8/2).
TEST(LogisticLearner, GivesTheLogOddsOfATwoByTwoTable) {
  Data data{{"exposed"}, {}, {}, {}};
  auto add = [&](double x, double y, int count) {
    for (int i = 0; i < count; ++i) {
      data.values.push_back(x);
      data.labels.push_back(y);
    }
  };
  add(0, 1, 3), add(0, 0, 7), add(1, 1, 8), add(1, 0, 2);
  auto model = Fit(data, R"({"l2": 0})");
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  EXPECT_NEAR(MarginOf(**model, {0}), std::log(3.0 / 7), 1e-9);
  EXPECT_NEAR(MarginOf(**model, {1}), std::log(8.0 / 2), 1e-9);
}

// By hand, as above: the weights are the counts of the table.
TEST(LogisticLearner, WeightsCountAsRepetitions) {
  Data data{{"exposed"}, {0, 0, 1, 1}, {1, 0, 1, 0}, {3, 7, 8, 2}};
  auto model = Fit(data, R"({"l2": 0})");
  ASSERT_TRUE(model.ok());
  EXPECT_NEAR(MarginOf(**model, {0}), std::log(3.0 / 7), 1e-9);
  EXPECT_NEAR(MarginOf(**model, {1}), std::log(8.0 / 2), 1e-9);
}

// By hand: with the indicator and no penalty the missing group has its own log-odds, ln(4/6).
TEST(LogisticLearner, AnIndicatorGivesMissingRowsTheirOwnLogOdds) {
  Data data{{"exposed"}, {0, 0, 1, 1, kNan, kNan}, {1, 0, 1, 0, 1, 0}, {3, 7, 8, 2, 4, 6}};
  auto model = Fit(data, R"({"l2": 0, "missing_indicators": true})");
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  EXPECT_NEAR(MarginOf(**model, {kNan}), std::log(4.0 / 6), 1e-9);
  EXPECT_NEAR(MarginOf(**model, {1}), std::log(8.0 / 2), 1e-9);
}

TEST(LogisticLearner, AMissingValueWithoutIndicatorContributesNothing) {
  Data data{{"a", "b"}, {0, 1, 1, 5, 0, 2, 1, kNan, 0, 3, 1, 4}, {0, 1, 1, 0, 0, 1}, {}};
  auto model = Fit(data, "{}");
  ASSERT_TRUE(model.ok());
  std::vector<double> phi(3);
  (*model)->Explain(std::vector<double>{1, kNan}, phi);
  EXPECT_EQ(phi[1], 0);
  EXPECT_NE(phi[0], 0);
}

// Independent check of the optimum: the gradient of the penalised likelihood, written out here,
// vanishes at the fit.
TEST(LogisticLearner, StandsWhereThePenalisedGradientVanishes) {
  std::mt19937 random(3);
  Data data{{"a", "b", "c"}, {}, {}, {}};
  constexpr int kRows = 1500;
  for (int i = 0; i < kRows; ++i) {
    double a = static_cast<double>(random() % 1000) / 10, b = static_cast<double>(random() % 7),
           c = a + b * 2;
    data.values.insert(data.values.end(), {a, b, c + static_cast<double>(random() % 10)});
    data.labels.push_back(static_cast<double>(random() % 100) < a ? 1 : 0);
  }
  constexpr double kL2 = 2.5;
  auto model = Fit(data, R"({"l2": 2.5})");
  ASSERT_TRUE(model.ok());
  Json weights = *base::ParseJson((*model)->weights());
  std::vector<double> gradient(4, 0);
  for (int i = 0; i < kRows; ++i) {
    std::vector<double> row(data.values.begin() + i * 3, data.values.begin() + i * 3 + 3);
    double residual = Sigmoid(MarginOf(**model, row)) - data.labels[static_cast<size_t>(i)];
    for (size_t f = 0; f < 3; ++f) {
      const Json& feature = weights["features"].items()[f];
      gradient[f] += residual * (row[f] - feature["mean"].AsDouble()) / feature["sd"].AsDouble();
    }
    gradient[3] += residual;
  }
  for (size_t f = 0; f < 3; ++f)
    gradient[f] += kL2 * weights["features"].items()[f]["weight"].AsDouble();
  for (double part : gradient) EXPECT_NEAR(part, 0, 1e-9);
}

// By hand: mean and population standard deviation of 1, 2, 3, 6 are 3 and sqrt(14 / 4).
TEST(LogisticLearner, StandardisesOverPresentValues) {
  Data data{{"a"}, {1, 2, kNan, 3, 6}, {0, 1, 0, 0, 1}, {}};
  auto model = Fit(data, "{}");
  ASSERT_TRUE(model.ok());
  Json feature = (*base::ParseJson((*model)->weights()))["features"].items()[0];
  EXPECT_DOUBLE_EQ(feature["mean"].AsDouble(), 3);
  EXPECT_DOUBLE_EQ(feature["sd"].AsDouble(), std::sqrt(3.5));
  EXPECT_NEAR(feature["missing_rate"].AsDouble(), 0.2, 1e-15);
}

TEST(LogisticLearner, RefusesRegressionInfinityAndSeparationWithoutPenalty) {
  Data separated{{"a"}, {0, 1, 2, 3}, {0, 0, 1, 1}, {}};
  EXPECT_TRUE(Fit(separated, "{}").ok());
  auto unpenalised = Fit(separated, R"({"l2": 0, "max_iterations": 20})");
  ASSERT_FALSE(unpenalised.ok());
  EXPECT_NE(unpenalised.error().message().find("raise l2"), std::string::npos);
  Data infinite{{"a"}, {0, 1, std::numeric_limits<double>::infinity(), 3}, {0, 1, 0, 1}, {}};
  auto refused = Fit(infinite, "{}");
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message().find("'a'"), std::string::npos);
  columns::DenseMatrix matrix({"a"}, {0, 1, 2, 3});
  TrainingData regression{&matrix, separated.labels, {}, Objective::kRegression};
  EXPECT_FALSE(LogisticLearner().Fit(regression, {}).ok());
}

}  // namespace
}  // namespace codman::models
