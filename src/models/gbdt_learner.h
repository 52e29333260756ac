// Gradient boosted trees: LightGBM learns, our forest runtime predicts and explains.
//
// Settings (default; range):
//   trees 100; 1–10000                      boosting rounds; fewer where no split helps any more
//   learning_rate 0.1; 1e-6–1
//   leaves 31; 2–65536                      leaves of a tree, grown best first
//   max_depth 64; 1–64                      64 is what exact contributions allow
//   min_rows_per_leaf 20; 1–1e9
//   min_gain 0; 0–1e12                      of a split
//   l1 0, l2 0; 0–1e12                      on leaf values
//   feature_fraction 1; 0.001–1             of the features, drawn anew for each tree
//   bagging_fraction 1; 0.001–1             of the rows; needs bagging_frequency
//   positive_bagging_fraction 1, negative_bagging_fraction 1; 0.001–1
//                                           of the rows of a class (binary only)
//   bagging_frequency 0; 0–10000            draw rows anew every so many trees; 0 = no bagging
//   max_bins 255; 2–65535                   of a feature's histogram
//   extra_trees false                       true: each split tries one random threshold a feature
//                                           (Geurts, Ernst and Wehenkel 2006)
//   monotone {}                             {feature: 1 | -1 | 0}: the margin may only rise (1) or
//                                           fall (-1) with it; not with several classes
//
// Regression minimises squared errors, multiclass the softmax log-loss with one tree a class and
// round.
//
// Rows are streamed twice: a sample of about 50,000 rows, chosen by a fixed hash of the row number,
// decides the bin borders; then all rows are binned block by block. The whole matrix never stands
// in memory as doubles. Labels and weights are float32 inside LightGBM. Equal bytes for any number
// of threads.
#pragma once

#include <memory>
#include <string_view>

#include "models/learner.h"

namespace codman::models {

class GbdtLearner : public Learner {
 public:
  std::string_view name() const override { return "gbdt"; }
  std::string_view description() const override { return "gradient boosted trees (LightGBM)"; }
  bool Learns(Objective) const override { return true; }
  Result<std::unique_ptr<Model>> Fit(const TrainingData& data,
                                     const LearnOptions& options) const override;
  // Any forest this program reads: LightGBM text or XGBoost JSON.
  Result<std::unique_ptr<Model>> Load(std::string_view weights) const override;
};

}  // namespace codman::models
