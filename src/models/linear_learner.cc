#include "models/linear_learner.h"

#include <cmath>

#include "models/linear_design_internal.h"
#include "models/linear_model.h"
#include "models/penalised_newton_internal.h"
#include "models/settings_internal.h"
#include "models/standardisation_internal.h"
#include "models/target_scale_internal.h"
#include "models/training_check_internal.h"

namespace codman::models {
namespace {

constexpr NumberSetting kSettings[] = {
    {"l1", 0, 0, 1e12},
    {"l2", 1, 0, 1e12},
    {"missing_indicators", 0, 0, 1, true, true},
};
// The loss is quadratic: the first step arrives, the next ones take its rounding away.
constexpr int kMaxIterations = 20;

Result<LossEvaluation> SquaredLossAt(const TrainingData& data, const TargetScale& scale,
                                     const LinearDesign& design, const Eigen::VectorXd& beta) {
  LossEvaluation sum{0, Eigen::VectorXd::Zero(beta.size()),
                     Eigen::MatrixXd::Zero(beta.size(), beta.size())};
  TRY(design.Scan(data.rows, [&](Eigen::Ref<Eigen::MatrixXd> columns, int64_t first_row) {
    Eigen::VectorXd residuals = columns.transpose() * beta;
    Eigen::VectorXd roots(residuals.size());
    for (Eigen::Index i = 0; i < residuals.size(); ++i) {
      auto row = static_cast<size_t>(first_row + i);
      double weight = data.weights.empty() ? 1 : data.weights[row];
      double residual = residuals[i] - (data.labels[row] - scale.mean) / scale.sd;
      sum.loss += weight * residual * residual / 2;
      residuals[i] = weight * residual;
      roots[i] = std::sqrt(weight);
    }
    sum.gradient += columns * residuals;
    columns = columns * roots.asDiagonal();
    sum.hessian.selfadjointView<Eigen::Lower>().rankUpdate(columns);
  }));
  return sum;
}

}  // namespace

Result<std::unique_ptr<Model>> LinearLearner::Fit(const TrainingData& data,
                                                  const LearnOptions& options) const {
  auto values = TRY(ReadSettings(options.settings, kSettings));
  TRY(CheckTrainingData(data, *this));
  TargetScale scale = ScaleOf(data);
  LinearDesign design(TRY(Standardise(data.rows, data.weights)), values["missing_indicators"] != 0);
  PenalisedLoss loss{.size = design.size(), .l1 = values["l1"], .l2 = values["l2"]};
  loss.at = [&](const Eigen::VectorXd& beta) { return SquaredLossAt(data, scale, design, beta); };
  Eigen::MatrixXd beta = TRY(Minimise(loss, kMaxIterations, options));
  beta *= scale.sd;
  beta(beta.rows() - 1, 0) += scale.mean;
  LinearWeights weights = design.WeightsOf(beta);
  weights.family = name();
  weights.settings = SettingsToJson(values, kSettings);
  return LoadLinearModel(name(), weights.ToJson());
}

Result<std::unique_ptr<Model>> LinearLearner::Load(std::string_view weights) const {
  return LoadLinearModel(name(), weights);
}

}  // namespace codman::models
