#include "models/mlp_learner.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/text.h"

namespace codman::models {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// 10 · (x0 > 0 exactly one of x0, x1) and 5 more where x2 is missing: no line can tell.
struct Rows {
  explicit Rows(int count) {
    std::mt19937 random(23);
    auto uniform = [&] { return static_cast<double>(random() % 100003) / 100003; };
    for (int i = 0; i < count; ++i) {
      double x0 = 2 * uniform() - 1, x1 = 2 * uniform() - 1;
      double x2 = uniform() < 0.3 ? kNan : 1000 + 50 * uniform();
      values.insert(values.end(), {x0, x1, x2});
      labels.push_back((x0 > 0) != (x1 > 0) ? 1 : 0);
      targets.push_back(1000 + 10 * labels.back() + (std::isnan(x2) ? 5 : 0));
    }
  }
  std::vector<double> values, labels, targets;
};

Result<std::unique_ptr<Model>> Fit(const Rows& rows, Objective objective, const char* settings,
                                   uint64_t seed = 1) {
  columns::DenseMatrix matrix({"x0", "x1", "x2"}, rows.values);
  TrainingData data{.rows = &matrix, .labels = rows.targets, .objective = objective};
  if (objective == Objective::kBinary) data.labels = rows.labels;
  LearnOptions options{.seed = seed};
  options.settings = *base::ParseJson(settings);
  return MlpLearner().Fit(data, options);
}

double MarginOf(const Model& model, const std::vector<double>& row) {
  double margin = 0;
  model.Predict(row, {&margin, 1});
  return margin;
}

TEST(MlpLearner, LearnsWhatNoLineCan) {
  auto model = Fit(Rows(6000), Objective::kBinary, "{}");
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  EXPECT_GT(MarginOf(**model, {0.5, -0.5, 1020}), 2);
  EXPECT_GT(MarginOf(**model, {-0.5, 0.5, 1020}), 2);
  EXPECT_LT(MarginOf(**model, {0.5, 0.5, 1020}), -2);
  EXPECT_LT(MarginOf(**model, {-0.5, -0.5, 1020}), -2);
}

TEST(MlpLearner, LearnsWhatAMissingValueMeans) {
  auto model = Fit(Rows(6000), Objective::kRegression, "{}");
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  EXPECT_NEAR(MarginOf(**model, {0.5, -0.5, 1020}), 1010, 1);  // the function above
  EXPECT_NEAR(MarginOf(**model, {0.5, -0.5, kNan}), 1015, 1);
  EXPECT_NEAR(MarginOf(**model, {0.5, 0.5, kNan}), 1005, 1);
}

TEST(MlpLearner, AValueFarOutsideCountsAsTenStandardDeviations) {
  auto model = Fit(Rows(500), Objective::kRegression, R"({"epochs": 3})");
  ASSERT_TRUE(model.ok());
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(MarginOf(**model, {0, 0, 1e9}), MarginOf(**model, {0, 0, kInfinity}));
  EXPECT_EQ(MarginOf(**model, {0, 0, -1e9}), MarginOf(**model, {0, 0, -kInfinity}));
}

TEST(MlpLearner, TheSeedDecidesAndNothingElse) {
  Rows rows(400);
  auto a = Fit(rows, Objective::kBinary, R"({"epochs": 3})", 1);
  auto b = Fit(rows, Objective::kBinary, R"({"epochs": 3})", 1);
  auto c = Fit(rows, Objective::kBinary, R"({"epochs": 3})", 2);
  ASSERT_TRUE(a.ok() && b.ok() && c.ok());
  EXPECT_EQ((*a)->weights(), (*b)->weights());
  EXPECT_NE((*a)->weights(), (*c)->weights());
}

TEST(MlpLearner, SaysItsSizeAndMethod) {
  auto model = Fit(Rows(200), Objective::kBinary,
                   R"({"hidden_1": 8, "hidden_2": 4, "epochs": 2, "batch_rows": 32})");
  ASSERT_TRUE(model.ok());
  Json description = (*model)->Describe();
  // By hand: three features and one indicator.
  EXPECT_EQ(description["parameters"].AsInt(), (4 * 8 + 8) + (8 * 4 + 4) + (4 + 1));
  EXPECT_EQ(description["background_rows"].AsInt(), 64);
  EXPECT_EQ(description["settings"]["hidden_1"].AsInt(), 8);
  EXPECT_EQ((*model)->explanation_method().name, "expected_gradients");
  EXPECT_EQ((*model)->weights_file_name(), "weights.safetensors");
}

TEST(MlpLearner, DamagedWeightsNeverCrash) {
  auto model = Fit(Rows(100), Objective::kBinary,
                   R"({"hidden_1": 3, "hidden_2": 2, "epochs": 1, "batch_rows": 32})");
  ASSERT_TRUE(model.ok());
  std::mt19937 random(4);
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = (*model)->weights();
    size_t header = 900;
    char& byte = bytes[random() % (round % 2 == 0 ? header : bytes.size())];
    bool digit = byte >= '0' && byte <= '9';
    byte = static_cast<char>(digit ? '0' + random() % 10 : random() % 256);
    auto damaged = MlpLearner().Load(bytes);
    if (!damaged.ok()) continue;
    std::vector<double> row((*damaged)->feature_names().size(), 0.5);
    std::vector<double> phi((row.size() + 1) * static_cast<size_t>((*damaged)->num_outputs()));
    std::vector<double> margins(static_cast<size_t>((*damaged)->num_outputs()));
    (*damaged)->Predict(row, margins);
    (*damaged)->Explain(row, phi);
  }
}

TEST(MlpLearner, RefusesARateThatBlowsUp) {
  Rows rows(300);
  for (double& target : rows.targets) target *= target;
  auto model = Fit(rows, Objective::kRegression, R"({"l2": 1000, "learning_rate": 1})");
  ASSERT_FALSE(model.ok());
  EXPECT_NE(model.error().message().find("lower learning_rate"), std::string::npos);
}

}  // namespace
}  // namespace codman::models
