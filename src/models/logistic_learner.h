// Logistic regression with an L2 penalty, fitted by Newton steps (iteratively reweighted least
// squares).
//
// Standardisation is part of the model: mean and standard deviation over the rows that have a value
// (weighted). A missing value counts as the mean; with `missing_indicators` each feature that has
// missing values in training also gets an indicator, centred on its training rate. The penalty is
// l2 / 2 times the sum of squared coefficients on the standardised scale, the intercept free
// (scikit-learn: C = 1 / l2 after StandardScaler).
//
// Settings (default; range):
//   l2 1; 0–1e12
//   missing_indicators false
//   max_iterations 100; 1–10000
//
// Rows are streamed twice for the standardisation, then once per Newton step; memory does not grow
// with rows. Sums are taken in row order on one thread, so bytes depend on rows and settings alone.
#pragma once

#include <memory>
#include <string_view>

#include "models/learner.h"

namespace codman::models {

class LogisticLearner : public Learner {
 public:
  std::string_view name() const override { return "logistic"; }
  std::string_view description() const override {
    return "logistic regression with L2 penalty (binary)";
  }
  bool Learns(Objective objective) const override { return objective == Objective::kBinary; }
  Result<std::unique_ptr<Model>> Fit(const TrainingData& data,
                                     const LearnOptions& options) const override;
  Result<std::unique_ptr<Model>> Load(std::string_view weights) const override;
};

}  // namespace codman::models
