// Mean and standard deviation of a regression target, so that learning has no unit.
#pragma once

#include "models/learner.h"

namespace codman::models {

struct TargetScale {
  double mean = 0, sd = 1;  // weighted; sd is 1 where the target never varies
};

TargetScale ScaleOf(const TrainingData& data);

}  // namespace codman::models
