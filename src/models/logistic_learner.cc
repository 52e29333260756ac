#include "models/logistic_learner.h"

#include <utility>

#include "base/text.h"
#include "models/linear_model.h"
#include "models/logistic_loss_internal.h"
#include "models/settings_internal.h"
#include "models/standardisation_internal.h"
#include "models/training_check_internal.h"

namespace codman::models {
namespace {

constexpr NumberSetting kSettings[] = {
    {"l1", 0, 0, 1e12},
    {"l2", 1, 0, 1e12},
    {"missing_indicators", 0, 0, 1, true, true},
    {"max_iterations", 100, 1, 10000, true},
};
// The Hessian of so many coefficients takes 200 MB.
constexpr Eigen::Index kMaxCoefficients = 5000;

}  // namespace

Result<std::unique_ptr<Model>> LogisticLearner::Fit(const TrainingData& data,
                                                    const LearnOptions& options) const {
  auto values = TRY(ReadSettings(options.settings, kSettings));
  TRY(CheckTrainingData(data, *this));
  LinearDesign design(TRY(Standardise(data.rows, data.weights)), values["missing_indicators"] != 0);
  bool binary = data.objective == Objective::kBinary;
  PenalisedLoss loss{.size = design.size(),
                     .outputs = binary ? 1 : data.num_classes,
                     .l1 = values["l1"],
                     .l2 = values["l2"]};
  if (loss.size * loss.outputs > kMaxCoefficients) {
    return base::InvalidInput(
        format("logistic would have {} coefficients, the most is {}; choose gbdt or fewer features",
               loss.size * loss.outputs, kMaxCoefficients));
  }
  loss.at = [&](const Eigen::VectorXd& beta) {
    return binary ? LogisticLossAt(data, design, beta) : SoftmaxLossAt(data, design, beta);
  };
  Eigen::MatrixXd beta = TRY(Minimise(loss, static_cast<int>(values["max_iterations"]), options));
  LinearWeights weights = design.WeightsOf(beta);
  weights.family = name();
  weights.settings = SettingsToJson(values, kSettings);
  return LoadLinearModel(name(), weights.ToJson());
}

Result<std::unique_ptr<Model>> LogisticLearner::Load(std::string_view weights) const {
  return LoadLinearModel(name(), weights);
}

}  // namespace codman::models
