// Reader of XGBoost's JSON model (booster gbtree; format: XGBoost doc/model.schema, versions 1 to
// 3).
//
// The text is untrusted: any bytes give a forest or an error, never a crash. Refused by name: DART
// and linear boosters, categorical splits, several targets, and links other than logistic, softmax
// and identity.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "models/forest.h"

namespace codman::models {

// One forest an output: one, or as many as classes.
Result<std::vector<Forest>> ReadXgboostJson(std::string_view text);

// The largest double T such that float32(x) < threshold exactly where x <= T, for rounding to
// nearest even. `threshold` must not be -infinity or NaN.
double DoubleThresholdOf(float threshold);

}  // namespace codman::models
