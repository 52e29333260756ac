#include "models/safetensors.h"

#include <gtest/gtest.h>

#include <random>

#include "base/text.h"

namespace codman::models {
namespace {

// By hand, after the format section of the safetensors README: length, header, numbers.
std::string Sample(const std::string& header, const std::string& data) {
  uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + data;
}

const std::string kOneAndMinusTwo("\x00\x00\x80\x3f\x00\x00\x00\xc0", 8);  // float32

TEST(Safetensors, ReadsAFileWrittenByHand) {
  auto file = ReadSafetensors(
      Sample(R"({"__metadata__":{"k":"v"},"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}})",
             kOneAndMinusTwo));
  ASSERT_TRUE(file.ok()) << file.error().ToString();
  EXPECT_EQ(file->metadata.at("k"), "v");
  const Tensor& tensor = file->tensors.at("w");
  EXPECT_EQ(tensor.shape, (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(std::get<0>(tensor.values), (std::vector<float>{1, -2}));
}

TEST(Safetensors, WritesWhatItReadsBitByBit) {
  Safetensors file;
  file.metadata["codman"] = R"({"a": "°"})";
  file.tensors["b"] = {{2, 2}, std::vector<float>{1.5f, -0.0f, 1e-45f, 3e38f}};
  file.tensors["a"] = {{3}, std::vector<double>{0.1, -1e300, 5e-324}};
  file.tensors["empty"] = {{0}, std::vector<float>{}};
  std::string bytes = file.ToBytes();
  auto again = ReadSafetensors(bytes);
  ASSERT_TRUE(again.ok()) << again.error().ToString();
  EXPECT_EQ(again->ToBytes(), bytes);
  EXPECT_EQ(again->tensors.at("a").values, file.tensors["a"].values);
  EXPECT_EQ(again->metadata, file.metadata);
}

TEST(Safetensors, RefusesByName) {
  auto tensor = [](const char* type, const char* shape, const char* offsets) {
    return Sample(
        format(R"({{"w":{{"dtype":"{}","shape":{},"data_offsets":{}}}}})", type, shape, offsets),
        kOneAndMinusTwo);
  };
  const std::pair<std::string, const char*> cases[] = {
      {"", "header"},
      {std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10), "cut off"},
      {Sample("[]", ""), "no object"},
      {tensor("F16", "[4]", "[0,8]"), "F16"},
      {tensor("F32", "[3]", "[0,8]"), "shape"},
      {tensor("F32", "[1]", "[0,4]"), "no tensor names"},
      {tensor("F32", "[1]", "[4,8]"), "gap"},
      {tensor("F32", "[2]", "[0,16]"), "out of range"},
      {tensor("F32", "[-2]", "[0,8]"), "out of range"},
      {tensor("F32", "[1e300,2]", "[0,8]"), "out of range"},
      {tensor("F32", "[8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8,8]", "[0,8]"), "exceeds"},
      {tensor("F32", "[2]", "[8,0]"), "overlap"},
      {tensor("F32", "[2]", "[0]"), "data_offsets"},
  };
  for (const auto& [bytes, word] : cases) {
    auto file = ReadSafetensors(bytes);
    ASSERT_FALSE(file.ok()) << word;
    EXPECT_NE(file.error().ToString().find(word), std::string::npos) << file.error().ToString();
  }
}

TEST(Safetensors, DamagedBytesNeverCrash) {
  Safetensors file;
  file.tensors["a"] = {{2, 3}, std::vector<float>(6, 1)};
  file.tensors["b"] = {{4}, std::vector<double>(4, 2)};
  std::string sample = file.ToBytes();
  std::mt19937 random(1);
  for (int round = 0; round < 5000; ++round) {
    std::string bytes = sample.substr(0, sample.size() - (round % 7 == 0 ? random() % 40 : 0));
    char& byte = bytes[random() % bytes.size()];
    bool digit = byte >= '0' && byte <= '9';
    byte = static_cast<char>(digit ? '0' + random() % 10 : random() % 256);
    auto damaged = ReadSafetensors(bytes);
    EXPECT_LE(damaged.ok() ? damaged->tensors.size() : 0, 2u);
  }
}

}  // namespace
}  // namespace codman::models
