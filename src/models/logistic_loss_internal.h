// Negative log-likelihoods of labels with gradient and Hessian in their linear coefficients.
#pragma once

#include "models/learner.h"
#include "models/linear_design_internal.h"
#include "models/penalised_newton_internal.h"

namespace codman::models {

// Labels 0/1; the margin is the log-odds.
Result<LossEvaluation> LogisticLossAt(const TrainingData& data, const LinearDesign& design,
                                      const Eigen::VectorXd& beta);

// Labels 0 … num_classes − 1; the margins, one a class, are log-probabilities up to a constant.
Result<LossEvaluation> SoftmaxLossAt(const TrainingData& data, const LinearDesign& design,
                                     const Eigen::VectorXd& beta);

}  // namespace codman::models
