#include "serving/prediction_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/yaml.h"
#include "models/logistic_learner.h"

// Expected versions by hand from prediction_service.h.
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

class PredictionServiceTest : public testing::Test {
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

  std::string home_ = format("{}codman_serving_{}", testing::TempDir(), getpid());
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<registry::Registry> registry_;
  std::vector<registry::Task> tasks_;
};

TEST_F(PredictionServiceTest, ServesTheChampionOnly) {
  PredictionService service(&tasks_, registry_.get());
  ASSERT_TRUE(service.Refresh().ok());
  auto none = service.Live(tasks_[0], "");
  ASSERT_EQ(none.error().kind(), ErrorKind::kNotFound);
  EXPECT_THAT(none.error().message(), HasSubstr("codman train sepsis"));
  ASSERT_TRUE(registry_->Activate("sepsis", "process-1", "ada", "why", 1).ok());
  ASSERT_TRUE(registry_->Register(Tiny()).ok());
  ASSERT_TRUE(service.Refresh().ok());
  EXPECT_EQ(service.Live(tasks_[0], "").value()->loaded.version.version, "process-1");
  ASSERT_TRUE(registry_->Activate("sepsis", "process-2", "ada", "why", 1).ok());
  EXPECT_EQ(service.Live(tasks_[0], "process").value()->loaded.version.version, "process-1")
      << "until the next refresh";
  ASSERT_TRUE(service.Refresh().ok());
  EXPECT_EQ(service.Live(tasks_[0], "").value()->loaded.version.version, "process-2");
  EXPECT_EQ(service.Version("sepsis", "process-1").value()->loaded.version.version, "process-1");
  EXPECT_FALSE(service.Version("sepsis", "process-7").ok());
  EXPECT_FALSE(service.Live(tasks_[0], "other").ok());
  tasks_[0].variants.push_back(tasks_[0].variants[0]);
  tasks_[0].variants[1].name = "signals";
  EXPECT_THAT(service.Live(tasks_[0], "signals").error().message(), HasSubstr("(live: 'process')"));
  EXPECT_EQ(service.Find("sepsis"), service.Live(tasks_[0], "").value());
  EXPECT_EQ(service.Find("nothing"), nullptr);
  EXPECT_THAT(service.Find("sepsis")->after_warnings, HasSubstr("\"horizon_hours\":6,"));
}

TEST_F(PredictionServiceTest, AModelThatCannotBeLoadedStopsNoOther) {
  registry::NewModel signals = Tiny();
  signals.variant = "signals";
  auto registered = registry_->Register(signals);
  ASSERT_TRUE(registered.ok()) << registered.error().ToString();
  tasks_[0].variants.push_back(tasks_[0].variants[0]);
  tasks_[0].variants[1].name = "signals";
  for (const char* version : {"process-1", "signals-1"})
    ASSERT_TRUE(registry_->Activate("sepsis", version, "ada", "why", 1).ok());
  std::string file = home_ + "/models/" + registered->path + "/calibration.json";
  std::string signed_bytes = base::ReadFile(file).value();
  ASSERT_TRUE(base::WriteFileAtomically(file, "{}").ok());
  PredictionService service(&tasks_, registry_.get());
  ASSERT_TRUE(service.Refresh().ok());
  EXPECT_TRUE(service.Live(tasks_[0], "process").ok());
  auto broken = service.Live(tasks_[0], "signals");
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().kind(), ErrorKind::kUnavailable);
  EXPECT_THAT(broken.error().message(),
              AllOf(HasSubstr("signals-1"), HasSubstr("calibration.json"), HasSubstr("activate")));
  EXPECT_FALSE(service.Version("sepsis", "signals-1").ok());
  ASSERT_TRUE(base::WriteFileAtomically(file, signed_bytes).ok());
  EXPECT_TRUE(service.Version("sepsis", "signals-1").ok()) << "tried again";
  ASSERT_TRUE(service.Refresh().ok());
  service.LoadLive();
  EXPECT_TRUE(service.Live(tasks_[0], "signals").ok());
}

TEST_F(PredictionServiceTest, AModelOfOtherColumnsIsRefused) {
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

}  // namespace
}  // namespace codman::serving
