// One fit and what follows from it: margins of all rows, calibration and threshold from tuning
// rows.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "columns/matrix.h"
#include "feature_store/prediction_rows.h"
#include "models/learner.h"
#include "registry/calibration.h"
#include "registry/task.h"

namespace codman::training {

struct FitRequest {
  std::string learner;
  Json settings;
  registry::Target target;
  uint64_t seed = 0;
};

// Learns from the rows whose `keep` is non-zero; weights are one a row, or none: each row alike.
Result<std::unique_ptr<models::Model>> FitOn(const FitRequest& request,
                                             columns::MatrixSource* matrix,
                                             const std::vector<uint8_t>& keep,
                                             const std::vector<double>& labels,
                                             const std::vector<double>& weights = {});

// The margins of every row, rows × outputs; rows whose `keep` is zero get NaN.
Result<std::vector<double>> MarginsOf(const models::Model& model, columns::MatrixSource* matrix,
                                      const std::vector<uint8_t>& keep);

// What becomes of margins, and the operating point of a binary model, from the rows whose `tuning`
// is non-zero.
struct OperatingPoint {
  registry::Calibration calibration;
  double threshold = 0.5;
  std::string rule;
};
Result<OperatingPoint> Tune(const registry::Task& task, const registry::Target& target,
                            const feature_store::PredictionRows& rows,
                            const std::vector<double>& margins, const std::vector<uint8_t>& tuning);

// The operating point by the task's rule on the kept rows' risks: highest utility, or the base
// rate.
Result<double> ThresholdOf(const registry::Task& task, const feature_store::PredictionRows& rows,
                           const std::vector<double>& risks, const std::vector<uint8_t>& keep);

// The highest threshold that keeps `share` of the utility on the kept rows, or `threshold` where
// the task has no utility: for a site without labels, where events may be fewer.
Result<double> CautiousThreshold(const registry::Task& task,
                                 const feature_store::PredictionRows& rows,
                                 const std::vector<double>& risks, const std::vector<uint8_t>& keep,
                                 double threshold, double share);

// What a model tells of each row; of rows without margins, 0.
struct Told {
  // Binary: the risk. Regression: the amount. Multiclass: rows × classes, probabilities.
  std::vector<double> values;
  std::vector<double> lower, upper;  // of amounts: 90 % interval
};
Told Tell(const registry::Target& target, const registry::Calibration& calibration,
          std::vector<double> margins);

// The kept rows as a matrix in memory.
Result<columns::DenseMatrix> LoadRows(columns::MatrixSource* matrix,
                                      const std::vector<uint8_t>& keep);

// Keeps about `wanted` of the kept rows, evenly spaced.
std::vector<uint8_t> Thinned(std::vector<uint8_t> keep, int64_t wanted);

// Values of kept rows, in order; `width` of them a row.
template <typename T>
std::vector<T> Kept(const std::vector<T>& values, const std::vector<uint8_t>& keep,
                    size_t width = 1) {
  std::vector<T> kept;
  for (size_t i = 0; i < values.size(); ++i) {
    if (keep[i / width] != 0) kept.push_back(values[i]);
  }
  return kept;
}

}  // namespace codman::training
