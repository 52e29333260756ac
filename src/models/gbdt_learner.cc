#include "models/gbdt_learner.h"

#include <algorithm>

#include "models/forest_model.h"
#include "models/tree_learning_internal.h"

namespace codman::models {
namespace {

constexpr TreeSetting kSettings[] = {
    {{"trees", 100, 1, 10000, true}, ""},
    {{"learning_rate", 0.1, 1e-6, 1}, "learning_rate"},
    {{"leaves", 31, 2, 65536, true}, "num_leaves"},
    {{"max_depth", 64, 1, 64, true}, "max_depth"},
    {{"min_rows_per_leaf", 20, 1, 1e9, true}, "min_data_in_leaf"},
    {{"min_gain", 0, 0, 1e12}, "min_gain_to_split"},
    {{"l1", 0, 0, 1e12}, "lambda_l1"},
    {{"l2", 0, 0, 1e12}, "lambda_l2"},
    {{"feature_fraction", 1, 0.001, 1}, "feature_fraction"},
    {{"bagging_fraction", 1, 0.001, 1}, "bagging_fraction"},
    {{"positive_bagging_fraction", 1, 0.001, 1}, "pos_bagging_fraction"},
    {{"negative_bagging_fraction", 1, 0.001, 1}, "neg_bagging_fraction"},
    {{"bagging_frequency", 0, 0, 10000, true}, "bagging_freq"},
    {{"max_bins", 255, 2, 65535, true}, "max_bin"},
    {{"extra_trees", 0, 0, 1, true, true}, "extra_trees"},
};

Result<> CheckBagging(const std::map<std::string, double>& values, Objective objective) {
  double by_class =
      std::min(values.at("positive_bagging_fraction"), values.at("negative_bagging_fraction"));
  if (by_class < 1 && objective != Objective::kBinary) {
    return base::InvalidInput("bagging by class needs a binary task");
  }
  if (std::min(by_class, values.at("bagging_fraction")) < 1 &&
      values.at("bagging_frequency") == 0) {
    return base::InvalidInput(
        "a bagging fraction below 1 has no effect without bagging_frequency; set it to 1");
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Model>> GbdtLearner::Fit(const TrainingData& data,
                                                const LearnOptions& options) const {
  TreeFamily family{this, "gbdt", kSettings};
  auto values = TRY(ReadTreeSettings(family, options.settings));
  TRY(CheckBagging(values, data.objective));
  return LearnTrees(family, data, options, values);
}

Result<std::unique_ptr<Model>> GbdtLearner::Load(std::string_view weights) const {
  return LoadForestModel(weights);
}

}  // namespace codman::models
