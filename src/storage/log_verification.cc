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

// Scans a segment that may be written at this moment: what looks torn or damaged at its end is
// looked at again, a write in progress soon becomes whole. Otherwise the last record was altered or
// cut off.
Result<SegmentScan> ScanGrowing(const std::string& path, bool chained,
                                const std::function<Result<>(const LogRecord&)>& sink) {
  uint64_t given = 0;
  bool refused = false;
  auto once = [&](const LogRecord& record) -> Result<> {
    if (record.seq <= given || !sink) return {};
    given = record.seq;
    Result<> taken = sink(record);
    refused = !taken.ok();
    return taken;
  };
  Result<SegmentScan> scan = base::Internal("not read");
  for (int attempt = 0; attempt < 6; ++attempt) {
    if (attempt > 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    scan = ScanSegment(path, TRY(base::ReadFile(path)), chained, once);
    if (refused || (scan.ok() && !scan->torn())) return scan;
  }
  if (!scan.ok()) return scan;
  return base::DataQuality(
      format("log segment {} ends at byte {} (record {}) in what is no whole record: it was "
             "altered, or a write was cut off, which the next start sets aside",
             path, scan->good_bytes, scan->next_seq));
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
    SegmentScan scan = TRY(ScanGrowing(path, chained, sink));
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
