#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "models/network_internal.h"

namespace codman::models {

void NetworkLayer::Apply(const double* in, double* out) const {
  // Element by element, so that vectors do not change the order of additions.
  auto width = static_cast<Eigen::Index>(outputs);
  Eigen::Map<Eigen::ArrayXd> sums(out, width);
  sums = Eigen::Map<const Eigen::ArrayXd>(biases.data(), width);
  for (size_t i = 0; i < inputs; ++i) {
    // Half of what rectifiers give is 0.
    if (in[i] == 0) continue;
    sums += in[i] * Eigen::Map<const Eigen::ArrayXd>(weights.data() + i * outputs, width);
  }
}

void EncodeRow(const Network& network, std::span<const double> row, double* inputs) {
  for (size_t f = 0; f < row.size(); ++f) {
    double distance = (row[f] - network.means[f]) / network.sds[f];
    inputs[f] = std::isnan(row[f]) ? 0 : std::clamp(distance, -kInputLimit, kInputLimit);
  }
  for (size_t i = 0; i < network.indicators.size(); ++i) {
    inputs[row.size() + i] =
        std::isnan(row[static_cast<size_t>(network.indicators[i])]) ? 1.0 : 0.0;
  }
}

void MarginsOfInputs(const Network& network, const double* inputs, double* margins) {
  thread_local std::vector<double> first, second;
  first.resize(network.layers[0].outputs);
  second.resize(network.layers[1].outputs);
  network.layers[0].Apply(inputs, first.data());
  for (double& value : first) value = std::max(value, 0.0);
  network.layers[1].Apply(first.data(), second.data());
  for (double& value : second) value = std::max(value, 0.0);
  network.layers[2].Apply(second.data(), margins);
  for (size_t k = 0; k < network.num_outputs(); ++k)
    margins[k] = network.output_shift + network.output_scale * margins[k];
}

}  // namespace codman::models
