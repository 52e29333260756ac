// The bytes of a log segment: encoding, scanning, damage. Private to the durable log.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "storage/durable_log.h"

namespace codman::storage {

// Segment header: magic 8 · log id 16 · first seq u64 · digest before the first record 32 · CRC-32C
// of all before u32.
constexpr std::string_view kMagic = "CDMLOG1\n";
constexpr size_t kSegmentHeaderBytes = 8 + 16 + 8 + 32 + 4;
constexpr size_t kRecordHeaderBytes = 4 + 4 + 8 + 8 + 4 + 4;
constexpr size_t kDigestBytes = 32;
constexpr uint32_t kMaxPayloadBytes = 128 << 20;

struct SegmentHeader {
  std::string log_id;  // 16 bytes
  uint64_t first_seq = 1;
  base::Digest digest{};
};
std::string EncodeSegmentHeader(const SegmentHeader& header);

// Appends the encoded record to `out` and advances `digest` where chained. A record that
// `begins_batch` is written only when all before it are durable.
void EncodeRecord(const LogRecord& record, bool chained, base::Digest* digest, std::string* out,
                  bool begins_batch = false);

struct SegmentScan {
  SegmentHeader header;
  uint64_t next_seq = 1;  // after the last good record
  base::Digest digest{};  // after the last good record
  int64_t last_time_us = 0;
  size_t good_bytes = 0;  // end of the last good record
  size_t used_bytes = 0;  // behind it stand only zeros: room for what is written next
  bool torn() const { return used_bytes > good_bytes; }  // a write cut off, which held no promise
};

// Walks `bytes` of one segment. Damage that is not a torn tail (a bad record followed by a good
// one, a wrong chain) is an error. The sectors of a write that was cut off may have reached the
// disk in any order: where whole ones are missing (zeros) and what stands behind is of the same
// batch, that is a torn tail too. `sink` may be empty. Records from `end` on are not looked at.
Result<SegmentScan> ScanSegment(const std::string& name, std::string_view bytes, bool chained,
                                const std::function<Result<>(const LogRecord&)>& sink,
                                uint64_t end = UINT64_MAX);

std::string SegmentName(uint64_t first_seq);

}  // namespace codman::storage
