// The list of learner families, and the reader of foreign model files.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "models/learner.h"

namespace codman::models {

// All families, in the order help prints them.
std::span<const Learner* const> Learners();
Result<const Learner*> FindLearner(std::string_view name);

// Any LightGBM text model or XGBoost JSON model (binary logistic, softmax, regression), told apart
// by content. What the forest runtime does not support (categorical splits, linear leaves, DART
// weights, …) is refused by name.
Result<std::unique_ptr<Model>> LoadForeignModel(std::string_view bytes);

}  // namespace codman::models
