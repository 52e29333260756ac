// Reader of XGBoost's JSON model (booster gbtree; format: XGBoost doc/model.schema, versions 1 to
// 3).
//
// The text is untrusted: any bytes give a forest or an error, never a crash. Refused by name: DART
// and linear boosters, categorical splits, several classes or targets, and links other than
// logistic and identity.
#pragma once

#include <string_view>

#include "base/result.h"
#include "models/forest.h"

namespace codman::models {

Result<Forest> ReadXgboostJson(std::string_view text);

// The largest double T such that float32(x) < threshold exactly where x <= T, for rounding to
// nearest even. `threshold` must not be -infinity or NaN.
double DoubleThresholdOf(float threshold);

}  // namespace codman::models
