#include "serving/request_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "base/text.h"
#include "serving/answer.h"
#include "serving/model_testing.h"

// Expected values by hand from the unit table of the design; the two readers are each other's
// reference.
namespace codman::serving {
namespace {

using testing::HasSubstr;

class RequestValuesTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { model_ = MakeTestModel(); }
  static void TearDownTestSuite() { model_.reset(); }

  struct Read {
    std::vector<double> values;
    std::vector<FieldError> errors;
  };
  static Read ByTree(const std::string& features) {
    Read read{std::vector<double>(model_->features.size()), {}};
    ReadFeatures(*model_, base::ParseJson(features).value(), read.values, &read.errors);
    return read;
  }
  static bool Usual(const std::string& body, std::vector<double>* values) {
    values->resize(model_->features.size());
    return ReadUsualBody(*model_, body, *values);
  }
  static void ExpectSame(const std::vector<double>& a, const std::vector<double>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i)
      EXPECT_TRUE(a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) << i;
  }

  static std::shared_ptr<const ServedModel> model_;
};
std::shared_ptr<const ServedModel> RequestValuesTest::model_;

TEST_F(RequestValuesTest, ConvertsUnits) {
  auto read = ByTree(R"({"heart_rate": {"value": 120}, "temperature": {"value": 102.2,
      "unit": "[degF]"}, "sbp": {"value": 10, "unit": "kPa"}, "age": 97, "shock_index": null})");
  ASSERT_TRUE(read.errors.empty());
  EXPECT_EQ(read.values[0], 120);
  EXPECT_NEAR(read.values[1], 39, 1e-9);
  EXPECT_NEAR(read.values[2], 75.0062, 1e-9);
  EXPECT_EQ(read.values[3], 90) << "90 and above count as 90";
  EXPECT_TRUE(std::isnan(read.values[4]));
}

TEST_F(RequestValuesTest, TellsAllFaultsAtOnce) {
  struct Case {
    const char* features;
    const char* field;
    const char* message;
  };
  for (auto [features, field, message] :
       {Case{R"({"heart_rat": 80})", "heart_rat", "did you mean 'heart_rate'?"},
        {R"({"zzzzzzzzzz": 80})", "zzzzzzzzzz", "is not a feature"},
        {R"({"heart_rate": "80"})", "heart_rate", "must be a number or null"},
        {R"({"heart_rate": true})", "heart_rate", "must be a number or null"},
        {R"({"heart_rate": [80]})", "heart_rate", "must be a number or null"},
        {R"({"heart_rate": 9})", "heart_rate", "outside the plausible range 10 to 350"},
        {R"({"heart_rate": 351})", "heart_rate", "outside the plausible range"},
        {R"({"sbp": {"value": 12, "unit": "bar"}})", "sbp", "use one of: mm[Hg], kPa"},
        {R"({"sbp": {"value": 80, "unit": 5}})", "sbp", "'unit' must be a text"},
        {R"({"sbp": {"value": 80, "units": "kPa"}})", "sbp", "give value and unit"},
        {R"({"sbp": {"value": 60, "unit": "kPa"}})", "sbp", "outside the plausible range"},
        {R"({"temperature": 98.6})", "temperature", "another unit"},
        {R"({"shock_index": {"value": 1, "unit": "kPa"}})", "shock_index", "not known"},
        {R"({"shock_index": {"value": null, "unit": "kPa"}})", "shock_index", "not known"},
        {R"({"sbp": {"value": null, "unit": "bar"}})", "sbp", "use one of: mm[Hg], kPa"},
        {"[]", "features", "is missing"},
        {"null", "features", "is missing"}}) {
    auto read = ByTree(features);
    ASSERT_EQ(read.errors.size(), 1u) << features;
    EXPECT_EQ(read.errors[0].field, field);
    EXPECT_THAT(read.errors[0].message, HasSubstr(message)) << features;
  }
  EXPECT_EQ(ByTree(R"({"a": 1, "heart_rate": 1, "sbp": "x"})").errors.size(), 3u);
}

TEST_F(RequestValuesTest, ANumberWithWordsMayBeGivenAsOneAndIsToldAsOne) {
  auto model =
      MakeTestModel(6, base::ReplaceAll(kTestFeatures, "unit: a, range: [0, 130], top_code: 90",
                                        "unit: \"1\", range: [0, 1], words: [child, adult]"));
  struct Case {
    const char* given;
    double value;
    const char* told;
  };
  for (auto [given, value, told] : {Case{"\"adult\"", 1, "\"adult\""},
                                    {"\"child\"", 0, "\"child\""},
                                    {"1", 1, "\"adult\""},
                                    {"0.25", 0.25, "0.25"}}) {
    std::vector<double> values(model->features.size());
    std::vector<FieldError> errors;
    ReadFeatures(*model, base::ParseJson(format(R"({{"age":{}}})", given)).value(), values,
                 &errors);
    ASSERT_TRUE(errors.empty()) << given;
    EXPECT_EQ(values[3], value);
    AnswerBatch batch;
    batch.Start(*model);
    auto row = batch.AddRow(Explain::kAll);
    std::copy(values.begin(), values.end(), row.begin());
    batch.Compute();
    std::string answer;
    batch.AppendAnswer(0, "id", "now", &answer);
    EXPECT_THAT(answer, HasSubstr(format(R"("feature":"age","label":"age","value":{},)", told)));
  }
  std::vector<double> values(model->features.size());
  for (const char* wrong : {"\"Adult\"", "2", "{\"value\":\"adult\"}"}) {
    std::vector<FieldError> errors;
    ReadFeatures(*model, base::ParseJson(format(R"({{"age":{}}})", wrong)).value(), values,
                 &errors);
    EXPECT_EQ(errors.size(), 1u) << wrong;
  }
}

