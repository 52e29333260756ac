#include "models/xgboost_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/file.h"
#include "base/text.h"

namespace codman::models {
namespace {

// The comparison XGBoost makes, done in float32 by the processor.
TEST(XgboostJson, DoubleThresholdsDecideAsFloat32DoesAroundEveryThreshold) {
  std::vector<float> thresholds = {0.0f,
                                   -0.0f,
                                   1.0f,
                                   -1.0f,
                                   0.1f,
                                   1e-45f,
                                   -1e-45f,
                                   3.4028234e38f,
                                   -3.4028234e38f,
                                   std::numeric_limits<float>::infinity(),
                                   std::numeric_limits<float>::min()};
  std::mt19937 random(5);
  for (int i = 0; i < 2000; ++i)
    thresholds.push_back(
        std::ldexp(static_cast<float>(random()), static_cast<int>(random() % 80) - 60));
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (float threshold : thresholds) {
    double border = DoubleThresholdOf(threshold);
    for (double x :
         {std::nextafter(border, -kInfinity), border, std::nextafter(border, kInfinity),
          static_cast<double>(threshold), static_cast<double>(std::nextafter(threshold, -INFINITY)),
          std::nextafter(static_cast<double>(threshold), -kInfinity), -kInfinity, 0.0}) {
      volatile float narrow = static_cast<float>(x);
      EXPECT_EQ(x <= border, narrow < threshold) << format("{} against {}", x, threshold);
    }
  }
}

std::string Sample() {
  return *base::ReadFile(CODMAN_SOURCE_DIR
                         "/tests/data/gbm-reference/xgboost_gbtree_binary_logistic.model.json");
}

std::string Replaced(std::string_view from, std::string_view to) {
  std::string text = Sample();
  size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

Result<Forest> ReadOne(std::string_view text) {
  std::vector<Forest> forests = TRY(ReadXgboostJson(text));
  EXPECT_EQ(forests.size(), 1u);
  return forests[0];
}

TEST(XgboostJson, ReadsBothFormsOfTheBaseScore) {
  auto bracketed = ReadOne(Replaced("\"[5E-1]\"", "\"[2.5E-1]\""));
  auto plain = ReadOne(Replaced("\"[5E-1]\"", "\"2.5E-1\""));
  ASSERT_TRUE(bracketed.ok() && plain.ok());
  EXPECT_DOUBLE_EQ(bracketed->base_margin, std::log(0.25 / 0.75));
  EXPECT_DOUBLE_EQ(plain->base_margin, std::log(0.25 / 0.75));
  EXPECT_EQ(plain->feature_names, (std::vector<std::string>{"f0", "f1", "f2", "f3"}));
}

TEST(XgboostJson, RefusesByName) {
  const struct {
    const char *from, *to, *named;
  } cases[] = {
      {"\"name\":\"gbtree\"", "\"name\":\"dart\"", "DART"},
      {"\"name\":\"gbtree\"", "\"name\":\"gblinear\"", "gblinear"},
      {"\"num_class\":\"0\"", "\"num_class\":\"3\"", "num_class"},
      {"binary:logistic", "multi:softprob", "num_class"},
      {"\"num_target\":\"1\"", "\"num_target\":\"2\"", "targets"},
      {"\"size_leaf_vector\":\"1\"", "\"size_leaf_vector\":\"3\"", "vectors"},
      {"\"categories\":[]", "\"categories\":[1]", "categorical"},
      {"binary:logistic", "count:poisson", "count:poisson"},
      {"[5E-1]", "[1E0]", "base_score"},
      {"[5E-1]", "[1E-1,2E-1]", "base_score"},
      {"\"left_children\":[1,", "\"left_children\":[0,", "cycle"},
      {"\"left_children\":[1,", "\"left_children\":[1e99,", "range"},
      {"\"left_children\":[1,", "\"left_children\":[0.5,", "range"},
      {"\"left_children\":[1,", "\"left_children\":[1,1,", "length"},
      {"\"left_children\":[1,", "\"left_children\":[\"1\",", "no number"},
      {"\"split_indices\":[0,", "\"split_indices\":[4,", "range"},
      {"\"num_feature\":\"4\",\"num_target\"", "\"num_feature\":\"99999999999\",\"num_target\"",
       "num_feature"},
      {"\"sum_hessian\":[2.5E1", "\"sum_hessian\":[0E0", "zero cover"},
  };
  for (const auto& [from, to, named] : cases) {
    auto forest = ReadXgboostJson(Replaced(from, to));
    ASSERT_FALSE(forest.ok()) << to;
    EXPECT_NE(forest.error().ToString().find(named), std::string::npos)
        << forest.error().ToString();
  }
}

}  // namespace
}  // namespace codman::models
