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

// What one output needs.
struct Output {
  explicit Output(const Forest& forest, TreeShap explainer)
      : scorer(forest), shap(std::move(explainer)) {}
  ForestScorer scorer;
  TreeShap shap;
};

// Writes line `k` of each group of `outputs` lines.
void Interleave(std::span<const double> lines, size_t line, size_t k, size_t outputs,
                std::span<double> all) {
  for (size_t r = 0; r * line < lines.size(); ++r)
    std::copy_n(lines.data() + r * line, line, all.data() + (r * outputs + k) * line);
}

class ForestModel : public Model {
 public:
  static Result<std::unique_ptr<Model>> Create(std::vector<Forest> forests, std::string file_name,
                                               std::string_view weights) {
    std::unique_ptr<ForestModel> model(new ForestModel);
    for (const Forest& forest : forests) {
      TreeShap shap = TRY(TreeShap::Create(forest));
      model->outputs_.push_back(std::make_unique<Output>(forest, std::move(shap)));
    }
    model->forests_ = std::move(forests);
    model->file_name_ = std::move(file_name);
    model->weights_ = weights;
    return std::unique_ptr<Model>(std::move(model));
  }

  std::string_view family() const override {
    return head().parameters["boosting"].AsString() == "rf" ? "random_forest" : "gbdt";
  }
  Objective objective() const override { return head().objective; }
  const std::vector<std::string>& feature_names() const override { return head().feature_names; }
  int num_outputs() const override { return static_cast<int>(outputs_.size()); }
  ExplanationMethod explanation_method() const override {
    return {"tree_shap_path_dependent", true};
  }

  void Predict(std::span<const double> rows, std::span<double> margins) const override {
    if (outputs_.size() == 1) return outputs_[0]->scorer.Score(rows, margins);
    std::vector<double> of_class(margins.size() / outputs_.size());
    for (size_t k = 0; k < outputs_.size(); ++k) {
      outputs_[k]->scorer.Score(rows, of_class);
      Interleave(of_class, 1, k, outputs_.size(), margins);
    }
  }

  void Explain(std::span<const double> rows, std::span<double> contributions) const override {
    if (outputs_.size() == 1) return outputs_[0]->shap.Explain(rows, contributions);
    std::vector<double> of_class(contributions.size() / outputs_.size());
    for (size_t k = 0; k < outputs_.size(); ++k) {
      outputs_[k]->shap.Explain(rows, of_class);
      Interleave(of_class, feature_names().size() + 1, k, outputs_.size(), contributions);
    }
  }

  std::string weights_file_name() const override { return file_name_; }
  const std::string& weights() const override { return weights_; }

  Json Describe() const override {
    int64_t trees = 0, leaves = 0;
    int depth = 0;
    for (const Forest& forest : forests_) {
      trees += static_cast<int64_t>(forest.trees.size());
      for (const ForestTree& tree : forest.trees) {
        leaves += tree.num_leaves();
        depth = std::max(depth, tree.Depth());
      }
    }
    Json description;
    description.Set("trees", trees);
    description.Set("leaves", leaves);
    description.Set("depth_max", depth);
    description.Set("features", static_cast<int64_t>(feature_names().size()));
    description.Set("settings", head().parameters);
    return description;
  }

 private:
  ForestModel() = default;
  const Forest& head() const { return forests_[0]; }

  std::vector<Forest> forests_;  // one an output
  std::vector<std::unique_ptr<const Output>> outputs_;
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
  std::vector<Forest> forests = TRY(lightgbm ? ReadLightgbmText(bytes) : ReadXgboostJson(bytes));
  std::string file_name = lightgbm ? "weights.lgbm.txt" : "weights.xgboost.json";
  return ForestModel::Create(std::move(forests), std::move(file_name), bytes);
}

}  // namespace codman::models
