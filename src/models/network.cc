#include <algorithm>
#include <cmath>

#include "models/network_internal.h"

namespace codman::models {

void NetworkLayer::Apply(const double* in, double* sums) const {
  std::copy(biases.begin(), biases.end(), sums);
  const float* weight = weights.data();
  for (size_t i = 0; i < inputs; ++i, weight += outputs) {
    // Half of what rectifiers give is 0.
    if (in[i] == 0) continue;
    for (size_t o = 0; o < outputs; ++o) sums[o] += in[i] * static_cast<double>(weight[o]);
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
