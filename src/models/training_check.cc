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

Result<> CheckLabels(const TrainingData& data) {
  int64_t rows_of_class[2] = {0, 0};
  for (size_t i = 0; i < data.labels.size(); ++i) {
    double label = data.labels[i];
    if (!std::isfinite(label)) {
      return base::InvalidInput(
          format("the label of row {} is NaN or infinite; leave such rows out of the cohort", i));
    }
    if (data.objective != Objective::kBinary) continue;
    if (label != 0 && label != 1)
      return base::InvalidInput(format("the label of row {} is neither 0 nor 1", i));
    if (data.weights.empty() || data.weights[i] > 0) ++rows_of_class[label == 1 ? 1 : 0];
  }
  if (data.objective != Objective::kBinary) return {};
  for (int label : {0, 1}) {
    if (rows_of_class[label] == 0) {
      return base::InvalidInput(
          format("no row has the label {}: a class without rows cannot be learnt", label));
    }
  }
  return {};
}

}  // namespace

Result<> CheckTrainingData(const TrainingData& data) {
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
