#include "serving/prediction_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>

#include "base/file.h"
#include "base/text.h"
#include "base/yaml.h"
#include "models/logistic_learner.h"

// Expected values by hand: sums that must close (contributions to the margin, the waterfall to the
// risk), the sigmoid, and the unit table of the design.
namespace codman::serving {
namespace {

using testing::HasSubstr;

const char* const kFeatures = R"(feature_set:
  name: tiny
  description: three vitals
  owner: icu
  defaults: {aggregate: last, window: 24h, null_policy: missing}
  features:
    - {id: heart_rate, concept: heart_rate}
    - {id: temperature, concept: temperature}
    - {id: sbp, concept: sbp}
    - {id: shock_index, expression: heart_rate / sbp, label: Shock index, unit: "1"}
blocks: []
concepts:
  concepts:
    - {name: heart_rate, unit: /min, range: [10, 350]}
    - {name: temperature, unit: Cel, range: [26, 45], ambiguous: [60, 115],
       conversions: [{unit: "[degF]", factor: 0.5555555555555556, offset: -17.77777777777778}]}
    - {name: sbp, unit: "mm[Hg]", range: [20, 375], conversions: [{unit: kPa, factor: 7.50062}]}
)";

class PredictionTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::RemoveTree(home_).ok());
    ASSERT_TRUE(base::MakeFolders(home_).ok());
    database_ = storage::OpenSqlite(home_ + "/codman.db").value();
    auto secrets = governance::Secrets::Open(home_ + "/secrets").value();
    registry_ = registry::Registry::Open(database_.get(), home_ + "/models", secrets).value();
    registry::TaskVariant variant;
    variant.name = "process";
    registry::Task task;
    task.name = "sepsis";
    task.live = "process";
    task.horizon_us = 6LL * 3600 * 1000000;
    task.variants = {variant};
    tasks_ = {task};
    auto registered = registry_->Register(Tiny());
    ASSERT_TRUE(registered.ok()) << registered.error().ToString();
    auto prepared = Prepare(registry_->Load(*registered).value());
    ASSERT_TRUE(prepared.ok()) << prepared.error().ToString();
    served_ = *prepared;
  }
  void TearDown() override { ASSERT_TRUE(base::RemoveTree(home_).ok()); }

  static registry::NewModel Tiny() {
    std::vector<double> values, labels;
    for (int i = 0; i < 60; ++i) {
      double rate = 60 + i, pressure = 140 - (i * 7) % 60;
      values.insert(values.end(), {rate, 36.0 + (i % 5) * 0.7, pressure, rate / pressure});
      labels.push_back((i * 13) % 60 < i ? 1 : 0);
    }
    columns::DenseMatrix matrix({"heart_rate", "temperature", "sbp", "shock_index"}, values);
    models::TrainingData data{&matrix, labels, {}, models::Objective::kBinary};
    auto model = models::LogisticLearner().Fit(data, {}).value();
    registry::NewModel made{.task = "sepsis", .variant = "process", .source = "made", .actor = "a"};
    made.synthetic = true;
    made.files[model->weights_file_name()] = model->weights();
    made.files["calibration.json"] = models::Calibrator{.slope = 0.8, .intercept = -0.5}.ToJson();
    made.files["features.yaml"] = base::ParseYaml(kFeatures, "f.yaml")->ToPrettyString();
    made.manifest = Json::Object(
        {{"learner", "logistic"}, {"weights", model->weights_file_name()}, {"threshold", 0.3}});
    return made;
  }
  Prediction Ask(const std::string& features, Explain explain = Explain::kAll) {
    return Predict(*served_, tasks_[0], base::ParseJson(features).value(), explain);
  }

  std::string home_ = format("{}codman_serving_{}", testing::TempDir(), getpid());
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<registry::Registry> registry_;
  std::vector<registry::Task> tasks_;
  std::shared_ptr<const ServedModel> served_;
};

TEST_F(PredictionTest, ContributionsSumToTheMarginAndTheWaterfallToTheRisk) {
  for (const char* features :
       {R"({"heart_rate": 120, "temperature": 39.1, "sbp": 85})", R"({"heart_rate": null})", "{}",
        R"({"sbp": 200, "shock_index": 0.4})"}) {
    SCOPED_TRACE(features);
    auto prediction = Ask(features);
    ASSERT_TRUE(prediction.errors.empty()) << prediction.errors[0].message;
    const Json& answer = prediction.answer;
    const Json& explanation = answer["explanation"];
    double margin = explanation["base"].AsDouble() + explanation["rest"].AsDouble();
    for (const auto& entry : explanation["contributions"].items()) {
      margin += entry["contribution"].AsDouble();
    }
    EXPECT_NEAR(margin, answer["margin"].AsDouble(), 1e-9);
    EXPECT_NEAR(MarginOf(*served_, prediction.vector), answer["margin"].AsDouble(), 0);
    double risk = 1 / (1 + std::exp(-(0.8 * answer["margin"].AsDouble() - 0.5)));
    EXPECT_NEAR(answer["risk"].AsDouble(), risk, 1e-12);
    const Json& waterfall = explanation["probability"];
    double sum = waterfall["base"].AsDouble() + waterfall["rest"].AsDouble() +
                 waterfall["calibration"].AsDouble();
    for (const auto& bar : waterfall["bars"].items()) sum += bar["change"].AsDouble();
    EXPECT_NEAR(sum, risk, 1e-12);
    EXPECT_EQ(answer["alert"].AsBool(), risk >= 0.3);
    EXPECT_EQ(answer["horizon_hours"].AsDouble(), 6);
    EXPECT_EQ(answer["model"]["version"].AsString(), "process-1");
    EXPECT_THAT(answer["warnings"].ToString(), HasSubstr("synthetic"));
  }
  EXPECT_EQ(Ask("{}", Explain::kNone).answer.Find("explanation"), nullptr);
}

