// A forest as a Model: our scorer and explainer over the exact bytes of a LightGBM text or an
// XGBoost JSON file.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "models/model.h"

namespace codman::models {

// Told apart by content. Untrusted bytes: an error, never a crash.
Result<std::unique_ptr<Model>> LoadForestModel(std::string_view bytes);

}  // namespace codman::models
