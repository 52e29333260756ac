#include "models/random_forest_learner.h"

#include "models/forest_model.h"
#include "models/tree_learning_internal.h"

namespace codman::models {
namespace {

constexpr TreeSetting kSettings[] = {
    {{"trees", 300, 1, 10000, true}, ""},
    {{"leaves", 512, 2, 65536, true}, "num_leaves"},
    {{"max_depth", 64, 1, 64, true}, "max_depth"},
    {{"min_rows_per_leaf", 10, 1, 1e9, true}, "min_data_in_leaf"},
    {{"min_gain", 0, 0, 1e12}, "min_gain_to_split"},
    {{"l1", 0, 0, 1e12}, "lambda_l1"},
    {{"l2", 0, 0, 1e12}, "lambda_l2"},
    {{"feature_fraction", 0.7, 0.001, 1}, "feature_fraction_bynode"},
    {{"bagging_fraction", 0.632, 0.001, 0.999}, "bagging_freq=1 bagging_fraction"},
    {{"max_bins", 255, 2, 65535, true}, "max_bin"},
};

}  // namespace

Result<std::unique_ptr<Model>> RandomForestLearner::Fit(const TrainingData& data,
                                                        const LearnOptions& options) const {
  TreeFamily family{this, "rf", kSettings};
  auto values = TRY(ReadTreeSettings(family, options.settings));
  return LearnTrees(family, data, options, values);
}

Result<std::unique_ptr<Model>> RandomForestLearner::Load(std::string_view weights) const {
  return LoadForestModel(weights);
}

}  // namespace codman::models
