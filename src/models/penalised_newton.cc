#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <vector>

#include "base/text.h"
#include "models/penalised_newton_internal.h"

namespace codman::models {
namespace {

// Newton converges quadratically: the error left is about its square.
constexpr double kStepTolerance = 1e-9;

bool IsPenalised(const PenalisedLoss& loss, Eigen::Index at) {
  return at % loss.size != loss.size - 1;
}

double AbsoluteSum(const PenalisedLoss& loss, const Eigen::VectorXd& beta) {
  double sum = 0;
  for (Eigen::Index k = 0; k < loss.outputs; ++k)
    sum += beta.segment(k * loss.size, loss.size - 1).lpNorm<1>();
  return sum;
}

// The loss with both penalties; gradient and Hessian without l1.
Result<LossEvaluation> Evaluate(const PenalisedLoss& loss, const Eigen::VectorXd& beta) {
  LossEvaluation sum = TRY(loss.at(beta));
  for (Eigen::Index k = 0; k < loss.outputs; ++k) {
    Eigen::Index begin = k * loss.size, count = loss.size - 1;
    auto penalised = beta.segment(begin, count);
    sum.loss += loss.l2 / 2 * penalised.squaredNorm();
    sum.gradient.segment(begin, count) += loss.l2 * penalised;
    sum.hessian.diagonal().segment(begin, count).array() += loss.l2;
  }
  if (loss.l1 > 0) sum.loss += loss.l1 * AbsoluteSum(loss, beta);
  return sum;
}

// Minimises gradientᵀd + dᵀHd/2 + l1 Σ|β + d| over d.
class ElasticStep {
 public:
  ElasticStep(const PenalisedLoss& loss, const LossEvaluation& here, const Eigen::VectorXd& beta)
      : loss_(loss),
        hessian_(here.hessian.selfadjointView<Eigen::Lower>()),
        slope_(here.gradient),
        x_(beta) {}

  // The coefficients after the step.
  Eigen::VectorXd Solve() {
    constexpr int kMaxSweeps = 2000, kSweepsBeforePolish = 5;
    for (int sweep = 1; sweep <= kMaxSweeps; ++sweep) {
      double largest = Sweep();
      if (largest <= 1e-13 * (1 + x_.lpNorm<Eigen::Infinity>())) break;
      if (sweep % kSweepsBeforePolish == 0 && Polish()) break;
    }
    return x_;
  }

 private:
  double Sweep() {
    double largest = 0;
    for (Eigen::Index j = 0; j < x_.size(); ++j) {
      double curvature = hessian_(j, j), target = x_[j] - slope_[j] / curvature;
      double threshold = IsPenalised(loss_, j) ? loss_.l1 / curvature : 0;
      double wanted = std::copysign(std::max(std::fabs(target) - threshold, 0.0), target);
      double change = wanted - x_[j];
      if (change == 0) continue;
      x_[j] = wanted;
      slope_ += change * hessian_.col(j);
      largest = std::max(largest, std::fabs(change));
    }
    return largest;
  }

  // Descent finds the coefficients that are not 0 long before their values: with the signs known
  // those are a linear system. Kept only if it is the optimum.
  bool Polish() {
    std::vector<Eigen::Index> active;
    for (Eigen::Index j = 0; j < x_.size(); ++j) {
      if (!IsPenalised(loss_, j) || x_[j] != 0) active.push_back(j);
    }
    Eigen::MatrixXd system = hessian_(active, active);
    Eigen::VectorXd wanted = -slope_(active);
    for (size_t i = 0; i < active.size(); ++i) {
      if (IsPenalised(loss_, active[i]))
        wanted[static_cast<Eigen::Index>(i)] -= std::copysign(loss_.l1, x_[active[i]]);
    }
    Eigen::VectorXd change = system.ldlt().solve(wanted);
    if (!change.allFinite()) return false;
    Eigen::VectorXd x = x_, slope = slope_ + hessian_(Eigen::all, active) * change;
    for (size_t i = 0; i < active.size(); ++i) x[active[i]] += change[static_cast<Eigen::Index>(i)];
    for (Eigen::Index j = 0; j < x.size(); ++j) {
      if (!IsPenalised(loss_, j)) continue;
      bool kept = x_[j] != 0 ? x[j] * x_[j] > 0 : std::fabs(slope[j]) <= loss_.l1 * (1 + 1e-9);
      if (!kept) return false;
    }
    x_ = std::move(x);
    slope_ = std::move(slope);
    return true;
  }

  const PenalisedLoss& loss_;
  Eigen::MatrixXd hessian_;
  Eigen::VectorXd slope_;  // of the smooth model at x_
  Eigen::VectorXd x_;
};

// Adding the same to all outputs changes nothing: what is left free by the penalties is centred.
void Centre(const PenalisedLoss& loss, Eigen::VectorXd* step) {
  if (loss.outputs == 1) return;
  for (Eigen::Index j = loss.l1 > 0 ? loss.size - 1 : 0; j < loss.size; ++j) {
    double mean = 0;
    for (Eigen::Index k = 0; k < loss.outputs; ++k) mean += (*step)[k * loss.size + j];
    mean /= static_cast<double>(loss.outputs);
    for (Eigen::Index k = 0; k < loss.outputs; ++k) (*step)[k * loss.size + j] -= mean;
  }
}

// What to subtract from `beta`.
Eigen::VectorXd NewtonStep(const PenalisedLoss& loss, LossEvaluation* here,
                           const Eigen::VectorXd& beta) {
  // A hair of ridge keeps features that never vary at 0 where there is no penalty.
  double hair = 1e-12 * std::max(1.0, here->hessian.diagonal().maxCoeff());
  here->hessian.diagonal().array() += hair;
  Eigen::VectorXd step;
  if (loss.l1 > 0) {
    step = beta - ElasticStep(loss, *here, beta).Solve();
  } else {
    step = here->hessian.selfadjointView<Eigen::Lower>().ldlt().solve(here->gradient);
  }
  Centre(loss, &step);
  return step;
}

bool GoOn(const LearnOptions& options, double done) {
  return !options.progress || options.progress(done);
}

}  // namespace

// Damped Newton: a step that raises the loss is halved.
Result<Eigen::MatrixXd> Minimise(const PenalisedLoss& loss, int max_iterations,
                                 const LearnOptions& options) {
  Eigen::VectorXd beta = Eigen::VectorXd::Zero(loss.size * loss.outputs);
  LossEvaluation here = TRY(Evaluate(loss, beta));
  for (int iteration = 0; iteration < max_iterations; ++iteration) {
    if (!GoOn(options, iteration / (iteration + 4.0))) return base::Unavailable("stopped");
    Eigen::VectorXd step = NewtonStep(loss, &here, beta);
    if (!step.allFinite()) return base::DataQuality("the Newton step is not finite; raise l2");
    if (step.cwiseAbs().maxCoeff() < kStepTolerance) {
      beta -= step;
      if (!GoOn(options, 1)) return base::Unavailable("stopped");
      return Eigen::MatrixXd(beta.reshaped(loss.size, loss.outputs));
    }
    LossEvaluation there = TRY(Evaluate(loss, beta - step));
    for (int halving = 0; halving < 40 && !(there.loss <= here.loss * (1 + 1e-14)); ++halving) {
      step /= 2;
      there = TRY(Evaluate(loss, beta - step));
    }
    beta -= step;
    here = std::move(there);
  }
  return base::DataQuality(format(
      "the regression did not settle in {} steps; raise l2 or max_iterations", max_iterations));
}

}  // namespace codman::models
