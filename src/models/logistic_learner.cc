#include "models/logistic_learner.h"

#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "models/logistic_model.h"
#include "models/settings_internal.h"
#include "models/standardisation_internal.h"
#include "models/training_check_internal.h"

namespace codman::models {
namespace {

constexpr NumberSetting kSettings[] = {
    {"l2", 1, 0, 1e12},
    {"missing_indicators", 0, 0, 1, true, true},
    {"max_iterations", 100, 1, 10000, true},
};
constexpr Eigen::Index kRowsAtOnce = 512;
constexpr double kStepTolerance =
    1e-9;  // Newton converges quadratically: the error left is about its square

// What one pass over the rows gives at a vector of coefficients.
struct Evaluation {
  double loss = 0;
  Eigen::VectorXd gradient;
  Eigen::MatrixXd hessian;  // lower half
};

// Loss, gradient and Hessian of the penalised likelihood. Coefficients: features, indicators,
// intercept.
class LogisticLoss {
 public:
  LogisticLoss(const TrainingData& data, std::vector<LogisticFeature> features, bool indicators,
               double l2)
      : data_(data), features_(std::move(features)), l2_(l2) {
    for (size_t f = 0; f < features_.size() && indicators; ++f) {
      if (features_[f].missing_rate > 0) indicators_.push_back(f);
    }
  }

  Eigen::Index size() const {
    return static_cast<Eigen::Index>(features_.size() + indicators_.size() + 1);
  }

  Result<Evaluation> At(const Eigen::VectorXd& beta) const {
    Evaluation sum;
    sum.gradient = Eigen::VectorXd::Zero(size());
    sum.hessian = Eigen::MatrixXd::Zero(size(), size());
    Eigen::MatrixXd design(size(), kRowsAtOnce);
    TRY(data_.rows->Scan([&](const columns::MatrixBlock& block) -> Result<> {
      for (Eigen::Index first = 0; first < block.num_rows; first += kRowsAtOnce) {
        Eigen::Index count = std::min<Eigen::Index>(kRowsAtOnce, block.num_rows - first);
        for (Eigen::Index i = 0; i < count; ++i) FillColumn(block.Row(first + i), design.col(i));
        AddRows(design.leftCols(count), block.first_row + first, beta, &sum);
      }
      return {};
    }));
    auto penalised = beta.head(size() - 1);
    sum.loss += l2_ / 2 * penalised.squaredNorm();
    sum.gradient.head(size() - 1) += l2_ * penalised;
    sum.hessian.diagonal().head(size() - 1).array() += l2_;
    return sum;
  }

  LogisticWeights WeightsOf(const Eigen::VectorXd& beta) const {
    LogisticWeights weights;
    weights.features = features_;
    // Adding 0 turns -0 into 0, which JSON can hold.
    for (size_t f = 0; f < features_.size(); ++f)
      weights.features[f].weight = beta[static_cast<Eigen::Index>(f)] + 0.0;
    auto next = static_cast<Eigen::Index>(features_.size());
    for (size_t f : indicators_) weights.features[f].missing_weight = beta[next++] + 0.0;
    weights.intercept = beta[size() - 1] + 0.0;
    return weights;
  }

 private:
  void FillColumn(std::span<const double> row, Eigen::Ref<Eigen::VectorXd> column) const {
    Eigen::Index at = 0;
    for (size_t f = 0; f < row.size(); ++f) {
      column[at++] = std::isnan(row[f]) ? 0 : (row[f] - features_[f].mean) / features_[f].sd;
    }
    for (size_t f : indicators_)
      column[at++] = (std::isnan(row[f]) ? 1 : 0) - features_[f].missing_rate;
    column[at] = 1;
  }

