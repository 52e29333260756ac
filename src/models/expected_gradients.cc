#include <algorithm>
#include <utility>

#include "models/expected_gradients_internal.h"

namespace codman::models {
namespace {

// Share of a piece on which a value that goes straight from `from` to `to` is positive.
double PositiveShare(double from, double to) {
  double low = std::min(from, to), high = std::max(from, to);
  if (high == low) return high > 0 ? 1 : 0;
  return (std::max(high, 0.0) - std::max(low, 0.0)) / (high - low);
}

}  // namespace

// From one background row to the row explained.
struct ExpectedGradients::Way {
  const double *first_from, *second_from;  // sums at the background row
  std::vector<double> inputs, first_to;    // of the row
  // How long unit j of the first layer and unit k of the second are active together: j × k.
  std::vector<double> active;
  std::vector<std::pair<double, size_t>> kinks;  // where a unit of the first layer switches
  std::vector<double> sums, slopes, lengths;     // by unit of the second layer
};

ExpectedGradients::ExpectedGradients(const Network& network)
    : network_(network), bases_(network.num_outputs(), 0) {
  size_t rows = network.num_background(), inputs = network.num_inputs();
  size_t h1 = network.layers[0].outputs, h2 = network.layers[1].outputs;
  first_.resize(rows * h1);
  second_.resize(rows * h2);
  std::vector<double> encoded(inputs), rectified(h1), margins(network.num_outputs());
  for (size_t b = 0; b < rows; ++b) {
    std::copy_n(network.background.begin() + static_cast<int64_t>(b * inputs), inputs,
                encoded.begin());
    network.layers[0].Apply(encoded.data(), &first_[b * h1]);
    for (size_t j = 0; j < h1; ++j) rectified[j] = std::max(first_[b * h1 + j], 0.0);
    network.layers[1].Apply(rectified.data(), &second_[b * h2]);
    MarginsOfInputs(network, encoded.data(), margins.data());
    for (size_t k = 0; k < margins.size(); ++k) bases_[k] += margins[k] / static_cast<double>(rows);
  }
}

// Walks from kink to kink; between two the sums of the second layer move straight.
void ExpectedGradients::MeasureActive(Way* way) const {
  const NetworkLayer& layer = network_.layers[1];
  size_t h1 = layer.inputs, h2 = layer.outputs;
  way->kinks.clear();
  way->sums.assign(way->second_from, way->second_from + h2);
  way->slopes.assign(h2, 0);
  way->lengths.assign(h2, 0);
  auto turn = [&](size_t j, double change) {
    for (size_t k = 0; k < h2; ++k)
      way->slopes[k] += change * static_cast<double>(layer.weights[j * h2 + k]);
  };
  for (size_t j = 0; j < h1; ++j) {
    double from = way->first_from[j], to = way->first_to[j];
    if (from > 0) turn(j, to - from);
    if ((from > 0) != (to > 0)) way->kinks.emplace_back(from / (from - to), j);
  }
  std::sort(way->kinks.begin(), way->kinks.end());
  double at = 0;
  auto advance = [&](double place) {
    for (size_t k = 0; k < h2; ++k) {
      double next = way->sums[k] + way->slopes[k] * (place - at);
      way->lengths[k] += (place - at) * PositiveShare(way->sums[k], next);
      way->sums[k] = next;
    }
    at = place;
  };
  for (auto [place, j] : way->kinks) {
    advance(place);
    std::copy(way->lengths.begin(), way->lengths.end(), &way->active[j * h2]);
    double change = way->first_to[j] - way->first_from[j];
    turn(j, way->first_from[j] > 0 ? -change : change);
  }
  advance(1);
  for (size_t j = 0; j < h1; ++j) {
    bool from = way->first_from[j] > 0, to = way->first_to[j] > 0;
    for (size_t k = 0; k < h2; ++k) {
      double& active = way->active[j * h2 + k];
      if (from == to) active = from ? way->lengths[k] : 0;
      if (!from && to) active = way->lengths[k] - active;
    }
  }
}

void ExpectedGradients::AddWay(const Way& way, const float* background_row,
                               double* contributions) const {
  const auto& [first, second, third] = network_.layers;
  size_t features = network_.feature_names.size(), outputs = network_.num_outputs();
  thread_local std::vector<double> gradient;
  gradient.resize(first.outputs);
  for (size_t o = 0; o < outputs; ++o, contributions += features + 1) {
    for (size_t j = 0; j < first.outputs; ++j) {
      double sum = 0;
      for (size_t k = 0; k < second.outputs; ++k) {
        size_t jk = j * second.outputs + k;
        sum += way.active[jk] * static_cast<double>(second.weights[jk]) *
               static_cast<double>(third.weights[k * outputs + o]);
      }
      gradient[j] = sum;
    }
    for (size_t i = 0; i < first.inputs; ++i) {
      double distance = way.inputs[i] - static_cast<double>(background_row[i]);
      if (distance == 0) continue;
      double slope = 0;
      for (size_t j = 0; j < first.outputs; ++j)
        slope += gradient[j] * static_cast<double>(first.weights[i * first.outputs + j]);
      size_t feature = i < features ? i : static_cast<size_t>(network_.indicators[i - features]);
      contributions[feature] += distance * slope;
    }
  }
}

void ExpectedGradients::Explain(std::span<const double> row,
                                std::span<double> contributions) const {
  thread_local Way way;
  size_t h1 = network_.layers[0].outputs, h2 = network_.layers[1].outputs;
  size_t rows = network_.num_background(), line = network_.feature_names.size() + 1;
  way.inputs.resize(network_.num_inputs());
  way.first_to.resize(h1);
  way.active.resize(h1 * h2);
  EncodeRow(network_, row, way.inputs.data());
  network_.layers[0].Apply(way.inputs.data(), way.first_to.data());
  std::fill(contributions.begin(), contributions.end(), 0.0);
  for (size_t b = 0; b < rows; ++b) {
    way.first_from = &first_[b * h1];
    way.second_from = &second_[b * h2];
    MeasureActive(&way);
    AddWay(way, &network_.background[b * network_.num_inputs()], contributions.data());
  }
  for (double& value : contributions) value *= network_.output_scale / static_cast<double>(rows);
  for (size_t k = 0; k < bases_.size(); ++k) contributions[(k + 1) * line - 1] = bases_[k];
}

}  // namespace codman::models
