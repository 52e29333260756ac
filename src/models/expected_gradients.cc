#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>
#include <algorithm>
#include <utility>

#include "models/expected_gradients_internal.h"

namespace codman::models {
namespace {

// Share of a piece on which a value that goes straight from `from` to `to` is positive.
double PositiveShare(double from, double to) {
  if (from > 0 && to > 0) return 1;
  if (from <= 0 && to <= 0) return 0;
  double low = std::min(from, to), high = std::max(from, to);
  return high / (high - low);
}

// values += factor × terms, element by element: vectors do not change the order of additions.
void AddTimes(double factor, const double* terms, size_t count, double* values) {
  auto size = static_cast<Eigen::Index>(count);
  Eigen::Map<Eigen::ArrayXd>(values, size) +=
      factor * Eigen::Map<const Eigen::ArrayXd>(terms, size);
}

// Σ a b c, four sums side by side.
double SumOfProducts(const double* a, const double* b, const double* c, size_t count) {
  double sums[4] = {0, 0, 0, 0};
  size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    for (size_t lane = 0; lane < 4; ++lane) sums[lane] += a[i + lane] * b[i + lane] * c[i + lane];
  }
  for (; i < count; ++i) sums[0] += a[i] * b[i] * c[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

}  // namespace

// From one background row to the row explained.
struct ExpectedGradients::Way {
  const double *first_from, *second_from;  // sums at the background row
  std::vector<double> inputs, first_to;    // of the row
  // How long unit j of the first layer and unit k of the second are active together: j × k. Lines
  // of units that rest on the whole way are not set.
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
  for (size_t j = 0; j < h1; ++j) {
    for (size_t i = 0; i < inputs; ++i) to_inputs_.push_back(network.layers[0].weights[i * h1 + j]);
  }
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
    AddTimes(change, &layer.weights[j * h2], h2, way->slopes.data());
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
    double* active = &way->active[j * h2];
    if (from && to) std::copy(way->lengths.begin(), way->lengths.end(), active);
    for (size_t k = 0; k < h2 && !from && to; ++k) active[k] = way->lengths[k] - active[k];
  }
}

void ExpectedGradients::AddWay(const Way& way, const float* background_row,
                               double* contributions) const {
  const auto& [first, second, third] = network_.layers;
  size_t features = network_.feature_names.size(), outputs = network_.num_outputs();
  thread_local std::vector<double> slopes, next;
  next.resize(second.outputs);
  for (size_t o = 0; o < outputs; ++o, contributions += features + 1) {
    slopes.assign(first.inputs, 0);
    for (size_t k = 0; k < second.outputs; ++k) next[k] = third.weights[k * outputs + o];
    for (size_t j = 0; j < first.outputs; ++j) {
      if (way.first_from[j] <= 0 && way.first_to[j] <= 0) continue;
      size_t line = j * second.outputs;
      double gradient =
          SumOfProducts(&way.active[line], &second.weights[line], next.data(), second.outputs);
      AddTimes(gradient, &to_inputs_[j * first.inputs], first.inputs, slopes.data());
    }
    for (size_t i = 0; i < first.inputs; ++i) {
      size_t feature = i < features ? i : static_cast<size_t>(network_.indicators[i - features]);
      double distance = way.inputs[i] - static_cast<double>(background_row[i]);
      contributions[feature] += distance * slopes[i];
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
