#define EIGEN_DONT_PARALLELIZE
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "models/mlp_training_internal.h"
#include "models/random_draw_internal.h"

namespace codman::models {
namespace {

using Matrix = Eigen::MatrixXf;
using Index = Eigen::Index;

constexpr size_t kFewestRowsToWatch = 100;  // below, early stopping watches the training rows
constexpr double kWatchedShare = 0.1;

// Numbers one after another from a seed.
class Draws {
 public:
  explicit Draws(uint64_t seed) : seed_(Mix(seed)) {}
  uint64_t Next() { return Mix(seed_ + next_++); }
  double Uniform() { return UniformOf(Next()); }
  // Box and Muller 1958.
  double Normal() {
    double radius = std::sqrt(-2 * std::log(1 - Uniform()));
    return radius * std::cos(2 * M_PI * Uniform());
  }
  // Fisher and Yates.
  void Shuffle(std::vector<int64_t>* order) {
    for (size_t i = order->size(); i > 1; --i) std::swap((*order)[i - 1], (*order)[Next() % i]);
  }

 private:
  uint64_t seed_, next_ = 0;
};

// Rows to learn from and rows to watch. Neighbours go together, because rows of one patient do.
struct Parts {
  std::vector<int64_t> learnt, watched;
};

Parts SplitRows(size_t rows, Draws* draws) {
  Parts parts;
  size_t together = std::max<size_t>(1, rows / 500);
  std::vector<int64_t> groups((rows + together - 1) / together);
  std::iota(groups.begin(), groups.end(), 0);
  draws->Shuffle(&groups);
  auto watched = static_cast<size_t>(kWatchedShare * static_cast<double>(groups.size()));
  if (rows < kFewestRowsToWatch) watched = 0;
  std::sort(groups.begin(), groups.begin() + static_cast<int64_t>(watched));
  std::vector<bool> is_watched(groups.size(), false);
  for (size_t g = 0; g < watched; ++g) is_watched[static_cast<size_t>(groups[g])] = true;
  for (size_t r = 0; r < rows; ++r)
    (is_watched[r / together] ? parts.watched : parts.learnt).push_back(static_cast<int64_t>(r));
  if (watched == 0) parts.watched = parts.learnt;
  return parts;
}

// One layer with its moments; weights are outputs × inputs.
struct Layer {
  Matrix weights, weight_gradient, weight_mean, weight_square;
  Eigen::VectorXf biases, bias_gradient, bias_mean, bias_square;

  // He, Zhang, Ren, Sun 2015.
  Layer(Index inputs, Index outputs, double gain, Draws* draws) {
    weights.resize(outputs, inputs);
    double sd = std::sqrt(gain / static_cast<double>(inputs));
    for (Index i = 0; i < weights.size(); ++i)
      weights.data()[i] = static_cast<float>(sd * draws->Normal());
    biases.setZero(outputs);
    weight_mean.setZero(outputs, inputs);
    weight_square.setZero(outputs, inputs);
    bias_mean.setZero(outputs);
    bias_square.setZero(outputs);
  }

  void Step(float rate, float decay, float mean_share, float square_share) {
    weights *= 1 - rate * decay;
    Adam(rate, mean_share, square_share, weight_gradient, &weights, &weight_mean, &weight_square);
    Adam(rate, mean_share, square_share, bias_gradient, &biases, &bias_mean, &bias_square);
  }

  // The shares undo that the moments begin at 0.
  template <typename T>
  static void Adam(float rate, float mean_share, float square_share, const T& gradient, T* values,
                   T* mean, T* square) {
    constexpr float kMean = 0.9f, kSquare = 0.999f, kTiny = 1e-8f;
    *mean = kMean * *mean + (1 - kMean) * gradient;
    *square = kSquare * *square + (1 - kSquare) * gradient.cwiseAbs2();
    values->array() -=
        rate * (mean->array() / mean_share) / ((square->array() / square_share).sqrt() + kTiny);
  }
};

class Trainer {
 public:
  Trainer(const MlpRows& rows, const MlpPlan& plan, const Network& network, size_t outputs,
          Draws* draws)
      : rows_(rows), plan_(plan), network_(network) {
    auto inputs = static_cast<Index>(network.num_inputs());
    layers_.emplace_back(inputs, plan.hidden[0], 2, draws);
    layers_.emplace_back(plan.hidden[0], plan.hidden[1], 2, draws);
    layers_.emplace_back(plan.hidden[1], static_cast<Index>(outputs), 0.1, draws);
  }

  void Learn(std::span<const int64_t> batch, double rate) {
    Fill(batch);
    Forward();
    Matrix delta;
    LossAndDelta(batch, &delta);
    delta /= static_cast<float>(batch.size());
    for (size_t l = 3; l-- > 0;) {
      const Matrix& below = l == 0 ? inputs_ : hidden_[l - 1];
      layers_[l].weight_gradient.noalias() = delta * below.transpose();
      layers_[l].bias_gradient = delta.rowwise().sum();
      if (l == 0) break;
      Matrix next = layers_[l].weights.transpose() * delta;
      delta = (below.array() > 0).select(next, 0.0f);
    }
    ++steps_;
    auto mean_share = static_cast<float>(1 - std::pow(0.9, steps_));
    auto square_share = static_cast<float>(1 - std::pow(0.999, steps_));
    for (Layer& layer : layers_)
      layer.Step(static_cast<float>(rate), static_cast<float>(plan_.l2), mean_share, square_share);
  }

