// Trains the layers of a network whose inputs are settled: Adam (Kingma, Ba 2015) on mini-batches,
// weight decay apart from the gradient (Loshchilov, Hutter 2019), early stopping.
#pragma once

#include <cstdint>
#include <vector>

#include "models/learner.h"
#include "models/network_internal.h"

namespace codman::models {

struct MlpPlan {
  int hidden[2] = {64, 32};
  double learning_rate = 1e-3;
  double l2 = 0;
  int batch_rows = 256;
  int epochs = 60;
  int patience = 6;
};

// Rows as the first layer sees them, still without indicators: features × rows, float32, NaN where
// missing.
struct MlpRows {
  size_t features = 0;
  std::vector<float> values;
  std::vector<float> targets;  // as the outputs give them: standardised for regression
  std::vector<float> weights;  // their mean is 1

  size_t count() const { return targets.size(); }
};

// Fills the layers. The same rows and seed give the same bits; one thread.
Result<> TrainLayers(const MlpRows& rows, const MlpPlan& plan, const LearnOptions& options,
                     size_t num_outputs, Network* network);

}  // namespace codman::models
