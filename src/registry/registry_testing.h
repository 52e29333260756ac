// A registry with a home of its own and a tiny model to put into it. Only tests include it.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "models/logistic_learner.h"
#include "registry/registry.h"

namespace codman::registry {

// Logistic regression on a two by two table without penalty: margins are the log-odds of its
// columns, ln(3/7) and ln(8/2).
inline std::shared_ptr<models::Model> TinyModel() {
  std::vector<double> values = {0, 0, 1, 1}, labels = {1, 0, 1, 0}, weights = {3, 7, 8, 2};
  columns::DenseMatrix matrix({"exposed"}, values);
  models::LearnOptions options;
  options.settings = Json::Object({{"l2", 0}});
  models::TrainingData data{&matrix, labels, weights, models::Objective::kBinary};
  return models::LogisticLearner().Fit(data, options).value();
}

inline NewModel Sample(const std::string& variant = "process") {
  auto model = TinyModel();
  NewModel sample{.task = "sepsis", .variant = variant, .source = "synthetic", .actor = "ada"};
  sample.files[model->weights_file_name()] = model->weights();
  sample.files["calibration.json"] = models::Calibrator{.slope = 2, .intercept = -1}.ToJson();
  sample.files["features.yaml"] = "{\"blocks\": []}";
  sample.files["card.md"] = "# A card";
  sample.manifest = Json::Object(
      {{"learner", "logistic"}, {"weights", model->weights_file_name()}, {"threshold", 0.3}});
  sample.metrics = Json::Object({{"auroc", 0.8}});
  return sample;
}

class RegistryTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::RemoveTree(home_).ok());
    ASSERT_TRUE(base::MakeFolders(home_).ok());
    Open();
  }
  void TearDown() override { ASSERT_TRUE(base::RemoveTree(home_).ok()); }
  void Open() {
    registry_.reset();
    database_ = storage::OpenSqlite(home_ + "/codman.db").value();
    auto secrets = governance::Secrets::Open(home_ + "/secrets").value();
    registry_ = Registry::Open(database_.get(), home_ + "/models", secrets).value();
  }
  std::vector<std::string> StatesOf(const std::string& task = "sepsis") {
    std::vector<std::string> states;
    auto versions = registry_->List(task).value();
    for (const auto& version : versions) states.push_back(version.version + " " + version.state);
    return states;
  }
  std::string home_ = format("{}codman_registry_{}", testing::TempDir(), getpid());
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<Registry> registry_;
};

}  // namespace codman::registry
