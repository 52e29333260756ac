// Any bytes in pieces of any lengths: the records are those of the bytes in one piece.
//
// Input: one byte of flags (1 quoted), one byte for the lengths of the pieces, and the bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/record_splitter.h"

namespace codman::ingest {
namespace {

// Pieces of 1 to 16 bytes in an order that `seed` tells; 0: one piece.
std::vector<std::string> Split(bool quoted, std::string_view bytes, uint8_t seed) {
  RecordSplitter splitter(quoted);
  std::vector<std::string> records;
  auto sink = [&](std::string_view record) -> Result<> {
    records.emplace_back(record);
    return {};
  };
  uint32_t state = seed;
  while (!bytes.empty()) {
    state = state * 1664525 + 1013904223;
    size_t piece = seed == 0 ? bytes.size() : std::min<size_t>(bytes.size(), 1 + (state >> 28));
    if (!splitter.Add(bytes.substr(0, piece), sink).ok()) std::abort();
    bytes.remove_prefix(piece);
  }
  if (!splitter.Finish(sink).ok()) std::abort();
  return records;
}

}  // namespace
}  // namespace codman::ingest

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data + 2), size - 2);
  bool quoted = (data[0] & 1) != 0;
  auto whole = codman::ingest::Split(quoted, bytes, 0);
  if (codman::ingest::Split(quoted, bytes, static_cast<uint8_t>(data[1] | 1)) != whole)
    std::abort();
  for (const auto& record : whole) {
    if (record.empty() || (!quoted && record.find('\n') != std::string::npos)) std::abort();
  }
  return 0;
}
