#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "models/expected_gradients_internal.h"

namespace codman::models {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Random weights; feature 1 has an indicator.
Network RandomNetwork(size_t outputs, size_t background, uint32_t seed) {
  std::mt19937 random(seed);
  auto draw = [&] { return static_cast<float>(random() % 2001) / 1000 - 1; };
  Network network;
  network.objective = outputs > 1 ? Objective::kMulticlass : Objective::kRegression;
  network.feature_names = {"a", "b", "c"};
  network.means = {1, -2, 0.5};
  network.sds = {2, 1, 0.25};
  network.indicators = {1};
  network.output_scale = 3;
  network.output_shift = 40;
  size_t sizes[] = {4, 9, 7, outputs};
  for (size_t l = 0; l < 3; ++l) {
    NetworkLayer& layer = network.layers[l];
    layer.inputs = sizes[l], layer.outputs = sizes[l + 1];
    for (size_t i = 0; i < layer.inputs * layer.outputs; ++i) layer.weights.push_back(draw());
    for (size_t i = 0; i < layer.outputs; ++i) layer.biases.push_back(draw() / 2);
  }
  for (size_t i = 0; i < background; ++i) {
    network.background.insert(network.background.end(), {draw(), draw(), draw(), 0});
  }
  return network;
}

std::vector<double> MarginsAt(const Network& network, const std::vector<double>& inputs) {
  std::vector<double> margins(network.num_outputs());
  MarginsOfInputs(network, inputs.data(), margins.data());
  return margins;
}

// The definition, independent of the method: the way cut into many short steps, the derivative by
// each input taken as a difference of margins.
std::vector<double> ByManySteps(const Network& network, const std::vector<double>& inputs) {
  constexpr int kSteps = 4000;
  constexpr double kNudge = 1e-6;
  const size_t feature_of[] = {0, 1, 2, 1};
  std::vector<double> phi(network.num_outputs() * 4, 0);
  size_t rows = network.num_background();
  for (size_t b = 0; b < rows; ++b) {
    std::vector<double> from(network.background.begin() + b * 4,
                             network.background.begin() + (b + 1) * 4);
    auto base = MarginsAt(network, from);
    for (size_t k = 0; k < base.size(); ++k) phi[k * 4 + 3] += base[k] / rows;
    for (int step = 0; step < kSteps; ++step) {
      std::vector<double> at(4);
      for (size_t i = 0; i < 4; ++i)
        at[i] = from[i] + (inputs[i] - from[i]) * (step + 0.5) / kSteps;
      for (size_t i = 0; i < 4; ++i) {
        auto up = at, down = at;
        up[i] += kNudge, down[i] -= kNudge;
        auto high = MarginsAt(network, up), low = MarginsAt(network, down);
        for (size_t k = 0; k < base.size(); ++k) {
          phi[k * 4 + feature_of[i]] +=
              (inputs[i] - from[i]) * (high[k] - low[k]) / (2 * kNudge) / kSteps / rows;
        }
      }
    }
  }
  return phi;
}

TEST(ExpectedGradients, AgreeWithTheirDefinitionTakenInManySteps) {
  for (uint32_t seed = 1; seed <= 6; ++seed) {
    Network network = RandomNetwork(seed % 2 == 0 ? 3 : 1, 5, seed);
    ExpectedGradients gradients(network);
    std::vector<double> row = {seed * 1.5 - 4, seed == 3 ? kNan : -1.0 * seed, 0.75};
    std::vector<double> inputs(4), phi(network.num_outputs() * 4);
    EncodeRow(network, row, inputs.data());
    gradients.Explain(row, phi);
    auto expected = ByManySteps(network, inputs);
    for (size_t i = 0; i < phi.size(); ++i) EXPECT_NEAR(phi[i], expected[i], 0.01) << i;
  }
}

TEST(ExpectedGradients, SumToTheMarginUpToRounding) {
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    Network network = RandomNetwork(1 + seed % 3, 16, seed);
    ExpectedGradients gradients(network);
    std::vector<double> row = {seed * 0.1 - 8, seed % 5 == 0 ? kNan : seed * 0.02, 1e9};
    std::vector<double> inputs(4), phi(network.num_outputs() * 4);
    EncodeRow(network, row, inputs.data());
    gradients.Explain(row, phi);
    auto margins = MarginsAt(network, inputs);
    for (size_t k = 0; k < margins.size(); ++k)
      EXPECT_NEAR(phi[4 * k] + phi[4 * k + 1] + phi[4 * k + 2] + phi[4 * k + 3], margins[k], 1e-9);
  }
}

// By hand: where every unit stays active the network is a plane, margin = 40 + 3 (5 + 2 a′ - b′).
TEST(ExpectedGradients, OfAPlaneAreItsTermsAgainstTheBackground) {
  Network network = RandomNetwork(1, 0, 1);
  network.layers[0] = {4, 2, {1, 0, 0, 1, 0, 0, 0, 0}, {100, 100}};
  network.layers[1] = {2, 1, {2, -1}, {5}};
  network.layers[2] = {1, 1, {1}, {-100}};
  network.background = {0.5f, 1, 0, 0, -0.5f, 1, 0, 0};
  std::vector<double> phi(4), row = {5, 1, 0.5};  // encoded: 2, 3, 0
  ExpectedGradients(network).Explain(row, phi);
  EXPECT_NEAR(phi[0], 3 * 2 * (2 - 0), 1e-9);
  EXPECT_NEAR(phi[1], 3 * -1 * (3 - 1), 1e-9);
  EXPECT_EQ(phi[2], 0);
  EXPECT_NEAR(phi[3], 40 + 3 * (5 - 1), 1e-9);
}

}  // namespace
}  // namespace codman::models
