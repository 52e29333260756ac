#include "models/random_forest_learner.h"

#include <LightGBM/c_api.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/text.h"

namespace codman::models {
namespace {

constexpr size_t kRows = 1200;

// A step of x0 and a rise of x1; x2 is noise, often missing.
struct Rows {
  Rows() {
    std::mt19937 random(17);
    auto uniform = [&] { return static_cast<double>(random() % 100003) / 100003; };
    for (size_t i = 0; i < kRows; ++i) {
      double x0 = uniform(), x1 = uniform(), x2 = uniform();
      if (x2 < 0.3) x2 = std::numeric_limits<double>::quiet_NaN();
      values.insert(values.end(), {x0, x1, x2});
      targets.push_back(100 + (x0 > 0.5 ? 10 : 0) + 4 * x1);
      classes.push_back(targets.back() < 102 ? 0 : targets.back() < 111 ? 1 : 2);
      labels.push_back(classes.back() == 2 ? 1 : 0);
    }
  }
  std::vector<double> values, targets, labels, classes;
};

Result<std::unique_ptr<Model>> Fit(const Rows& rows, Objective objective,
                                   const std::string& settings) {
  columns::DenseMatrix matrix({"x0", "x1", "x2"}, rows.values);
  TrainingData data{.rows = &matrix, .labels = rows.targets, .objective = objective};
  if (objective == Objective::kBinary) data.labels = rows.labels;
  if (objective == Objective::kMulticlass) data.labels = rows.classes, data.num_classes = 3;
  LearnOptions options{.num_threads = 1};
  options.settings = *base::ParseJson(settings);
  return RandomForestLearner().Fit(data, options);
}

// Independent source: LightGBM itself, reading our saved text. Averages of raw scores, which its
// raw prediction of a reloaded forest gives as sums.
std::vector<double> LightgbmAverages(const std::string& text, const Rows& rows, int outputs,
                                     int trees) {
  BoosterHandle booster = nullptr;
  int iterations = 0;
  EXPECT_EQ(LGBM_BoosterLoadModelFromString(text.c_str(), &iterations, &booster), 0);
  std::vector<double> out(kRows * static_cast<size_t>(outputs));
  int64_t length = 0;
  EXPECT_EQ(LGBM_BoosterPredictForMat(booster, rows.values.data(), C_API_DTYPE_FLOAT64, kRows, 3, 1,
                                      C_API_PREDICT_RAW_SCORE, 0, -1, "num_threads=1", &length,
                                      out.data()),
            0);
  LGBM_BoosterFree(booster);
  for (double& value : out) value /= trees;
  return out;
}

TEST(RandomForestLearner, PredictsLightgbmsAveragesForEveryObjective) {
  Rows rows;
  for (auto objective : {Objective::kBinary, Objective::kRegression, Objective::kMulticlass}) {
    auto model = Fit(rows, objective, R"({"trees": 30})");
    ASSERT_TRUE(model.ok()) << model.error().ToString();
    EXPECT_EQ((*model)->family(), "random_forest");
    int outputs = (*model)->num_outputs();
    EXPECT_EQ(outputs, objective == Objective::kMulticlass ? 3 : 1);
    std::vector<double> margins(kRows * static_cast<size_t>(outputs));
    (*model)->Predict(rows.values, margins);
    auto expected = LightgbmAverages((*model)->weights(), rows, outputs, 30);
    for (size_t i = 0; i < margins.size(); ++i) ASSERT_NEAR(margins[i], expected[i], 1e-9) << i;
  }
}

TEST(RandomForestLearner, LearnsTheFunctionWithinItsNoise) {
  Rows rows;
  auto model = Fit(rows, Objective::kRegression, R"({"feature_fraction": 1})");
  ASSERT_TRUE(model.ok());
  const double row[] = {0.75, 0.5, 0.5};
  double prediction = 0;
  (*model)->Predict(row, {&prediction, 1});
  EXPECT_NEAR(prediction, 112, 0.2);  // the function above
}

// Trees without a split say the base rate: by hand, the mean target and the log-odds of the labels.
TEST(RandomForestLearner, TreesWithoutSplitSayTheBaseRate) {
  Rows rows;
  const char* none = R"({"trees": 5, "min_rows_per_leaf": 2000})";
  auto regression = Fit(rows, Objective::kRegression, none);
  auto binary = Fit(rows, Objective::kBinary, none);
  ASSERT_TRUE(regression.ok() && binary.ok());
  double target = 0, label = 0, margin = 0;
  for (size_t i = 0; i < kRows; ++i) target += rows.targets[i] / kRows, label += rows.labels[i];
  (*regression)->Predict({rows.values.data(), 3}, {&margin, 1});
  EXPECT_NEAR(margin, target, 1e-4);
  (*binary)->Predict({rows.values.data(), 3}, {&margin, 1});
  EXPECT_NEAR(margin, std::log(label / (kRows - label)), 1e-6);
}

TEST(RandomForestLearner, ObeysMonotoneConstraints) {
  Rows rows;
  auto model = Fit(rows, Objective::kRegression, R"({"trees": 40, "monotone": {"x1": -1}})");
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  double before = std::numeric_limits<double>::infinity();
  for (double x1 = 0; x1 <= 1; x1 += 0.01) {
    const double row[] = {0.25, x1, 0.5};
    double prediction = 0;
    (*model)->Predict(row, {&prediction, 1});
    EXPECT_LE(prediction, before + 1e-9);
    before = prediction;
  }
}

}  // namespace
}  // namespace codman::models
