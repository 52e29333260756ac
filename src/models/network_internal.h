// A network of two hidden layers with rectifiers, its inputs standardised, as plain data; margins
// and contributions of a row. Weights are float32 values, everything else is computed in double,
// one row at a time: bits do not depend on the company a row is scored in.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/json.h"
#include "models/model.h"

namespace codman::models {

struct NetworkLayer {
  size_t inputs = 0, outputs = 0;
  std::vector<double> weights;  // inputs × outputs, row-major; float32 values
  std::vector<double> biases;   // one an output; float32 values

  // sums = biases + inputsᵀ weights.
  void Apply(const double* inputs, double* sums) const;
};

struct Network {
  Objective objective = Objective::kBinary;
  std::vector<std::string> feature_names;
  std::vector<double> means, sds;   // of each feature
  std::vector<int32_t> indicators;  // features with an input that is 1 where the value is missing
  NetworkLayer layers[3];
  double output_scale = 1, output_shift = 0;  // margin = shift + scale × output (regression)
  std::vector<float> background;              // some training rows, encoded; rows × num_inputs
  Json settings;

  size_t num_inputs() const { return feature_names.size() + indicators.size(); }
  size_t num_outputs() const { return layers[2].outputs; }
  size_t num_background() const { return background.size() / num_inputs(); }
};

// Standard deviations from the mean at which a value is cut off: networks extrapolate wildly.
constexpr double kInputLimit = 10;

// The inputs of a row: (x − mean) / sd, 0 where missing, cut at ± kInputLimit; then the indicators.
void EncodeRow(const Network& network, std::span<const double> row, double* inputs);

// num_outputs() margins of encoded inputs.
void MarginsOfInputs(const Network& network, const double* inputs, double* margins);

}  // namespace codman::models
