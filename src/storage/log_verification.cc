// Reading a log without owning it.
#include <chrono>
#include <optional>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "storage/durable_log_internal.h"
#include "storage/log_segment_internal.h"

namespace codman::storage {
namespace {

// The end of a segment is no whole record: either it is just being written, then it soon becomes
// one, or the last record was altered or cut off.
Result<> AwaitWholeTail(const std::string& path, const SegmentScan& seen, bool chained) {
  for (int attempt = 0; attempt < 5; ++attempt) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    std::string bytes = TRY(base::ReadFile(path));
    SegmentScan now = TRY(ScanSegment(path, bytes, chained, {}));
    if (!now.torn || now.good_bytes > seen.good_bytes) return {};
  }
  return base::DataQuality(
      format("log segment {} ends at byte {} (record {}) in what is no whole record: it was "
             "altered, or a write was cut off, which the next start sets aside",
             path, seen.good_bytes, seen.next_seq));
}

}  // namespace

Result<std::vector<SegmentFile>> ListSegments(const std::string& folder) {
  std::vector<SegmentFile> segments;
  for (const auto& name : TRY(base::ListFolder(folder))) {
    if (!base::EndsWith(name, ".log")) continue;
    auto first = base::ParseInt(std::string_view(name).substr(0, name.size() - 4));
    if (first) segments.push_back({name, static_cast<uint64_t>(*first)});
  }
  return segments;
}

Result<uint64_t> VerifyLog(const std::string& folder, bool chained,
                           const std::function<Result<>(const LogRecord&)>& sink) {
  uint64_t records = 0;
  std::optional<SegmentScan> previous;
  for (const auto& segment : TRY(ListSegments(folder))) {
    std::string path = folder + "/" + segment.name;
    std::string bytes = TRY(base::ReadFile(path));
    SegmentScan scan = TRY(ScanSegment(path, bytes, chained, sink));
    if (scan.torn) TRY(AwaitWholeTail(path, scan, chained));
    if (previous && (scan.header.first_seq != previous->next_seq ||
                     scan.header.log_id != previous->header.log_id ||
                     (chained && scan.header.digest != previous->digest))) {
      return base::DataQuality(
          format("log segment {} does not continue the one before it (record {} expected)", path,
                 previous->next_seq));
    }
    records += scan.next_seq - scan.header.first_seq;
    previous = scan;
  }
  return records;
}

}  // namespace codman::storage
