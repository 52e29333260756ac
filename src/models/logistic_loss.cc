#include <algorithm>
#include <cmath>

#include "models/logistic_loss_internal.h"

namespace codman::models {
namespace {

using Columns = Eigen::Ref<Eigen::MatrixXd>;

LossEvaluation Zero(Eigen::Index size) {
  return {0, Eigen::VectorXd::Zero(size), Eigen::MatrixXd::Zero(size, size)};
}

double WeightOf(const TrainingData& data, size_t row) {
  return data.weights.empty() ? 1 : data.weights[row];
}

void AddLogistic(const TrainingData& data, int64_t first_row, const Eigen::VectorXd& beta,
                 Columns design, LossEvaluation* sum) {
  Eigen::VectorXd margins = design.transpose() * beta;
  Eigen::VectorXd residuals(margins.size());
  Eigen::VectorXd roots(margins.size());
  for (Eigen::Index i = 0; i < margins.size(); ++i) {
    auto row = static_cast<size_t>(first_row + i);
    double weight = WeightOf(data, row);
    double p = Sigmoid(margins[i]);
    // log(1 + e^m) - y m without overflow.
    double loss = std::max(margins[i], 0.0) + std::log1p(std::exp(-std::fabs(margins[i])));
    sum->loss += weight * (loss - data.labels[row] * margins[i]);
    residuals[i] = weight * (p - data.labels[row]);
    roots[i] = std::sqrt(weight * p * (1 - p));
  }
  sum->gradient += design * residuals;
  design = design * roots.asDiagonal();
  sum->hessian.selfadjointView<Eigen::Lower>().rankUpdate(design);
}

// Lower halves of S_kl = Σ weight p_k p_l x xᵀ for k > l, where the Hessian has its block (k, l).
void AddSoftmaxProducts(const Eigen::MatrixXd& p, const Eigen::VectorXd& weights,
                        const Columns& design, LossEvaluation* sum) {
  Eigen::Index size = design.rows();
  for (Eigen::Index k = 0; k < p.rows(); ++k) {
    for (Eigen::Index l = 0; l < k; ++l) {
      Eigen::VectorXd roots =
          (weights.array() * p.row(k).transpose().array() * p.row(l).transpose().array()).sqrt();
      Eigen::MatrixXd scaled = design * roots.asDiagonal();
      sum->hessian.block(k * size, l * size, size, size)
          .selfadjointView<Eigen::Lower>()
          .rankUpdate(scaled);
    }
  }
}

// The Hessian has −S_kl beside the diagonal and, because shares sum to 1, Σ over l ≠ k of S_kl on
// it.
void CompleteSoftmaxHessian(Eigen::Index size, LossEvaluation* sum) {
  for (Eigen::Index k = 0; k * size < sum->hessian.rows(); ++k) {
    for (Eigen::Index l = 0; l < k; ++l) {
      auto block = sum->hessian.block(k * size, l * size, size, size);
      Eigen::MatrixXd whole = block.selfadjointView<Eigen::Lower>();
      sum->hessian.block(k * size, k * size, size, size) += whole;
      sum->hessian.block(l * size, l * size, size, size) += whole;
      block = -whole;
    }
  }
}

void AddSoftmax(const TrainingData& data, int64_t first_row, const Eigen::MatrixXd& beta,
                const Columns& design, LossEvaluation* sum) {
  Eigen::MatrixXd p = beta.transpose() * design;  // margins first; a column a row
  Eigen::MatrixXd residuals(p.rows(), p.cols());
  Eigen::VectorXd weights(p.cols());
  for (Eigen::Index i = 0; i < p.cols(); ++i) {
    auto row = static_cast<size_t>(first_row + i);
    auto label = static_cast<Eigen::Index>(data.labels[row]);
    weights[i] = WeightOf(data, row);
    double largest = p.col(i).maxCoeff(), margin = p(label, i);
    Softmax({p.col(i).data(), static_cast<size_t>(p.rows())});
    // log Σ e^m - m of the label; the largest class holds at least 1 / classes of the sum.
    sum->loss += weights[i] * (largest - std::log(p.col(i).maxCoeff()) - margin);
    residuals.col(i) = weights[i] * p.col(i);
    residuals(label, i) -= weights[i];
  }
  sum->gradient.reshaped(design.rows(), p.rows()) += design * residuals.transpose();
  AddSoftmaxProducts(p, weights, design, sum);
}

}  // namespace

Result<LossEvaluation> LogisticLossAt(const TrainingData& data, const LinearDesign& design,
                                      const Eigen::VectorXd& beta) {
  LossEvaluation sum = Zero(beta.size());
  TRY(design.Scan(data.rows, [&](const Columns& columns, int64_t first_row) {
    AddLogistic(data, first_row, beta, columns, &sum);
  }));
  return sum;
}

Result<LossEvaluation> SoftmaxLossAt(const TrainingData& data, const LinearDesign& design,
                                     const Eigen::VectorXd& beta) {
  LossEvaluation sum = Zero(beta.size());
  Eigen::MatrixXd by_class = beta.reshaped(design.size(), data.num_classes);
  TRY(design.Scan(data.rows, [&](const Columns& columns, int64_t first_row) {
    AddSoftmax(data, first_row, by_class, columns, &sum);
  }));
  CompleteSoftmaxHessian(design.size(), &sum);
  return sum;
}

}  // namespace codman::models