  void AddRows(Eigen::Ref<Eigen::MatrixXd> design, int64_t first_row, const Eigen::VectorXd& beta,
               Evaluation* sum) const {
    Eigen::VectorXd margins = design.transpose() * beta;
    Eigen::VectorXd residuals(margins.size());
    Eigen::VectorXd roots(margins.size());
    for (Eigen::Index i = 0; i < margins.size(); ++i) {
      auto row = static_cast<size_t>(first_row + i);
      double weight = data_.weights.empty() ? 1 : data_.weights[row];
      double p = Sigmoid(margins[i]);
      // log(1 + e^m) - y m without overflow.
      double loss = std::max(margins[i], 0.0) + std::log1p(std::exp(-std::fabs(margins[i])));
      sum->loss += weight * (loss - data_.labels[row] * margins[i]);
      residuals[i] = weight * (p - data_.labels[row]);
      roots[i] = std::sqrt(weight * p * (1 - p));
    }
    sum->gradient += design * residuals;
    design = design * roots.asDiagonal();
    sum->hessian.selfadjointView<Eigen::Lower>().rankUpdate(design);
  }

  const TrainingData& data_;
  std::vector<LogisticFeature> features_;
  std::vector<size_t> indicators_;  // features that have one
  double l2_;
};

bool GoOn(const LearnOptions& options, double done) {
  return !options.progress || options.progress(done);
}

// Damped Newton: a step that raises the loss is halved.
Result<Eigen::VectorXd> Minimise(const LogisticLoss& loss, int max_iterations,
                                 const LearnOptions& options) {
  Eigen::VectorXd beta = Eigen::VectorXd::Zero(loss.size());
  Evaluation here = TRY(loss.At(beta));
  for (int iteration = 0; iteration < max_iterations; ++iteration) {
    if (!GoOn(options, iteration / (iteration + 4.0))) return base::Unavailable("stopped");
    // A hair of ridge keeps features that never vary at 0 where there is no penalty.
    double hair = 1e-12 * std::max(1.0, here.hessian.diagonal().maxCoeff());
    here.hessian.diagonal().array() += hair;
    Eigen::VectorXd step = here.hessian.selfadjointView<Eigen::Lower>().ldlt().solve(here.gradient);
    if (!step.allFinite()) return base::DataQuality("the Newton step is not finite; raise l2");
    if (step.cwiseAbs().maxCoeff() < kStepTolerance) {
      beta -= step;
      return beta;
    }
    Evaluation there = TRY(loss.At(beta - step));
    for (int halving = 0; halving < 40 && !(there.loss <= here.loss * (1 + 1e-14)); ++halving) {
      step /= 2;
      there = TRY(loss.At(beta - step));
    }
    beta -= step;
    here = std::move(there);
  }
  return base::DataQuality(
      format("the logistic regression did not settle in {} steps; raise l2 or max_iterations",
             max_iterations));
}

}  // namespace

Result<std::unique_ptr<Model>> LogisticLearner::Fit(const TrainingData& data,
                                                    const LearnOptions& options) const {
  auto values = TRY(ReadSettings(options.settings, kSettings));
  TRY(CheckTrainingData(data, *this));
  std::vector<LogisticFeature> features = TRY(Standardise(data.rows, data.weights));
  LogisticLoss loss(data, std::move(features), values["missing_indicators"] != 0, values["l2"]);
  Eigen::VectorXd beta = TRY(Minimise(loss, static_cast<int>(values["max_iterations"]), options));
  if (!GoOn(options, 1)) return base::Unavailable("stopped");
  LogisticWeights weights = loss.WeightsOf(beta);
  weights.settings = Json::Object();
  for (const NumberSetting& setting : kSettings) {
    double value = values[std::string(setting.name)];
    weights.settings.Set(std::string(setting.name),
                         setting.boolean ? Json(value != 0) : Json(value));
  }
  return LoadLogisticModel(weights.ToJson());
}

Result<std::unique_ptr<Model>> LogisticLearner::Load(std::string_view weights) const {
  return LoadLogisticModel(weights);
}

}  // namespace codman::models
