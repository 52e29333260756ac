// A network as a Model, over the exact bytes of a safetensors file.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "models/model.h"
#include "models/network_internal.h"

namespace codman::models {

std::string NetworkToBytes(const Network& network);

// From what NetworkToBytes wrote. Untrusted: refuses what is incomplete or not finite.
Result<std::unique_ptr<Model>> LoadMlpModel(std::string_view bytes);

}  // namespace codman::models
