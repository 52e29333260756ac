// Models and values made by others: see tests/data/gbm-reference/README.md. Predictions are
// LightGBM's and XGBoost's own, contributions come from exhaustive enumeration of feature subsets.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <numeric>
#include <optional>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "models/catalog.h"

namespace codman::models {
namespace {

struct ReferenceCase {
  std::string model, input, expected, shap;  // paths; expected and shap may be empty
  double tolerance;
};

constexpr double kDoubles = 1e-9;
constexpr double kFloats = 1e-4;

Json ReadJsonFile(const std::string& path) {
  auto text = base::ReadFile(path);
  EXPECT_TRUE(text.ok()) << path;
  auto json = base::ParseJson(*text);
  EXPECT_TRUE(json.ok()) << path;
  return std::move(json).value();
}

std::vector<double> RowOf(const Json& list) {
  std::vector<double> row;
  for (const Json& item : list.items())
    row.push_back(item.AsDouble(std::numeric_limits<double>::quiet_NaN()));
  return row;
}

void Check(const ReferenceCase& reference) {
  SCOPED_TRACE(reference.model);
  auto bytes = base::ReadFile(reference.model);
  ASSERT_TRUE(bytes.ok());
  auto model = LoadForeignModel(*bytes);
  ASSERT_TRUE(model.ok()) << model.error().ToString();
  Json input = ReadJsonFile(reference.input);
  const Json& rows = input[input.Find("data") != nullptr ? "data" : "features"];
  Json expected = reference.expected.empty() ? Json() : ReadJsonFile(reference.expected);
  const Json& margins = expected[expected.Find("raw") != nullptr ? "raw" : "predictions"];
  Json shap = reference.shap.empty() ? Json() : ReadJsonFile(reference.shap);
  ASSERT_FALSE(rows.items().empty());
  for (size_t r = 0; r < rows.size(); ++r) {
    std::vector<double> row = RowOf(rows.items()[r]);
    ASSERT_EQ(row.size(), (*model)->feature_names().size());
    size_t outputs = static_cast<size_t>((*model)->num_outputs()), line = row.size() + 1;
    std::vector<double> margin(outputs), phi(outputs * line);
    (*model)->Predict(row, margin);
    (*model)->Explain(row, phi);
    for (size_t k = 0; k < outputs; ++k) {
      double sum = std::accumulate(phi.begin() + k * line, phi.begin() + (k + 1) * line, 0.0);
      EXPECT_NEAR(sum, margin[k], 1e-9);
      if (expected.is_null()) continue;
      ASSERT_EQ(margins.size(), rows.size());
      const Json& known = margins.items()[r];
      ASSERT_TRUE(outputs == 1 || known.size() == outputs);
      EXPECT_NEAR(margin[k], (outputs == 1 ? known : known.items()[k]).AsDouble(),
                  reference.tolerance);
    }
    if (shap.is_null()) continue;
    std::vector<double> contributions = RowOf(shap["contrib"].items()[r]);
    ASSERT_EQ(contributions.size(), phi.size());
    for (size_t f = 0; f < phi.size(); ++f)
      EXPECT_NEAR(phi[f], contributions[f], reference.tolerance);
  }
}

TEST(ReferenceModels, CommittedSamplesAgree) {
  std::string root = CODMAN_SOURCE_DIR "/tests/data/gbm-reference/";
  for (const char* name : {"lightgbm_small_tree", "lightgbm_regression", "lightgbm_multiclass",
                           "lightgbm_random_forest"}) {
    std::string path = root + name;
    Check({path + ".model.txt", path + ".input.json", path + ".expected.json", path + ".shap.json",
           kDoubles});
  }
  for (const char* name : {"xgboost_gbtree_regression", "xgboost_gbtree_binary_logistic"}) {
    std::string path = root + name;
    Check({path + ".model.json", path + ".input.json", path + ".expected.json", path + ".shap.json",
           kFloats});
  }
}

// The whole collection, unpacked; nothing where it or python3 is absent.
std::optional<std::string> UnpackCollection() {
  const char* given = std::getenv("CODMAN_DATA");
  std::string data = std::string(given == nullptr ? "../shared/data" : given) + "/gbm-reference";
  if (!base::FileExists(data + "/models.zip")) return {};
  std::string folder = testing::TempDir() + "codman-gbm-reference";
  std::string command = "python3 -m zipfile -e '" + data + "/models.zip' '" + folder + "'";
  if (std::system(command.c_str()) != 0) return {};
  return folder + "/";
}

std::string SharedShapFolder() {
  const char* given = std::getenv("CODMAN_DATA");
  return std::string(given == nullptr ? "../shared/data" : given) + "/gbm-reference/treeshap/";
}

TEST(ReferenceModels, EveryContributionFileThatNamesAModelAgrees) {
  auto folder = UnpackCollection();
  if (!folder) GTEST_SKIP() << "CODMAN_DATA/gbm-reference is absent";
  auto names = base::ListFolder(SharedShapFolder());
  ASSERT_TRUE(names.ok());
  int checked = 0;
  for (const std::string& name : *names) {
    std::string path = SharedShapFolder() + name;
    Json shap = ReadJsonFile(path);
    if (shap.Find("model") == nullptr) continue;
    bool lightgbm = shap["model"].AsString().ends_with(".txt");
    Check({*folder + shap["model"].AsString(), *folder + shap["input"].AsString(), "", path,
           lightgbm ? kDoubles : kFloats});
    ++checked;
  }
  EXPECT_GE(checked, 4);
}

TEST(ReferenceModels, PredictionsOfTheCollectionAgreeAndTheRestIsRefusedByName) {
  auto folder = UnpackCollection();
  if (!folder) GTEST_SKIP() << "CODMAN_DATA/gbm-reference is absent";
  for (const char* name :
       {"small_tree", "regression", "regression_missing", "binary_classification", "multiclass"}) {
    std::string path = *folder + "models/lightgbm/inference/" + name;
    Check({path + "/model.txt", path + "/input.json", path + "/expected.json", "", kDoubles});
  }
  for (const char* name :
       {"binary_logistic", "binary_logistic_missing", "deep_trees", "many_trees", "regression",
        "regression_missing", "single_tree", "wide_features", "multiclass", "multiclass_missing"}) {
    std::string path = *folder + "models/xgboost/gbtree/inference/gbtree_" + name;
    Check({path + ".model.json", path + ".input.json", path + ".expected.json", "", kFloats});
  }
  const std::pair<const char*, const char*> refused[] = {
      {"lightgbm/inference/linear_tree/model.txt", "linear"},
      {"xgboost/gbtree/inference/gbtree_categorical.model.json", "categorical"},
  };
  for (const auto& [path, word] : refused) {
    auto model = LoadForeignModel(*base::ReadFile(*folder + "models/" + path));
    ASSERT_FALSE(model.ok()) << path;
    EXPECT_NE(model.error().message().find(word), std::string::npos) << model.error().ToString();
  }
}

}  // namespace
}  // namespace codman::models
