// LightGBM's C API behind values and Results. No LightGBM type leaves the .cc.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "models/learner.h"

namespace codman::models {

struct LightgbmPlan {
  std::string parameters;  // "name=value name=value …", for dataset and booster
  int num_trees = 0;       // one a class each, for multiclass
  // A random forest: trees are averaged. LightGBM leaves 0 in a tree that found no split; here it
  // gets the margin of the base rate, so that it does not pull the average.
  bool averages = false;
  std::function<bool(double done)> progress;  // may be empty
};

// The model text as LightGBM saves it. Stops early where no split helps any more.
Result<std::string> TrainLightgbm(const TrainingData& data, const LightgbmPlan& plan);

}  // namespace codman::models
