#include <cmath>

#include "base/text.h"
#include "models/training_check_internal.h"

namespace codman::models {
namespace {

Result<> CheckWeights(const TrainingData& data) {
  if (data.weights.empty()) return {};
  if (data.weights.size() != data.labels.size()) {
    return base::InvalidInput(
        format("{} weights for {} rows", data.weights.size(), data.labels.size()));
  }
  double sum = 0;
  for (double weight : data.weights) {
    if (!(weight >= 0) || std::isinf(weight))
      return base::InvalidInput("a weight is negative or not finite");
    sum += weight;
  }
  if (!(sum > 0)) return base::InvalidInput("all weights are zero");
  return {};
}

Result<> CheckObjective(const TrainingData& data, const Learner& learner) {
  std::vector<std::string> learnt;
  for (auto each : {Objective::kBinary, Objective::kRegression, Objective::kMulticlass}) {
    if (learner.Learns(each)) learnt.emplace_back(NameOf(each));
  }
  if (!learner.Learns(data.objective)) {
    return base::InvalidInput(format("{} does not learn {} tasks, only {}; choose another learner",
                                     learner.name(), NameOf(data.objective),
                                     base::Join(learnt, " and ")));
  }
  if (data.objective == Objective::kMulticlass &&
      (data.num_classes < 2 || data.num_classes > kMaxClasses)) {
    return base::InvalidInput(
        format("a multiclass task has 2 to {} classes, not {}", kMaxClasses, data.num_classes));
  }
  return {};
}

Result<> CheckLabels(const TrainingData& data) {
  bool regression = data.objective == Objective::kRegression;
  size_t classes = data.objective == Objective::kMulticlass ? data.num_classes : 2;
  std::vector<int64_t> rows_of_class(classes, 0);
  for (size_t i = 0; i < data.labels.size(); ++i) {
    double label = data.labels[i];
    if (!std::isfinite(label)) {
      return base::InvalidInput(
          format("the label of row {} is NaN or infinite; leave such rows out of the cohort", i));
    }
    if (regression) continue;
    if (!(label >= 0 && label < static_cast<double>(classes)) || label != std::trunc(label)) {
      return base::InvalidInput(
          classes == 2 ? format("the label of row {} is neither 0 nor 1", i)
                       : format("the label of row {} is no class of 0 … {}", i, classes - 1));
    }
    if (data.weights.empty() || data.weights[i] > 0) ++rows_of_class[static_cast<size_t>(label)];
  }
  for (size_t k = 0; k < classes && !regression; ++k) {
    if (rows_of_class[k] == 0) {
      return base::InvalidInput(format(
          "no row has the label {}: a class without rows cannot be learnt; leave the class out or "
          "widen the cohort",
          k));
    }
  }
  return {};
}

}  // namespace

Result<> CheckTrainingData(const TrainingData& data, const Learner& learner) {
  TRY(CheckObjective(data, learner));
  if (data.rows == nullptr || data.rows->num_rows() == 0)
    return base::InvalidInput("there are no rows to learn from");
  if (data.rows->feature_names().empty())
    return base::InvalidInput("there are no features to learn from");
  if (data.rows->num_rows() != static_cast<int64_t>(data.labels.size())) {
    return base::InvalidInput(
        format("{} labels for {} rows", data.labels.size(), data.rows->num_rows()));
  }
  TRY(CheckWeights(data));
  return CheckLabels(data);
}

}  // namespace codman::models