  double LossOf(const std::vector<int64_t>& order) {
    constexpr size_t kAtOnce = 1024;
    double sum = 0;
    Matrix delta;
    for (size_t first = 0; first < order.size(); first += kAtOnce) {
      auto batch = std::span(order).subspan(first, std::min(kAtOnce, order.size() - first));
      Fill(batch);
      Forward();
      sum += LossAndDelta(batch, &delta);
    }
    return sum / static_cast<double>(order.size());
  }

  void CopyTo(Network* network) const {
    for (size_t l = 0; l < 3; ++l) {
      NetworkLayer& layer = network->layers[l];
      const Matrix& weights = layers_[l].weights;
      layer.inputs = static_cast<size_t>(weights.cols());
      layer.outputs = static_cast<size_t>(weights.rows());
      layer.weights.assign(weights.data(), weights.data() + weights.size());
      layer.biases.assign(layers_[l].biases.data(),
                          layers_[l].biases.data() + layers_[l].biases.size());
    }
  }

 private:
  void Fill(std::span<const int64_t> batch) {
    size_t features = rows_.features;
    inputs_.resize(static_cast<Index>(network_.num_inputs()), static_cast<Index>(batch.size()));
    for (size_t b = 0; b < batch.size(); ++b) {
      const float* row = rows_.values.data() + static_cast<size_t>(batch[b]) * features;
      float* column = inputs_.data() + b * network_.num_inputs();
      for (size_t f = 0; f < features; ++f) column[f] = std::isnan(row[f]) ? 0 : row[f];
      for (size_t i = 0; i < network_.indicators.size(); ++i)
        column[features + i] = std::isnan(row[network_.indicators[i]]) ? 1.0f : 0.0f;
    }
  }

  void Forward() {
    const Matrix* below = &inputs_;
    for (size_t l = 0; l < 3; ++l) {
      hidden_[l].noalias() = layers_[l].weights * *below;
      hidden_[l].colwise() += layers_[l].biases;
      if (l < 2) hidden_[l] = hidden_[l].cwiseMax(0.0f);
      below = &hidden_[l];
    }
  }

  // Sum of the batch's weighted losses, and their derivatives by the outputs.
  double LossAndDelta(std::span<const int64_t> batch, Matrix* delta) {
    const Matrix& outputs = hidden_[2];
    delta->resize(outputs.rows(), outputs.cols());
    double sum = 0;
    std::vector<double> p(static_cast<size_t>(outputs.rows()));
    for (Index b = 0; b < outputs.cols(); ++b) {
      auto row = static_cast<size_t>(batch[static_cast<size_t>(b)]);
      double weight = rows_.weights[row], target = rows_.targets[row], m = outputs(0, b);
      if (network_.objective == Objective::kRegression) {
        sum += weight * (m - target) * (m - target) / 2;
        (*delta)(0, b) = static_cast<float>(weight * (m - target));
      } else if (network_.objective == Objective::kBinary) {
        sum += weight * (std::max(m, 0.0) + std::log1p(std::exp(-std::fabs(m))) - target * m);
        (*delta)(0, b) = static_cast<float>(weight * (Sigmoid(m) - target));
      } else {
        for (size_t k = 0; k < p.size(); ++k) p[k] = outputs(static_cast<Index>(k), b);
        Softmax(p);
        auto label = static_cast<size_t>(target);
        sum -= weight * std::log(std::max(p[label], 1e-300));
        for (size_t k = 0; k < p.size(); ++k) {
          (*delta)(static_cast<Index>(k), b) =
              static_cast<float>(weight * (p[k] - (k == label ? 1 : 0)));
        }
      }
    }
    return sum;
  }

  const MlpRows& rows_;
  const MlpPlan& plan_;
  const Network& network_;
  std::vector<Layer> layers_;
  Matrix inputs_, hidden_[3];  // a column a row; the last holds the outputs
  int64_t steps_ = 0;
};

// Small cohorts take smaller batches, so that an epoch has some steps.
size_t BatchRows(const MlpPlan& plan, size_t rows) {
  return std::min(static_cast<size_t>(plan.batch_rows), std::max<size_t>(16, rows / 32));
}

}  // namespace

// Keeps the epoch with the least loss on the watched rows. An epoch without gain halves the rate.
Result<> TrainLayers(const MlpRows& rows, const MlpPlan& plan, const LearnOptions& options,
                     size_t num_outputs, Network* network) {
  // Eigen's blocks, and so its sums, would otherwise follow the caches of the machine.
  Eigen::setCpuCacheSizes(32 << 10, 512 << 10, 8 << 20);
  Draws draws(options.seed);
  Parts parts = SplitRows(rows.count(), &draws);
  Trainer trainer(rows, plan, *network, num_outputs, &draws);
  double least = std::numeric_limits<double>::infinity(), rate = plan.learning_rate;
  size_t batch = BatchRows(plan, parts.learnt.size());
  for (int epoch = 0, waited = 0; epoch < plan.epochs && waited < plan.patience; ++epoch) {
    draws.Shuffle(&parts.learnt);
    for (size_t first = 0; first < parts.learnt.size(); first += batch) {
      size_t count = std::min(batch, parts.learnt.size() - first);
      trainer.Learn(std::span(parts.learnt).subspan(first, count), rate);
    }
    double loss = trainer.LossOf(parts.watched);
    if (!std::isfinite(loss)) {
      return base::DataQuality("the network's loss is not finite; lower learning_rate");
    }
    if (loss < least * (1 - 1e-4)) {
      least = loss;
      waited = 0;
      trainer.CopyTo(network);
    } else {
      ++waited;
      rate /= 2;
    }
    if (options.progress && !options.progress((epoch + 1.0) / plan.epochs))
      return base::Unavailable("stopped");
  }
  return {};
}

}  // namespace codman::models
