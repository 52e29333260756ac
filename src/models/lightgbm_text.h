// Reader of LightGBM's model text, versions v3 and v4 (format: LightGBM src/io/gbdt_model_text.cpp
// and tree.cpp).
//
// The text is untrusted: any bytes give a forest or an error, never a crash. Refused by name:
// categorical splits, linear trees, DART, and objectives whose output is neither a sigmoid with
// slope 1 nor a softmax nor the margin itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "models/forest.h"

namespace codman::models {

bool LooksLikeLightgbmText(std::string_view bytes);
// One forest an output: one, or as many as classes.
Result<std::vector<Forest>> ReadLightgbmText(std::string_view text);

// Feature names in the text must hold no blank and none of ",:[]{}\"; such bytes, '%' and non-ASCII
// are written as %XX. The reader decodes.
std::string EncodeFeatureName(std::string_view name);
std::string DecodeFeatureName(std::string_view encoded);

}  // namespace codman::models
