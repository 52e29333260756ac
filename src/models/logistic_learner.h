// Logistic regression with an elastic net penalty, multinomial for several classes, fitted by
// Newton steps (iteratively reweighted least squares; penalised_newton_internal.h).
//
// Standardisation is part of the model: mean and standard deviation over the rows that have a value
// (weighted). A missing value counts as the mean; with `missing_indicators` each feature that has
// missing values in training also gets an indicator, centred on its training rate. The penalty is
// l1 Σ|β| + l2/2 Σβ² on the standardised scale, beside the sum (not the mean) of the rows' losses,
// the intercept free (scikit-learn after StandardScaler: C = 1 / (l1 + l2), l1_ratio = l1 / (l1 +
// l2)). Several classes have one line of coefficients each, centred where the penalty leaves it
// open.
//
// Settings (default; range):
//   l1 0; 0–1e12
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
    return "logistic regression with elastic net penalty";
  }
  bool Learns(Objective objective) const override { return objective != Objective::kRegression; }
  Result<std::unique_ptr<Model>> Fit(const TrainingData& data,
                                     const LearnOptions& options) const override;
  Result<std::unique_ptr<Model>> Load(std::string_view weights) const override;
};

}  // namespace codman::models
