#include "models/linear_learner.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/file.h"
#include "base/text.h"
#include "models/catalog.h"

namespace codman::models {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<double> NumbersOf(const Json& list) {
  std::vector<double> numbers;
  for (const Json& item : list.items()) {
    if (item.is_array()) {
      for (double number : NumbersOf(item)) numbers.push_back(number);
    } else {
      numbers.push_back(item.AsDouble());
    }
  }
  return numbers;
}

Result<std::unique_ptr<Model>> Fit(const std::vector<double>& values,
                                   const std::vector<double>& targets, const char* settings) {
  std::vector<std::string> names;
  for (size_t f = 0; f < values.size() / targets.size(); ++f) names.push_back(format("x{}", f));
  columns::DenseMatrix matrix(names, values);
  TrainingData data{.rows = &matrix, .labels = targets, .objective = Objective::kRegression};
  LearnOptions options;
  options.settings = *base::ParseJson(settings);
  return LinearLearner().Fit(data, options);
}

// tests/data/linear-reference: numpy's and scipy's optima, for linear and logistic alike.
TEST(LinearFamilies, ReachTheOptimumThatScipyFinds) {
  auto text = base::ReadFile(CODMAN_SOURCE_DIR "/tests/data/linear-reference/elastic_net.json");
  ASSERT_TRUE(text.ok());
  Json reference = *base::ParseJson(*text);
  std::vector<double> rows = NumbersOf(reference["rows"]);
  std::vector<double> weights = NumbersOf(reference["weights"]);
  columns::DenseMatrix matrix({"a", "b", "c", "d", "e"}, rows);
  ASSERT_EQ(reference["cases"].size(), 9u);
  for (const Json& one : reference["cases"].items()) {
    const std::string& objective = one["objective"].AsString();
    SCOPED_TRACE(objective + one["settings"].ToString());
    std::vector<double> labels = NumbersOf(reference[objective]);
    TrainingData data{&matrix, labels, weights, *ParseObjective(objective), 3};
    LearnOptions options;
    options.settings = one["settings"];
    auto model = (*FindLearner(one["learner"].AsString()))->Fit(data, options);
    ASSERT_TRUE(model.ok()) << model.error().ToString();
    std::vector<double> expected = NumbersOf(one["margins"]), margins(expected.size());
    (*model)->Predict(std::span(rows).first(12 * 5), margins);
    double tolerance = objective == "regression" ? 1e-3 : 1e-6;  // a target of about 1,000
    for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(margins[i], expected[i], tolerance);
  }
}

// By hand: a line through all points is its own least squares fit, whatever the unit.
TEST(LinearLearner, FindsALineExactly) {
  for (double unit : {1.0, 1e6, 1e-6}) {
    std::vector<double> targets;
    for (double x : {1.0, 2.0, 4.0, 8.0}) targets.push_back(unit * (3 * x - 5));
    auto model = Fit({1, 2, 4, 8}, targets, R"({"l2": 0})");
    ASSERT_TRUE(model.ok()) << model.error().ToString();
    double margin = 0, row = 10;
    (*model)->Predict({&row, 1}, {&margin, 1});
    EXPECT_NEAR(margin, 25 * unit, 1e-9 * unit);
  }
}

// By hand: each group's mean, the missing one by its indicator.
TEST(LinearLearner, AnIndicatorGivesMissingRowsTheirOwnMean) {
  auto model = Fit({0, 0, 1, 1, kNan, kNan}, {1, 3, 10, 20, 100, 102},
                   R"({"l2": 0, "missing_indicators": true})");
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  for (auto [x, mean] : {std::pair{0.0, 2.0}, {1.0, 15.0}, {kNan, 101.0}}) {
    double margin = 0;
    (*model)->Predict({&x, 1}, {&margin, 1});
    EXPECT_NEAR(margin, mean, 1e-9);
  }
}

// By hand: l1 beyond every gradient at 0 leaves the mean target alone.
TEST(LinearLearner, AStrongL1LeavesNothingButTheMean) {
  auto model = Fit({1, 5, 2, 3, 3, 9, 4, 1}, {4, 8, 15, 17}, R"({"l1": 1000, "l2": 0})");
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  EXPECT_EQ((*model)->Describe()["coefficients"].AsInt(), 1);
  double margin = 0;
  (*model)->Predict(std::vector<double>{100, 100}, {&margin, 1});
  EXPECT_NEAR(margin, 11, 1e-9);
}

TEST(LinearLearner, RefusesTasksWithClassesAndSaysWhatItLearns) {
  columns::DenseMatrix matrix({"a"}, {0, 1, 2, 3});
  std::vector<double> labels = {0, 1, 0, 1};
  TrainingData data{&matrix, labels, {}, Objective::kBinary};
  auto model = LinearLearner().Fit(data, {});
  ASSERT_FALSE(model.ok());
  EXPECT_NE(model.error().message().find("only regression"), std::string::npos);
}

TEST(LinearLearner, AConstantTargetIsItsOwnPrediction) {
  auto model = Fit({1, 5, 2, 3}, {7, 7}, "{}");
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  double margin = 0;
  (*model)->Predict(std::vector<double>{100, 100}, {&margin, 1});
  EXPECT_NEAR(margin, 7, 1e-12);
}

}  // namespace
}  // namespace codman::models
