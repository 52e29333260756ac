// Tensors in the safetensors format (huggingface/safetensors, format section of its README): eight
// bytes little-endian length, a JSON header, then the numbers. Data only: reading runs no code.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace codman::models {

struct Tensor {
  std::vector<int64_t> shape;
  std::variant<std::vector<float>, std::vector<double>> values;  // F32, F64; row-major
};

struct Safetensors {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;

  // Tensors in the order of their names, without gaps: equal content gives equal bytes. The header
  // is padded with blanks to a multiple of 8.
  std::string ToBytes() const;
};

// Untrusted: refuses what is cut off, overlaps, leaves gaps or disagrees with its shape, and types
// other than F32 and F64.
Result<Safetensors> ReadSafetensors(std::string_view bytes);

}  // namespace codman::models
