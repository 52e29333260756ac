#include "models/forest_model.h"

#include <gtest/gtest.h>

#include <random>

#include "base/file.h"
#include "base/text.h"

namespace codman::models {
namespace {

std::vector<std::string> Samples() {
  std::vector<std::string> samples;
  for (const char* name :
       {"lightgbm_small_tree.model.txt", "lightgbm_regression.model.txt",
        "xgboost_gbtree_regression.model.json", "xgboost_gbtree_binary_logistic.model.json"}) {
    samples.push_back(
        *base::ReadFile(std::string(CODMAN_SOURCE_DIR "/tests/data/gbm-reference/") + name));
  }
  return samples;
}

// Whatever loads must also predict and explain without harm.
void LoadAndUse(const std::string& bytes) {
  auto model = LoadForestModel(bytes);
  if (!model.ok()) return;
  size_t features = (*model)->feature_names().size();
  if (features > 1000) return;
  std::vector<double> row(features, 0.5), contributions(features + 1);
  double margin = 0;
  (*model)->Predict(row, {&margin, 1});
  (*model)->Explain(row, contributions);
}

TEST(ForestModel, TruncatedFilesNeverCrash) {
  for (const std::string& sample : Samples()) {
    for (size_t length = 0; length < sample.size(); length += 1 + sample.size() / 700) {
      LoadAndUse(sample.substr(0, length));
    }
  }
}

TEST(ForestModel, FlippedBytesNeverCrash) {
  std::mt19937 random(42);
  for (const std::string& sample : Samples()) {
    for (int round = 0; round < 1500; ++round) {
      std::string bytes = sample;
      uint32_t flips = 1 + random() % 4;
      for (uint32_t i = 0; i < flips; ++i) {
        // Digits for digits keep the file readable, so that the damage reaches the meaning.
        char& byte = bytes[random() % bytes.size()];
        bool digit = byte >= '0' && byte <= '9' && round % 3 != 0;
        byte = digit ? static_cast<char>('0' + random() % 10) : static_cast<char>(random() % 256);
      }
      LoadAndUse(bytes);
    }
  }
}

TEST(ForestModel, TellsWhatItIs) {
  auto model = LoadForestModel(Samples()[0]);
  ASSERT_TRUE(model.ok());
  Json description = (*model)->Describe();
  EXPECT_EQ(description["trees"].AsInt(), 3);
  EXPECT_EQ(description["leaves"].AsInt(), 12);
  EXPECT_EQ(description["settings"]["learning_rate"].AsDouble(), 0.5);
  EXPECT_EQ((*model)->weights_file_name(), "weights.lgbm.txt");
  EXPECT_EQ((*model)->weights(), Samples()[0]);
  EXPECT_FALSE(LoadForestModel("neither").ok());
}

}  // namespace
}  // namespace codman::models
