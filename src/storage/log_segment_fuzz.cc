// A segment of records with arbitrary damage, or arbitrary bytes: the scan ends, gives only records
// in order that are whole, and those before the damage as they were written.
//
// Input: one byte of flags (1 chained, 2 arbitrary bytes behind a good header, 4 arbitrary bytes
// altogether), two bytes where the damage is, one byte what is done there, and the payloads or
// bytes.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "storage/log_segment_internal.h"

namespace codman::storage {
namespace {

struct Written {
  std::string bytes;
  std::vector<std::string> payloads;
  std::vector<size_t> ends;
};

// The payloads are the pieces of `text` between bytes 0xff.
Written Write(std::string_view text, bool chained) {
  Written written;
  base::Digest digest{};
  written.bytes = EncodeSegmentHeader({std::string(16, 'f'), 1, digest});
  while (written.payloads.size() < 64) {
    const size_t end = std::min(text.find('\xff'), text.size());
    const std::string payload(text.substr(0, end));
    EncodeRecord({written.payloads.size() + 1, 1, 0, false, {}, payload}, chained, &digest,
                 &written.bytes);
    written.payloads.push_back(payload);
    written.ends.push_back(written.bytes.size());
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  return written;
}

// Whatever the bytes: records follow each other, the good part reads alone and whole.
std::vector<std::string> Scan(std::string_view bytes, bool chained) {
  std::vector<std::string> payloads;
  uint64_t first = 0, last = 0;
  const auto sink = [&](const LogRecord& record) -> Result<> {
    if (payloads.empty()) first = record.seq;
    CHECK(payloads.empty() || record.seq == last + 1);
    CHECK(record.payload.empty() ||
          (record.payload.data() >= bytes.data() &&
           record.payload.data() + record.payload.size() <= bytes.data() + bytes.size()));
    last = record.seq;
    payloads.emplace_back(record.payload);
    return {};
  };
  auto scan = ScanSegment("fuzz.log", bytes, chained, sink);
  if (!scan.ok()) return payloads;
  CHECK(scan->good_bytes <= bytes.size() && scan->good_bytes <= scan->used_bytes &&
        bytes.find_first_not_of('\0', scan->used_bytes) == bytes.npos);
  CHECK(payloads.empty() || (first == scan->header.first_seq && scan->next_seq == last + 1));
  auto again = ScanSegment("fuzz.log", bytes.substr(0, scan->good_bytes), chained, {});
  CHECK(again.ok() && !again->torn() && again->next_seq == scan->next_seq);
  CHECK(again->digest == scan->digest && again->last_time_us == scan->last_time_us);
  return payloads;
}

// Flips bits of one byte, cuts, or removes, doubles or zeroes a stretch. Gives where it begins.
size_t Damage(std::string* bytes, size_t where, uint8_t how) {
  const size_t at = where % bytes->size();
  const size_t count = std::min<size_t>(1 + how / 8, bytes->size() - at);
  switch (how % 8) {
    case 0:
      bytes->resize(at);
      break;
    case 1:
      bytes->erase(at, count);
      break;
    case 2:
      bytes->insert(at, bytes->substr(at, count));
      break;
    case 3:
      std::fill_n(bytes->begin() + static_cast<ptrdiff_t>(at), count, '\0');
      break;
    default:
      (*bytes)[at] = static_cast<char>((*bytes)[at] ^ (how | 1));
  }
  return at;
}

}  // namespace
}  // namespace codman::storage

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace codman::storage;  // NOLINT: a fuzz target has one function
  if (size < 4) return 0;
  const bool chained = (data[0] & 1) != 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 4), size - 4);
  if ((data[0] & 6) != 0) {
    const std::string header = EncodeSegmentHeader({std::string(16, 'f'), 1, {}});
    Scan((data[0] & 4) != 0 ? std::string(text) : header + std::string(text), chained);
    return 0;
  }
  Written written = Write(text, chained);
  CHECK(Scan(written.bytes, chained) == written.payloads);
  std::string damaged = written.bytes;
  Damage(&damaged, data[1] * 256u + data[2], data[3]);
  const auto differs =
      std::mismatch(damaged.begin(), damaged.end(), written.bytes.begin(), written.bytes.end());
  const auto same = static_cast<size_t>(differs.first - damaged.begin());
  const std::vector<std::string> read = Scan(damaged, chained);
  const auto whole = static_cast<size_t>(
      std::upper_bound(written.ends.begin(), written.ends.end(), same) - written.ends.begin());
  CHECK(read.size() >= whole && read.size() <= written.payloads.size());
  // Chained or not, no record may be given that was not written in its place.
  CHECK(std::equal(read.begin(), read.end(), written.payloads.begin()));
  return 0;
}
