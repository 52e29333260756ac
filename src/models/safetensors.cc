#include "models/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "base/json.h"
#include "base/text.h"

namespace codman::models {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr size_t kLengthBytes = 8;
constexpr std::string_view kMetadata = "__metadata__";

Error Refuse(std::string_view what) {
  return base::InvalidInput(format("the safetensors file is damaged: {}", what));
}

template <typename T>
std::vector<T> NumbersOf(std::string_view bytes) {
  std::vector<T> numbers(bytes.size() / sizeof(T));
  if (!numbers.empty()) std::memcpy(numbers.data(), bytes.data(), bytes.size());
  return numbers;
}

// A whole number from 0 to `max`.
Result<size_t> RequireCount(const Json& json, size_t max) {
  double value = json.AsDouble(-1);
  if (!(value >= 0 && value <= static_cast<double>(max)) ||
      value != static_cast<double>(static_cast<size_t>(value))) {
    return Refuse("a size or place is out of range");
  }
  return static_cast<size_t>(value);
}

// Takes the numbers that begin where the last tensor ended.
Result<Tensor> ReadTensor(const Json& entry, std::string_view data, size_t* end_of_last) {
  const std::string& type = entry["dtype"].AsString();
  if (type != "F32" && type != "F64") {
    return base::InvalidInput(
        format("tensors of type '{}' are not supported; F32 and F64 are", type));
  }
  Tensor tensor;
  size_t size = type == "F32" ? sizeof(float) : sizeof(double);
  for (const Json& extent : entry["shape"].items()) {
    size_t count = TRY(RequireCount(extent, data.size()));
    if (count > 0 && size > data.size() / count + 1) return Refuse("a shape exceeds the data");
    size *= count;
    tensor.shape.push_back(static_cast<int64_t>(count));
  }
  const auto& offsets = entry["data_offsets"].items();
  if (offsets.size() != 2) return Refuse("a tensor has no data_offsets");
  size_t begin = TRY(RequireCount(offsets[0], data.size()));
  size_t end = TRY(RequireCount(offsets[1], data.size()));
  if (begin != *end_of_last || end < begin) return Refuse("tensors overlap or leave a gap");
  if (end - begin != size) return Refuse("a tensor has another size than its shape");
  *end_of_last = end;
  if (type == "F32") {
    tensor.values = NumbersOf<float>(data.substr(begin, size));
  } else {
    tensor.values = NumbersOf<double>(data.substr(begin, size));
  }
  return tensor;
}

}  // namespace

std::string Safetensors::ToBytes() const {
  Json header = Json::Object(), texts = Json::Object();
  for (const auto& [name, text] : metadata) texts.Set(name, text);
  if (!metadata.empty()) header.Set(std::string(kMetadata), std::move(texts));
  std::string data;
  for (const auto& [name, tensor] : tensors) {
    auto begin = static_cast<int64_t>(data.size());
    bool floats = tensor.values.index() == 0;
    std::visit(
        [&](const auto& values) {
          data.append(reinterpret_cast<const char*>(values.data()),
                      values.size() * sizeof(values[0]));
        },
        tensor.values);
    Json shape = Json::Array(std::vector<Json>{});
    for (int64_t extent : tensor.shape) shape.Add(extent);
    Json entry;
    entry.Set("dtype", floats ? "F32" : "F64");
    entry.Set("shape", std::move(shape));
    entry.Set("data_offsets",
              Json::Array(std::vector<Json>{begin, static_cast<int64_t>(data.size())}));
    header.Set(name, std::move(entry));
  }
  std::string text = header.ToString();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  uint64_t length = text.size();
  std::string bytes(reinterpret_cast<const char*>(&length), kLengthBytes);
  return bytes + text + data;
}

Result<Safetensors> ReadSafetensors(std::string_view bytes) {
  uint64_t length = 0;
  if (bytes.size() < kLengthBytes) return Refuse("it has no header");
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > bytes.size() - kLengthBytes) return Refuse("it was cut off");
  Json header = TRY(base::ParseJson(bytes.substr(kLengthBytes, length)));
  if (!header.is_object()) return Refuse("its header is no object");
  std::string_view data = bytes.substr(kLengthBytes + length);
  auto place = [](const Json::Member& member) {
    const auto& offsets = member.second["data_offsets"].items();
    return offsets.empty() ? 0.0 : offsets[0].AsDouble();
  };
  std::stable_sort(header.members().begin(), header.members().end(),
                   [&](const auto& a, const auto& b) { return place(a) < place(b); });
  Safetensors file;
  size_t end_of_last = 0;
  for (const auto& [name, entry] : header.members()) {
    if (name == kMetadata) {
      for (const auto& [key, text] : entry.members()) file.metadata[key] = text.AsString();
      continue;
    }
    Tensor tensor =
        TRY(ReadTensor(entry, data, &end_of_last).While(format("reading tensor '{}'", name)));
    if (!file.tensors.emplace(name, std::move(tensor)).second)
      return Refuse("two tensors have the same name");
  }
  if (end_of_last != data.size()) return Refuse("there is data that no tensor names");
  return file;
}

}  // namespace codman::models