TEST_F(PredictionTest, ConvertsUnitsAndComputesDerivedFeatures) {
  auto plain = Ask(R"({"heart_rate": 120, "temperature": 39, "sbp": 75.0062})");
  auto converted = Ask(R"({"heart_rate": {"value": 120}, "temperature": {"value": 102.2,
      "unit": "[degF]"}, "sbp": {"value": 10, "unit": "kPa"}})");
  ASSERT_TRUE(converted.errors.empty());
  EXPECT_NEAR(converted.vector[1], 39, 1e-9);
  EXPECT_NEAR(converted.vector[2], 75.0062, 1e-9);
  EXPECT_NEAR(plain.vector[3], 120 / 75.0062, 1e-12);
  EXPECT_NEAR(plain.answer["risk"].AsDouble(), converted.answer["risk"].AsDouble(), 1e-9);
  EXPECT_EQ(plain.answer["missing"].size(), 0u);
  auto given = Ask(R"({"shock_index": 0.9, "temperature": null})");
  EXPECT_EQ(given.vector[3], 0.9);
  EXPECT_EQ(given.answer["missing"].ToString(), R"(["heart_rate","temperature","sbp"])");
  EXPECT_THAT(given.answer["warnings"].ToString(), HasSubstr("more than half"));
}

TEST_F(PredictionTest, TellsAllFaultsOfARequestAtOnce) {
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
        {R"({"sbp": {"value": 60, "unit": "kPa"}})", "sbp", "outside the plausible range"},
        {R"({"temperature": 98.6})", "temperature", "another unit"},
        {R"({"shock_index": {"value": 1, "unit": "kPa"}})", "shock_index", "not known"},
        {"[]", "features", "is missing"},
        {"null", "features", "is missing"}}) {
    auto prediction = Ask(features);
    ASSERT_EQ(prediction.errors.size(), 1u) << features;
    EXPECT_EQ(prediction.errors[0].field, field);
    EXPECT_THAT(prediction.errors[0].message, HasSubstr(message)) << features;
    EXPECT_TRUE(prediction.answer.is_null());
  }
  EXPECT_EQ(Ask(R"({"a": 1, "heart_rate": 1, "sbp": "x"})").errors.size(), 3u);
}

TEST_F(PredictionTest, ServesTheChampionOnly) {
  PredictionService service(&tasks_, registry_.get());
  ASSERT_TRUE(service.Refresh().ok());
  auto none = service.Live(tasks_[0], "");
  ASSERT_EQ(none.error().kind(), ErrorKind::kNotFound);
  EXPECT_THAT(none.error().message(), HasSubstr("codman train sepsis"));
  ASSERT_TRUE(registry_->Activate("sepsis", "process-1", "ada", "why").ok());
  ASSERT_TRUE(registry_->Register(Tiny()).ok());
  ASSERT_TRUE(service.Refresh().ok());
  EXPECT_EQ(service.Live(tasks_[0], "").value()->loaded.version.version, "process-1");
  ASSERT_TRUE(registry_->Activate("sepsis", "process-2", "ada", "why").ok());
  EXPECT_EQ(service.Live(tasks_[0], "process").value()->loaded.version.version, "process-1")
      << "until the next refresh";
  ASSERT_TRUE(service.Refresh().ok());
  EXPECT_EQ(service.Live(tasks_[0], "").value()->loaded.version.version, "process-2");
  EXPECT_EQ(service.Version("sepsis", "process-1").value()->loaded.version.version, "process-1");
  EXPECT_FALSE(service.Version("sepsis", "process-7").ok());
  EXPECT_FALSE(service.Live(tasks_[0], "other").ok());
}

TEST_F(PredictionTest, AModelOfOtherColumnsIsRefused) {
  registry::NewModel model = Tiny();
  model.files["features.yaml"] =
      base::ReplaceAll(model.files["features.yaml"], "\"id\": \"sbp\"", "\"id\": \"pressure\"");
  model.files["features.yaml"] =
      base::ReplaceAll(model.files["features.yaml"], "heart_rate / sbp", "heart_rate / pressure");
  auto prepared = Prepare(registry_->Load(registry_->Register(model).value()).value());
  ASSERT_FALSE(prepared.ok());
  EXPECT_EQ(prepared.error().kind(), ErrorKind::kDataQuality);
  EXPECT_THAT(prepared.error().message(), HasSubstr("train it again"));
}

// The bands of prediction_service.h at a threshold of 0.2: 0.1, 0.2 and 0.5.
TEST(Band, HasItsEdges) {
  for (auto [risk, band] : {std::pair(0.0, "low"),
                            {0.0999, "low"},
                            {0.1, "moderate"},
                            {0.1999, "moderate"},
                            {0.2, "high"},
                            {0.4999, "high"},
                            {0.5, "critical"},
                            {1.0, "critical"}}) {
    EXPECT_STREQ(BandOf(risk, 0.2), band) << risk;
  }
}

}  // namespace
}  // namespace codman::serving
