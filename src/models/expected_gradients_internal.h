// Expected gradients (Erion, Janizek, Sturmfels, Lundberg, Lee 2021): the contribution of an input
// is the mean, over background rows x′ and over the straight way from x′ to x, of
// (x − x′) × ∂margin/∂input.
//
// The way's integral is exact here: along it a rectifier network is piecewise linear, with kinks
// that are known, so the gradient's mean is a sum over pieces. Contributions and base therefore sum
// to the margin up to rounding; what remains approximate is that the background is a sample.
#pragma once

#include <span>
#include <vector>

#include "models/network_internal.h"

namespace codman::models {

class ExpectedGradients {
 public:
  // Borrows the network, which has a background.
  explicit ExpectedGradients(const Network& network);

  // num_outputs × (features + 1), the base last in each line. An indicator's part belongs to its
  // feature.
  void Explain(std::span<const double> row, std::span<double> contributions) const;

 private:
  struct Way;
  void MeasureActive(Way* way) const;
  void AddWay(const Way& way, const float* background_row, double* contributions) const;

  const Network& network_;
  std::vector<double> first_, second_;  // sums of the hidden layers of each background row
  std::vector<double> to_inputs_;       // the first layer's weights, outputs × inputs
  std::vector<double> bases_;           // one an output
};

}  // namespace codman::models
