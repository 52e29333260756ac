// What every learner refuses before it begins.
#pragma once

#include "base/result.h"
#include "models/learner.h"

namespace codman::models {

// No rows or features; labels or weights of another number; labels NaN, infinite or, for binary,
// not 0/1; a class without a row of positive weight; weights negative or not finite, or all zero.
Result<> CheckTrainingData(const TrainingData& data);

}  // namespace codman::models
