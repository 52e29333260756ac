// Linear regression with an elastic net penalty (Zou and Hastie 2005).
//
// Standardisation and missing values as for logistic. The target is standardised too while
// learning, so that penalties mean the same in every unit: with z = (y − mean) / sd the
// coefficients minimise
//   ½ Σ weight (z − margin)² + l1 Σ|β| + l2/2 Σβ²,
// the intercept free, and are then turned back into the target's unit (scikit-learn after
// StandardScaler: Ridge(alpha = l2), or Lasso(alpha = l1 sd / rows) on the raw target).
//
// Settings (default; range):
//   l1 0; 0–1e12
//   l2 1; 0–1e12
//   missing_indicators false
//
// Rows are streamed five times; memory does not grow with rows. Sums are taken in row order on one
// thread, so bytes depend on rows and settings alone.
#pragma once

#include <memory>
#include <string_view>

#include "models/learner.h"

namespace codman::models {

class LinearLearner : public Learner {
 public:
  std::string_view name() const override { return "linear"; }
  std::string_view description() const override {
    return "linear regression with elastic net penalty";
  }
  bool Learns(Objective objective) const override { return objective == Objective::kRegression; }
  Result<std::unique_ptr<Model>> Fit(const TrainingData& data,
                                     const LearnOptions& options) const override;
  Result<std::unique_ptr<Model>> Load(std::string_view weights) const override;
};

}  // namespace codman::models
