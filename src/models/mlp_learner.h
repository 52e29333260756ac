// A network of three layers (two hidden ones with rectifiers), trained by Adam on mini-batches.
//
// Standardisation is part of the model, cut at ± 10 standard deviations; a missing value counts as
// the mean, and each feature that has missing values in training gets an indicator besides. Binary
// and multiclass minimise the log-loss, regression the squared error of the standardised target. A
// tenth of the rows, drawn from the seed in runs of neighbours, is watched: the epoch with the
// least loss there is kept. Contributions are expected gradients over up to 64 training rows that
// the model keeps (expected_gradients_internal.h).
//
// Settings (default; range):
//   hidden_1 64, hidden_2 32; 1–4096        units
//   learning_rate 0.001; 1e-6–1             halved after each epoch without gain
//   l2 0.01; 0–1e3                          weight decay, times the learning rate a step
//   batch_rows 256; 1–65536                 fewer where there are less than 32 batches
//   epochs 60; 1–10000                      at most
//   patience 6; 1–10000                     epochs without gain before it stops
//
// Rows are held in memory as float32. One thread; the same bytes for any number of threads.
#pragma once

#include <memory>
#include <string_view>

#include "models/learner.h"

namespace codman::models {

class MlpLearner : public Learner {
 public:
  std::string_view name() const override { return "mlp"; }
  std::string_view description() const override { return "neural network of three layers"; }
  bool Learns(Objective) const override { return true; }
  Result<std::unique_ptr<Model>> Fit(const TrainingData& data,
                                     const LearnOptions& options) const override;
  Result<std::unique_ptr<Model>> Load(std::string_view weights) const override;
};

}  // namespace codman::models
