// Minimises a smooth convex loss plus the elastic net penalty l1 Σ|β| + l2/2 Σβ², intercepts free,
// by damped Newton steps; with l1 each step minimises the quadratic model by coordinate descent
// (glmnet: Friedman, Hastie, Tibshirani 2010; proximal Newton: Lee, Sun, Saunders 2014).
#pragma once

#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>
#include <functional>

#include "base/result.h"
#include "models/learner.h"

namespace codman::models {

// What one pass over the rows gives at a vector of coefficients.
struct LossEvaluation {
  double loss = 0;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd hessian;  // lower half
};

struct PenalisedLoss {
  // Without the penalties, at size × outputs coefficients, output by output.
  std::function<Result<LossEvaluation>(const Eigen::VectorXd& beta)> at;
  Eigen::Index size = 0;  // coefficients of one output; the last is its intercept
  Eigen::Index outputs = 1;
  double l1 = 0, l2 = 0;
};

// The coefficients, size × outputs. With several outputs `at` must not change when the same is
// added to all; of such solutions the centred one is given. Reports progress and stops when asked.
Result<Eigen::MatrixXd> Minimise(const PenalisedLoss& loss, int max_iterations,
                                 const LearnOptions& options);

}  // namespace codman::models
