// Rows as the linear families see them: standardised, missing values at the mean, indicators of
// missing values behind, 1 for the intercept last.
#pragma once

#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <vector>

#include "columns/matrix.h"
#include "models/linear_model.h"

namespace codman::models {

class LinearDesign {
 public:
  // With `indicators` each feature that has missing values in training gets one.
  LinearDesign(std::vector<LinearFeature> features, bool indicators);

  // Coefficients of one output: features, indicators, intercept.
  Eigen::Index size() const;

  // A column a row of the matrix, a few hundred at once; `sink` may overwrite them. Sums taken in
  // this order depend on the rows alone, not on the blocks of the source.
  using Sink = std::function<void(Eigen::Ref<Eigen::MatrixXd> design, int64_t first_row)>;
  Result<> Scan(columns::MatrixSource* rows, const Sink& sink) const;

  // `beta`: size() × outputs. Family and settings stay empty.
  LinearWeights WeightsOf(const Eigen::MatrixXd& beta) const;

 private:
  void FillColumn(std::span<const double> row, Eigen::Ref<Eigen::VectorXd> column) const;

  std::vector<LinearFeature> features_;
  std::vector<size_t> indicators_;  // features that have one
};

}  // namespace codman::models