TEST_F(RequestValuesTest, AFormIsToldWhatItLacks) {
  auto judged = Json::Object({{"auroc", 0.8251}, {"form_only_auroc", 0.7668}});
  EXPECT_THAT(MakeTestModel(6, kTestFeatures, judged)->warnings[0],
              HasSubstr("without history: values over time are missing; on held-out patients it "
                        "reached AUROC 0.767 so, 0.825 with history\""));
  EXPECT_THAT(model_->warnings[0], HasSubstr("values over time are missing\""));
}

TEST_F(RequestValuesTest, TheShortWayTakesPlainValuesOnly) {
  std::vector<double> values;
  for (const char* body :
       {R"({"features":{}})", R"({"features":{"heart_rate":112,"sbp":80.5}})",
        " {\n\"features\" : { \"sbp\" : 80 , \"heart_rate\" :\t1.12e2, \"age\": 90.5 } } \r\n",
        R"({"features":{"heart_rate":null,"shock_index":0.50,"temperature":3.7E+1}})",
        R"({"features":{"heart_rate":70,"heart_rate":80}})",
        R"({"features":{"sbp":123.45678901234567890123}})"}) {
    EXPECT_TRUE(Usual(body, &values)) << body;
  }
  for (const char* body : {"",
                           "{",
                           "[]",
                           "{}",
                           R"({"features":[]})",
                           R"({"features":{"heart_rate":112})",
                           R"({"features":{"heart_rate":112}},)",
                           R"({"features":{"heart_rate":112},"variant":"x"})",
                           R"({"features":{"heart_rate":112,}})",
                           R"({"features":{"heart_rate":{"value":112}}})",
                           R"({"features":{"heart_rate":"112"}})",
                           R"({"features":{"heart_rate":9}})",
                           R"({"features":{"heart_rate":1e400}})",
                           R"({"features":{"heart_rate":NaN}})",
                           R"({"features":{"heart_rate":+112}})",
                           R"({"features":{"heart_rate":0112}})",
                           R"({"features":{"heart_rate":112.}})",
                           R"({"features":{"heart_rate":.5}})",
                           R"({"features":{"heart_rate":1e}})",
                           R"({"features":{"heart_rate":-}})",
                           R"({"features":{"temperature":98.6}})",
                           R"({"features":{"heart_rate" 112}})",
                           R"({"features":{"heart\u005frate":112}})",
                           R"({"features":{"heart_rate)",
                           R"({"features":{"unknown":1}})",
                           R"({"feature":{"heart_rate":112}})"}) {
    EXPECT_FALSE(Usual(body, &values)) << body;
  }
}

// Random bodies: values of all magnitudes and notations, in and out of range, in any order.
TEST_F(RequestValuesTest, WhatTheShortWayTakesTheTreeTakesWithTheSameValues) {
  std::mt19937 chance(7);
  auto pick = [&](int n) { return static_cast<int>(chance() % static_cast<unsigned>(n)); };
  const auto& contract = model_->plan->contract();
  int taken = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string features;
    for (int k = pick(6); k > 0; --k) {
      std::string number = format("{}", pick(400));
      if (pick(2) == 0) number += format(".{:0{}}", pick(1000), 3 + pick(16));
      if (pick(8) == 0) number += format("e{}", pick(5) - 2);
      if (pick(12) == 0) number = "null";
      if (pick(40) == 0) number = "-" + number;
      features += format("{}\"{}\":{}{}", features.empty() ? "" : ",",
                         contract[static_cast<size_t>(pick(5))].id, pick(2) ? " " : "", number);
    }
    features = "{" + features + "}";
    std::vector<double> values;
    if (!Usual(R"({"features":)" + features + "}", &values)) continue;
    ++taken;
    auto read = ByTree(features);
    ASSERT_TRUE(read.errors.empty()) << features;
    ExpectSame(values, read.values);
  }
  EXPECT_GT(taken, 3000);
}

TEST_F(RequestValuesTest, NumbersAreRoundedCorrectly) {
  std::mt19937_64 chance(11);
  for (int round = 0; round < 100000; ++round) {
    int decimals = static_cast<int>(chance() % 20);
    double wanted = 10 + static_cast<double>(chance() % 340'000'000'000) / 1e9;
    std::string text = format("{:.{}f}", wanted, decimals);
    std::vector<double> values;
    ASSERT_TRUE(Usual(R"({"features":{"heart_rate":)" + text + "}}", &values)) << text;
    ASSERT_EQ(values[0], std::strtod(text.c_str(), nullptr)) << text;
  }
}

}  // namespace
}  // namespace codman::serving
