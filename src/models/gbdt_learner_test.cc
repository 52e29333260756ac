#include "models/gbdt_learner.h"

#include <LightGBM/c_api.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "base/text.h"

namespace codman::models {
namespace {

// Step function of x0 plus a rising part of x1; x2 is often missing, and missing means something.
struct Rows {
  explicit Rows(int count) {
    std::mt19937 random(11);
    auto uniform = [&] { return static_cast<double>(random() % 1000003) / 1000003; };
    for (int i = 0; i < count; ++i) {
      double x0 = uniform(), x1 = uniform(),
             x2 = uniform() < 0.3 ? std::numeric_limits<double>::quiet_NaN() : uniform();
      values.insert(values.end(), {x0, x1, x2});
      targets.push_back((x0 > 0.5 ? 10 : 0) + 4 * x1 + (std::isnan(x2) ? 3 : 0) + 0.1 * uniform());
      labels.push_back(uniform() < Sigmoid(targets.back() - 6) ? 1 : 0);
      classes.push_back(targets.back() < 4 ? 0 : targets.back() < 10 ? 1 : 2);
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
  LearnOptions options;
  options.settings = *base::ParseJson(settings);
  return GbdtLearner().Fit(data, options);
}

// Independent source: LightGBM itself, reading our saved text.
std::vector<double> LightgbmPredicts(const std::string& text, const std::vector<double>& rows,
                                     int type, int width) {
  BoosterHandle booster = nullptr;
  int iterations = 0;
  EXPECT_EQ(LGBM_BoosterLoadModelFromString(text.c_str(), &iterations, &booster), 0)
      << LGBM_GetLastError();
  std::vector<double> out(rows.size() / 3 * static_cast<size_t>(width));
  int64_t length = 0;
  EXPECT_EQ(LGBM_BoosterPredictForMat(booster, rows.data(), C_API_DTYPE_FLOAT64,
                                      static_cast<int32_t>(rows.size() / 3), 3, 1, type, 0, -1,
                                      "num_threads=1", &length, out.data()),
            0);
  LGBM_BoosterFree(booster);
  return out;
}

TEST(GbdtLearner, PredictsWithLightgbmsBitsAndExplainsWithItsContributions) {
  Rows rows(3000);
  for (Objective objective : {Objective::kBinary, Objective::kRegression, Objective::kMulticlass}) {
    auto model =
        Fit(rows, objective, R"({"trees": 60, "bagging_fraction": 0.7, "bagging_frequency": 1})");
    ASSERT_TRUE(model.ok()) << model.error().ToString();
    int outputs = objective == Objective::kMulticlass ? 3 : 1;
    ASSERT_EQ((*model)->num_outputs(), outputs);
    std::vector<double> margins(3000 * outputs), phi(3000 * outputs * 4);
    (*model)->Predict(rows.values, margins);
    (*model)->Explain(rows.values, phi);
    auto raw = LightgbmPredicts((*model)->weights(), rows.values, C_API_PREDICT_RAW_SCORE, outputs);
    auto contributions =
        LightgbmPredicts((*model)->weights(), rows.values, C_API_PREDICT_CONTRIB, 4 * outputs);
    for (size_t r = 0; r < raw.size(); ++r) {
      ASSERT_EQ(std::bit_cast<uint64_t>(raw[r]), std::bit_cast<uint64_t>(margins[r])) << r;
    }
    for (size_t i = 0; i < phi.size(); ++i) ASSERT_NEAR(phi[i], contributions[i], 1e-10) << i;
  }
}

TEST(GbdtLearner, ReadsRandomForestsAsLightgbmDoes) {
  Rows rows(1000);
  auto model = Fit(rows, Objective::kRegression, R"({"trees": 9})");
  ASSERT_TRUE(model.ok());
  std::string text = (*model)->weights();
  text.insert(text.find("objective="), "average_output\n");
  auto forest = GbdtLearner().Load(text);
  ASSERT_TRUE(forest.ok()) << forest.error().ToString();
  std::vector<double> margins(1000), phi(4000);
  (*forest)->Predict(rows.values, margins);
  (*forest)->Explain(rows.values, phi);
  auto normal = LightgbmPredicts(text, rows.values, C_API_PREDICT_NORMAL, 1);
  for (size_t r = 0; r < normal.size(); ++r) {
    ASSERT_DOUBLE_EQ(margins[r], normal[r]);
    ASSERT_NEAR(phi[4 * r] + phi[4 * r + 1] + phi[4 * r + 2] + phi[4 * r + 3], normal[r], 1e-9);
  }
}

TEST(GbdtLearner, LearnsARegressionWithMissingValues) {
  Rows rows(5000);
  auto model = Fit(rows, Objective::kRegression, R"({"trees": 200})");
  ASSERT_TRUE(model.ok());
  const double row[] = {0.75, 0.5, std::numeric_limits<double>::quiet_NaN()};
  double prediction = 0;
  (*model)->Predict(row, {&prediction, 1});
  EXPECT_NEAR(prediction, 10 + 2 + 3 + 0.05, 0.25);  // the function above
}

TEST(GbdtLearner, ObeysMonotoneConstraints) {
  Rows rows(3000);
  auto model = Fit(rows, Objective::kRegression, R"({"monotone": {"x1": -1}})");
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  double before = std::numeric_limits<double>::infinity();
  for (double x1 = 0; x1 <= 1; x1 += 0.01) {
    const double row[] = {0.25, x1, 0.5};
    double prediction = 0;
    (*model)->Predict(row, {&prediction, 1});
    EXPECT_LE(prediction, before);
    before = prediction;
  }
}

// One threshold drawn of many is seldom the best one of the step at 0.5.
TEST(GbdtLearner, ExtraTreesDrawTheirThresholds) {
  Rows rows(3000);
  auto first_threshold = [&](const std::string& settings) {
    auto model = Fit(rows, Objective::kRegression, settings);
    EXPECT_TRUE(model.ok()) << model.error().ToString();
    const std::string& text = (*model)->weights();
    return std::stod(text.substr(text.find("\nthreshold=") + 11));
  };
  EXPECT_NEAR(first_threshold(R"({"trees": 1, "leaves": 2})"), 0.5, 0.01);
  double drawn = first_threshold(R"({"trees": 1, "leaves": 2, "extra_trees": true})");
  EXPECT_GT(std::fabs(drawn - 0.5), 0.01);
  EXPECT_FALSE(Fit(rows, Objective::kRegression, R"({"extra_trees": 2})").ok());
}

TEST(GbdtLearner, GivesEqualBytesForAnyNumberOfThreadsWithExtraTrees) {
  Rows rows(3000);
  columns::DenseMatrix matrix({"x0", "x1", "x2"}, rows.values);
  TrainingData data{.rows = &matrix, .labels = rows.labels};
  LearnOptions one{.settings = *base::ParseJson(R"({"trees": 20, "extra_trees": true})"),
                   .num_threads = 1};
  LearnOptions two = one;
  two.num_threads = 2;
  auto first = GbdtLearner().Fit(data, one), second = GbdtLearner().Fit(data, two);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ((*first)->weights(), (*second)->weights());
}

TEST(GbdtLearner, SavesNothingThatVariesBetweenMachines) {
  auto model = Fit(Rows(500), Objective::kBinary, "{}");
  ASSERT_TRUE(model.ok());
  for (const char* word : {"num_threads", "machine", "gpu", "device_type", "/tmp"}) {
    EXPECT_EQ((*model)->weights().find(word), std::string::npos) << word;
  }
  EXPECT_EQ((*model)->Describe()["settings"]["trees"].AsDouble(), 100);
}

TEST(GbdtLearner, RefusesSettingsThatContradict) {
  Rows rows(300);
  EXPECT_FALSE(Fit(rows, Objective::kBinary, R"({"bagging_fraction": 0.5})").ok());
  EXPECT_FALSE(Fit(rows, Objective::kBinary, R"({"monotone": {"x9": 1}})").ok());
  EXPECT_FALSE(Fit(rows, Objective::kBinary, R"({"monotone": {"x1": 2}})").ok());
  EXPECT_FALSE(Fit(rows, Objective::kMulticlass, R"({"monotone": {"x1": 1}})").ok());
  EXPECT_FALSE(Fit(rows, Objective::kBinary, R"({"leaves": 1})").ok());
  EXPECT_FALSE(Fit(rows, Objective::kBinary, R"({"leaves": 2.5})").ok());
  EXPECT_FALSE(Fit(rows, Objective::kBinary, R"({"trees": "many"})").ok());
  EXPECT_FALSE(Fit(rows, Objective::kRegression,
                   R"({"positive_bagging_fraction": 0.5, "bagging_frequency": 1})")
                   .ok());
}

TEST(GbdtLearner, LearnsTheBaseRateWhereNoSplitIsPossible) {
  Rows rows(30);
  auto model = Fit(rows, Objective::kBinary, R"({"min_rows_per_leaf": 100})");
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  double positive = 0;
  for (double label : rows.labels) positive += label;
  double margin = 0;
  (*model)->Predict({rows.values.data(), 3}, {&margin, 1});
  EXPECT_NEAR(Sigmoid(margin), positive / 30, 1e-6);  // float32 labels
}

// More rows than the sample for the bin borders, in many blocks.
TEST(GbdtLearner, StreamsMoreRowsThanItSamples) {
  Rows rows(120000);
  auto model = Fit(rows, Objective::kRegression, R"({"trees": 50, "learning_rate": 0.2})");
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  std::vector<double> margins(rows.targets.size());
  (*model)->Predict(rows.values, margins);
  double squares = 0;
  for (size_t r = 0; r < margins.size(); ++r) squares += std::pow(margins[r] - rows.targets[r], 2);
  // The step of height 10 at x0 = 0.5 falls into one of 255 bins: at most 1 / 255 of the rows are
  // wrong by about 5.
  EXPECT_LT(std::sqrt(squares / static_cast<double>(margins.size())), 0.35);
}

}  // namespace
}  // namespace codman::models
