#include <cmath>

#include "models/target_scale_internal.h"

namespace codman::models {

TargetScale ScaleOf(const TrainingData& data) {
  auto weight = [&](size_t i) { return data.weights.empty() ? 1.0 : data.weights[i]; };
  double total = 0, sum = 0, squares = 0;
  for (size_t i = 0; i < data.labels.size(); ++i) {
    total += weight(i);
    sum += weight(i) * data.labels[i];
  }
  TargetScale scale;
  scale.mean = sum / total;
  for (size_t i = 0; i < data.labels.size(); ++i)
    squares += weight(i) * (data.labels[i] - scale.mean) * (data.labels[i] - scale.mean);
  double sd = std::sqrt(squares / total);
  // Rounding of the mean alone leaves about one part in 1e16: that is no variation.
  if (sd > 1e-12 * std::fabs(scale.mean) && std::isfinite(sd)) scale.sd = sd;
  return scale;
}

}  // namespace codman::models
