// The sealed part of a journalled prediction. Little endian: u8 1 · u8 alert · f64 risk · six texts
// (id, task, variant, version, band, manifest SHA-256), each u16 bytes · text · the vector's u32
// size and u32 number of values that are not NaN, each u32 place · f64 · u32 bytes · the answer.
//
// Journals written before this form hold JSON: {"answer", "vector", "model_manifest"}. Both are
// read.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "serving/journal.h"

namespace codman::serving {

void EncodePayload(const JournalRecord& record, std::string* out);

// What the index keeps of a payload, without seq; reads no further than it must.
Result<PredictionRow> RowOf(std::string_view payload, int64_t time_us);

// {"answer", "vector", "model_manifest"} and the answer's bytes.
struct DecodedPayload {
  std::string id;
  std::string answer;
  Json document;
};
Result<DecodedPayload> DecodePayload(std::string_view payload);

}  // namespace codman::serving
