#include "models/forest_model.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "models/forest_scorer.h"
#include "models/lightgbm_text.h"
#include "models/tree_shap.h"
#include "models/xgboost_json.h"

namespace codman::models {
namespace {

class ForestModel : public Model {
 public:
  ForestModel(Forest forest, TreeShap shap, std::string file_name, std::string_view weights)
      : forest_(std::move(forest)),
        scorer_(forest_),
        shap_(std::move(shap)),
        file_name_(std::move(file_name)),
        weights_(weights) {}

  std::string_view family() const override { return "gbdt"; }
  Objective objective() const override { return forest_.objective; }
  const std::vector<std::string>& feature_names() const override { return forest_.feature_names; }
  ExplanationMethod explanation_method() const override {
    return {"tree_shap_path_dependent", true};
  }

  void Predict(std::span<const double> rows, std::span<double> margins) const override {
    scorer_.Score(rows, margins);
  }
  void Explain(std::span<const double> rows, std::span<double> contributions) const override {
    shap_.Explain(rows, contributions);
  }

  std::string weights_file_name() const override { return file_name_; }
  const std::string& weights() const override { return weights_; }

  Json Describe() const override {
    int64_t leaves = 0;
    int depth = 0;
    for (const ForestTree& tree : forest_.trees) {
      leaves += tree.num_leaves();
      depth = std::max(depth, tree.Depth());
    }
    Json description;
    description.Set("trees", static_cast<int64_t>(forest_.trees.size()));
    description.Set("leaves", leaves);
    description.Set("depth_max", depth);
    description.Set("features", static_cast<int64_t>(forest_.feature_names.size()));
    description.Set("settings", forest_.parameters);
    return description;
  }

 private:
  Forest forest_;
  ForestScorer scorer_;
  TreeShap shap_;
  std::string file_name_;
  std::string weights_;
};

}  // namespace

Result<std::unique_ptr<Model>> LoadForestModel(std::string_view bytes) {
  bool lightgbm = LooksLikeLightgbmText(bytes);
  if (!lightgbm && !base::Trim(bytes).starts_with('{')) {
    return base::InvalidInput(
        "the bytes are neither a LightGBM model text nor an XGBoost JSON model");
  }
  Forest forest = TRY(lightgbm ? ReadLightgbmText(bytes) : ReadXgboostJson(bytes));
  TreeShap shap = TRY(TreeShap::Create(forest));
  std::string file_name = lightgbm ? "weights.lgbm.txt" : "weights.xgboost.json";
  return std::unique_ptr<Model>(std::make_unique<ForestModel>(std::move(forest), std::move(shap),
                                                              std::move(file_name), bytes));
}

}  // namespace codman::models
