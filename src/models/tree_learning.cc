#include <algorithm>
#include <thread>
#include <vector>

#include "base/text.h"
#include "models/forest_model.h"
#include "models/lightgbm_text.h"
#include "models/lightgbm_training_internal.h"
#include "models/training_check_internal.h"
#include "models/tree_learning_internal.h"

namespace codman::models {
namespace {

constexpr std::string_view kMonotone = "monotone";
// Below, the threads of a tree spend as long waiting for each other as they gain: on 2 cores,
// 48,000 rows take as long with two threads as with one, 6,000 rows twice as long, 380,000 three
// quarters.
constexpr int64_t kRowsWorthThreads = 100'000;

// "monotone_constraints=0,1,-1,…", or "" where nothing is constrained.
Result<std::string> ReadMonotone(const Json& monotone, Objective objective,
                                 const std::vector<std::string>& features) {
  if (!monotone.is_null() && !monotone.is_object()) {
    return base::InvalidInput("setting 'monotone' must name features with 1, -1 or 0");
  }
  if (!monotone.members().empty() && objective == Objective::kMulticlass) {
    return base::InvalidInput(
        "setting 'monotone' has no meaning with several classes; leave it out");
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

int CountThreads(int wanted, int64_t num_rows) {
  int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  if (wanted > 0) return std::min(wanted, cores);
  return num_rows < kRowsWorthThreads ? 1 : cores;
}

std::string FixedParameters(const TreeFamily& family, const TrainingData& data,
                            const LearnOptions& options) {
  std::string parameters = format(
      "objective={} boosting={} seed={} deterministic=true force_col_wise=true num_threads={} "
      "verbosity=-1 metric=none",
      NameOf(data.objective), family.boosting, options.seed & 0x7FFFFFFF,
      CountThreads(options.num_threads, data.rows->num_rows()));
  if (data.objective == Objective::kMulticlass)
    parameters += format(" num_class={}", data.num_classes);
  return parameters;
}

// LightGBM saves every parameter, thread counts and paths included. In their place goes what
// decided the result.
std::string ReplaceParameters(std::string text, const TreeFamily& family, const TrainingData& data,
                              const LearnOptions& options,
                              const std::map<std::string, double>& values) {
  std::string section = format("\nparameters:\n[boosting: {}]\n", family.boosting);
  section += format("[objective: {}]\n", NameOf(data.objective));
  section += format("[seed: {}]\n", options.seed & 0x7FFFFFFF);
  for (const TreeSetting& setting : family.settings) {
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

Result<std::map<std::string, double>> ReadTreeSettings(const TreeFamily& family,
                                                       const Json& settings) {
  std::vector<NumberSetting> table;
  for (const TreeSetting& setting : family.settings) table.push_back(setting.number);
  return ReadSettings(settings, table, {&kMonotone, 1});
}

Result<std::unique_ptr<Model>> LearnTrees(const TreeFamily& family, const TrainingData& data,
                                          const LearnOptions& options,
                                          const std::map<std::string, double>& values) {
  TRY(CheckTrainingData(data, *family.learner));
  LightgbmPlan plan;
  plan.parameters = FixedParameters(family, data, options);
  plan.parameters +=
      TRY(ReadMonotone(options.settings[kMonotone], data.objective, data.rows->feature_names()));
  for (const TreeSetting& setting : family.settings) {
    if (setting.lightgbm.empty()) continue;
    plan.parameters += format(" {}=", setting.lightgbm);
    double value = values.at(std::string(setting.number.name));
    if (setting.number.boolean) {
      plan.parameters += value != 0 ? "true" : "false";
    } else {
      base::AppendDouble(&plan.parameters, value);
    }
  }
  plan.num_trees = static_cast<int>(values.at("trees"));
  plan.averages = family.boosting == "rf";
  plan.progress = options.progress;
  std::string text = TRY(TrainLightgbm(data, plan));
  return LoadForestModel(ReplaceParameters(std::move(text), family, data, options, values));
}

}  // namespace codman::models
