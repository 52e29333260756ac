// What every learner refuses before it begins.
#pragma once

#include "base/result.h"
#include "models/learner.h"

namespace codman::models {

// An objective that `learner` does not learn; no rows or features; labels or weights of another
// number; labels NaN, infinite or no class of the objective; a class without a row of positive
// weight; weights negative or not finite, or all zero.
Result<> CheckTrainingData(const TrainingData& data, const Learner& learner);

}  // namespace codman::models
