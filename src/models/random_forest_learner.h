// Random forest: LightGBM learns (boosting=rf), our forest runtime predicts and explains.
//
// Each tree sees its own random half or so of the rows, each split its own random features; the
// margin is the average over the trees. A leaf holds one Newton step from the base rate: the mean
// target for regression; for binary and multiclass the base log-odds (log prior) plus a part linear
// in the leaf's share of the class, so margins order rows as averaged shares do, and a probability
// needs the calibration step.
//
// Settings (default; range):
//   trees 300; 1–10000
//   leaves 512; 2–65536                     of a tree, grown best first
//   max_depth 64; 1–64                      64 is what exact contributions allow
//   min_rows_per_leaf 10; 1–1e9
//   min_gain 0; 0–1e12                      of a split
//   l1 0, l2 0; 0–1e12                      on leaf values
//   feature_fraction 0.7; 0.001–1           of the features, drawn anew for each split
//   bagging_fraction 0.632; 0.001–0.999     of the rows, drawn anew for each tree without
//                                           replacement (0.632: what a bootstrap would hold)
//   max_bins 255; 2–65535                   of a feature's histogram
//   monotone {}                             as gbdt
//
// Rows are streamed as for gbdt. Equal bytes for any number of threads.
#pragma once

#include <memory>
#include <string_view>

#include "models/learner.h"

namespace codman::models {

class RandomForestLearner : public Learner {
 public:
  std::string_view name() const override { return "random_forest"; }
  std::string_view description() const override { return "random forest (LightGBM)"; }
  bool Learns(Objective) const override { return true; }
  Result<std::unique_ptr<Model>> Fit(const TrainingData& data,
                                     const LearnOptions& options) const override;
  // Any forest this program reads: LightGBM text or XGBoost JSON.
  Result<std::unique_ptr<Model>> Load(std::string_view weights) const override;
};

}  // namespace codman::models
