#include "models/gbdt_learner.h"

#include <algorithm>
#include <thread>

#include "base/text.h"
#include "models/forest_model.h"
#include "models/lightgbm_text.h"
#include "models/lightgbm_training_internal.h"
#include "models/settings_internal.h"
#include "models/training_check_internal.h"

namespace codman::models {
namespace {

struct GbdtSetting {
  NumberSetting number;
  std::string_view lightgbm;  // its name there; empty: not passed on
};

constexpr GbdtSetting kSettings[] = {
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
};
constexpr std::string_view kMonotone = "monotone";

Result<std::map<std::string, double>> ReadGbdtSettings(const Json& settings, Objective objective) {
  std::vector<NumberSetting> table;
  for (const GbdtSetting& setting : kSettings) table.push_back(setting.number);
  auto values = TRY(ReadSettings(settings, table, {&kMonotone, 1}));
  double by_class =
      std::min(values["positive_bagging_fraction"], values["negative_bagging_fraction"]);
  if (by_class < 1 && objective != Objective::kBinary) {
    return base::InvalidInput("bagging by class needs a binary task");
  }
  if (std::min(by_class, values["bagging_fraction"]) < 1 && values["bagging_frequency"] == 0) {
    return base::InvalidInput(
        "a bagging fraction below 1 has no effect without bagging_frequency; set it to 1");
  }
  return values;
}

// "monotone_constraints=0,1,-1,…", or "" where nothing is constrained.
Result<std::string> ReadMonotone(const Json& monotone, const std::vector<std::string>& features) {
  if (!monotone.is_null() && !monotone.is_object()) {
    return base::InvalidInput("setting 'monotone' must name features with 1, -1 or 0");
  }
  std::vector<std::string> directions(features.size(), "0");
  for (const auto& [name, value] : monotone.members()) {
    auto found = std::find(features.begin(), features.end(), name);
    if (found == features.end()) {
      std::string nearest = base::NearestWord(name, features);
      return base::InvalidInput(
          format("setting 'monotone' names the unknown feature '{}'{}", name,
                 nearest.empty() ? "" : format("; did you mean '{}'?", nearest)));
    }
    double direction = value.AsDouble(2);
    if (direction != 1 && direction != -1 && direction != 0) {
      return base::InvalidInput(format("setting 'monotone' must give '{}' 1, -1 or 0", name));
    }
    directions[static_cast<size_t>(found - features.begin())] =
        format("{}", static_cast<int>(direction));
  }
  if (monotone.members().empty()) return std::string();
  return " monotone_constraints=" + base::Join(directions, ",");
}

int CountThreads(int wanted) {
  int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return wanted <= 0 ? cores : std::min(wanted, cores);
}

std::string FixedParameters(const TrainingData& data, const LearnOptions& options) {
  return format(
      "objective={} boosting=gbdt seed={} deterministic=true force_col_wise=true num_threads={} "
      "verbosity=-1 metric=none",
      data.objective == Objective::kBinary ? "binary" : "regression", options.seed & 0x7FFFFFFF,
      CountThreads(options.num_threads));
}

// LightGBM saves every parameter, thread counts and paths included. In their place goes what
// decided the result.
std::string ReplaceParameters(std::string text, const TrainingData& data,
                              const LearnOptions& options,
                              const std::map<std::string, double>& values) {
  std::string section = "\nparameters:\n[boosting: gbdt]\n";
  section +=
      format("[objective: {}]\n", data.objective == Objective::kBinary ? "binary" : "regression");
  section += format("[seed: {}]\n", options.seed & 0x7FFFFFFF);
  for (const GbdtSetting& setting : kSettings) {
    section += format("[{}: ", setting.number.name);
    base::AppendDouble(&section, values.at(std::string(setting.number.name)));
    section += "]\n";
  }
  for (const auto& [name, direction] : options.settings[kMonotone].members()) {
    section += format("[monotone {}: {}]\n", EncodeFeatureName(name),
                      static_cast<int>(direction.AsDouble()));
  }
  section += "end of parameters\n";
  size_t begin = text.find("\nparameters:\n");
  if (begin != text.npos) text.resize(begin);
  return text + section;
}

}  // namespace

Result<std::unique_ptr<Model>> GbdtLearner::Fit(const TrainingData& data,
                                                const LearnOptions& options) const {
  auto values = TRY(ReadGbdtSettings(options.settings, data.objective));
  TRY(CheckTrainingData(data));
  LightgbmPlan plan;
  plan.parameters = FixedParameters(data, options);
  plan.parameters += TRY(ReadMonotone(options.settings[kMonotone], data.rows->feature_names()));
  for (const GbdtSetting& setting : kSettings) {
    if (setting.lightgbm.empty()) continue;
    plan.parameters += format(" {}=", setting.lightgbm);
    base::AppendDouble(&plan.parameters, values[std::string(setting.number.name)]);
  }
  plan.num_trees = static_cast<int>(values["trees"]);
  plan.progress = options.progress;
  std::string text = TRY(TrainLightgbm(data, plan));
  return LoadForestModel(ReplaceParameters(std::move(text), data, options, values));
}

Result<std::unique_ptr<Model>> GbdtLearner::Load(std::string_view weights) const {
  return LoadForestModel(weights);
}

}  // namespace codman::models
