#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "storage/log_segment_internal.h"

namespace codman::storage {
namespace {

constexpr uint32_t kSealed = 1, kBeginsBatch = 2;  // flags
constexpr size_t kSectorBytes = 512;               // what a disk writes whole or not at all

template <typename T>
void Put(std::string* out, T value) {
  out->append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
T Get(std::string_view bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::string_view View(const base::Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

base::Digest ChainOf(const base::Digest& previous, std::string_view header,
                     std::string_view payload) {
  thread_local base::Sha256 sha;  // setting one up costs as much as a short digest
  return sha.Add(View(previous)).Add(header).Add(payload).Finish();
}

size_t RecordBytes(uint32_t payload, bool chained) {
  return kRecordHeaderBytes + (chained ? kDigestBytes : 0) + payload;
}

// A whole record with a right CRC stands at `at`; fills `record`.
bool RecordAt(std::string_view bytes, size_t at, bool chained, LogRecord* record) {
  if (bytes.size() - at < kRecordHeaderBytes) return false;
  auto payload_bytes = Get<uint32_t>(bytes, at);
  if (payload_bytes > kMaxPayloadBytes) return false;
  size_t whole = RecordBytes(payload_bytes, chained);
  if (bytes.size() - at < whole) return false;
  if (base::Crc32c(bytes.substr(at + 8, whole - 8)) != Get<uint32_t>(bytes, at + 4)) return false;
  record->seq = Get<uint64_t>(bytes, at + 8);
  record->time_us = Get<int64_t>(bytes, at + 16);
  record->key_id = Get<uint32_t>(bytes, at + 24);
  record->sealed = (Get<uint32_t>(bytes, at + 28) & kSealed) != 0;
  if (chained)
    std::memcpy(record->digest.data(), bytes.data() + at + kRecordHeaderBytes, kDigestBytes);
  record->payload = bytes.substr(at + whole - payload_bytes, payload_bytes);
  return true;
}

bool BeginsBatch(std::string_view bytes, size_t at) {
  return (Get<uint32_t>(bytes, at + 28) & kBeginsBatch) != 0;
}

// A sector between `begin` and `end`, or what of it is behind `begin`, is zeros.
bool LacksSector(std::string_view bytes, size_t begin, size_t end) {
  while (begin < end) {
    const size_t sector_end = (begin / kSectorBytes + 1) * kSectorBytes;
    if (bytes.substr(begin, sector_end - begin).find_first_not_of('\0') == bytes.npos) return true;
    begin = sector_end;
  }
  return false;
}

// Whether the bad place at `bad` lies in what was durable. A torn write leaves no whole record with
// a plausible number behind it, or only some of its own batch and a hole where its sectors lack.
bool IsDamage(std::string_view bytes, size_t bad, bool chained, uint64_t next_seq) {
  size_t first_good = 0;
  for (size_t at = bad + 1; at + kRecordHeaderBytes <= bytes.size(); ++at) {
    const auto seq = Get<uint64_t>(bytes, at + 8);
    if (seq <= next_seq || seq > next_seq + bytes.size()) continue;
    LogRecord record;
    if (!RecordAt(bytes, at, chained, &record)) continue;
    if (BeginsBatch(bytes, at)) return true;
    if (first_good == 0) first_good = at;
  }
  return first_good > 0 && !LacksSector(bytes, bad, first_good);
}

Result<SegmentHeader> ReadSegmentHeader(const std::string& name, std::string_view bytes) {
  if (bytes.size() < kSegmentHeaderBytes || bytes.substr(0, 8) != kMagic ||
      base::Crc32c(bytes.substr(0, kSegmentHeaderBytes - 4)) !=
          Get<uint32_t>(bytes, kSegmentHeaderBytes - 4)) {
    return base::DataQuality(
        format("log segment {} has a damaged header; restore it from a backup", name));
  }
  SegmentHeader header;
  header.log_id = bytes.substr(8, 16);
  header.first_seq = Get<uint64_t>(bytes, 24);
  std::memcpy(header.digest.data(), bytes.data() + 32, kDigestBytes);
  return header;
}

// The first record is whole if read as if `chained` were the other way round. (Its CRC does not
// cover its length: a chained one whose length grew by a digest's 32 reads so too, but is damaged.)
bool WrittenOtherwise(std::string_view bytes, bool chained, const base::Digest& before) {
  const size_t at = kSegmentHeaderBytes;
  LogRecord record;
  if (!RecordAt(bytes, at, !chained, &record)) return false;
  const std::string_view header = bytes.substr(at + 8, kRecordHeaderBytes - 8);
  if (!chained) return record.digest == ChainOf(before, header, record.payload);
  if (record.payload.size() < kDigestBytes) return true;
  return record.payload.substr(0, kDigestBytes) !=
         View(ChainOf(before, header, record.payload.substr(kDigestBytes)));
}

}  // namespace

std::string SegmentName(uint64_t first_seq) { return format("{:020}.log", first_seq); }

std::string EncodeSegmentHeader(const SegmentHeader& header) {
  std::string bytes(kMagic);
  bytes += header.log_id;
  Put(&bytes, header.first_seq);
  bytes += View(header.digest);
  Put(&bytes, base::Crc32c(bytes));
  return bytes;
}

void EncodeRecord(const LogRecord& record, bool chained, base::Digest* digest, std::string* out,
                  bool begins_batch) {
  Put(out, static_cast<uint32_t>(record.payload.size()));
  const size_t crc_at = out->size();
  Put(out, uint32_t{0});
  const size_t body_at = out->size();
  Put(out, record.seq);
  Put(out, record.time_us);
  Put(out, record.key_id);
  Put(out, (record.sealed ? kSealed : 0) | (begins_batch ? kBeginsBatch : 0));
  if (chained) {
    *digest = ChainOf(*digest, std::string_view(*out).substr(body_at), record.payload);
    *out += View(*digest);
  }
  *out += record.payload;
  const uint32_t crc = base::Crc32c(std::string_view(*out).substr(body_at));
  std::memcpy(out->data() + crc_at, &crc, sizeof crc);
}

Result<SegmentScan> ScanSegment(const std::string& name, std::string_view bytes, bool chained,
                                const std::function<Result<>(const LogRecord&)>& sink,
                                uint64_t end) {
  SegmentScan scan;
  scan.header = TRY(ReadSegmentHeader(name, bytes));
  scan.next_seq = scan.header.first_seq;
  scan.digest = scan.header.digest;
  scan.good_bytes = kSegmentHeaderBytes;
  scan.used_bytes = std::max(kSegmentHeaderBytes, bytes.find_last_not_of('\0') + 1);
  while (scan.good_bytes < scan.used_bytes && scan.next_seq < end) {
    LogRecord record;
    size_t at = scan.good_bytes;
    auto damaged = [&](const char* what) {
      return base::DataQuality(
          format("log segment {} is damaged at byte {} (record {}): {}; restore it from a backup",
                 name, at, scan.next_seq, what));
    };
    if (!RecordAt(bytes, at, chained, &record)) {
      // Read the wrong way, a whole log would look like one torn record and be cut off.
      if (at == kSegmentHeaderBytes && WrittenOtherwise(bytes, chained, scan.digest)) {
        return base::InvalidInput(
            format("log segment {} was written {} a chain of digests; open it so", name,
                   chained ? "without" : "with"));
      }
      if (IsDamage(bytes, at, chained, scan.next_seq))
        return damaged("the checksum does not match");
      return scan;
    }
    if (record.seq != scan.next_seq) return damaged("a record is missing or out of order");
    if (chained) {
      auto expected =
          ChainOf(scan.digest, bytes.substr(at + 8, kRecordHeaderBytes - 8), record.payload);
      if (expected != record.digest) return damaged("the chain is broken");
      scan.digest = expected;
    }
    if (sink) TRY(sink(record));
    scan.next_seq = record.seq + 1;
    scan.last_time_us = record.time_us;
    scan.good_bytes += RecordBytes(static_cast<uint32_t>(record.payload.size()), chained);
    // A payload may end in zeros.
    scan.used_bytes = std::max(scan.used_bytes, scan.good_bytes);
  }
  return scan;
}

}  // namespace codman::storage
