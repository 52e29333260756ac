#include "storage/durable_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "storage/log_segment_internal.h"

namespace codman::storage {
namespace {

struct SegmentFile {
  std::string name;
  uint64_t first_seq = 0;
};

Result<std::vector<SegmentFile>> ListSegments(const std::string& folder) {
  std::vector<SegmentFile> segments;
  for (const auto& name : TRY(base::ListFolder(folder))) {
    if (!base::EndsWith(name, ".log")) continue;
    auto first = base::ParseInt(std::string_view(name).substr(0, name.size() - 4));
    if (first) segments.push_back({name, static_cast<uint64_t>(*first)});
  }
  return segments;
}

Error WriteError(const std::string& path) {
  return base::Unavailable(
      format("cannot write {}: {}; free some space or mend the disk, then start again", path,
             std::strerror(errno)));
}

// Records appended and not yet written, and what a new segment that starts with them needs.
struct Batch {
  std::string bytes;
  uint64_t first_seq = 0;
  base::Digest digest_before{};
};

class FolderLog : public DurableLog {
 public:
  FolderLog(std::string folder, DurableLogOptions options)
      : folder_(std::move(folder)), options_(options) {}
  ~FolderLog() override {
    if (fd_ >= 0) close(fd_);
  }

  Result<> Recover() {
    TRY(base::MakeFolders(folder_));
    segments_ = TRY(ListSegments(folder_));
    if (segments_.empty()) {
      id_ = base::RandomBytes(16);
      hex_id_ = base::ToHex(id_);
      return StartSegment(next_seq_, digest_);
    }
    const SegmentFile& last = segments_.back();
    std::string path = folder_ + "/" + last.name;
    std::string bytes = TRY(base::ReadFile(path));
    if (bytes.size() < kSegmentHeaderBytes) return DropUnfinishedSegment(path);
    SegmentScan scan = TRY(ScanSegment(path, bytes, options_.chained, {}));
    if (scan.torn) TRY(SetTornTailAside(path, bytes, scan.good_bytes));
    id_ = scan.header.log_id;
    hex_id_ = base::ToHex(id_);
    next_seq_ = scan.next_seq;
    durable_seq_ = scan.next_seq - 1;
    digest_ = scan.digest;
    last_time_us_ = scan.last_time_us;
    segment_bytes_ = static_cast<int64_t>(scan.good_bytes);
    fd_ = open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd_ < 0) return WriteError(path);
    return {};
  }

  Result<uint64_t> Append(std::string_view payload, int64_t time_us, uint32_t key_id,
                          bool sealed) override {
    if (payload.size() > kMaxPayloadBytes) {
      return base::InvalidInput(format("a log record may hold {} bytes at most", kMaxPayloadBytes));
    }
    std::lock_guard lock(mutex_);
    LogRecord record{next_seq_, time_us, key_id, sealed, {}, payload};
    if (pending_.bytes.empty()) {
      pending_.first_seq = next_seq_;
      pending_.digest_before = digest_;
    }
    EncodeRecord(record, options_.chained, &digest_, &pending_.bytes);
    last_time_us_ = time_us;
    return next_seq_++;
  }

  Result<> Sync(uint64_t seq) override {
    std::unique_lock lock(mutex_);
    while (durable_seq_ < seq) {
      if (failed_) return *failed_;
      if (seq >= next_seq_) return base::Internal(format("record {} was never appended", seq));
      if (writing_) {
        written_.wait(lock);
        continue;
      }
      // This thread leads: it writes for all who appended before it, without holding the lock.
      writing_ = true;
      Batch batch = std::exchange(pending_, {});
      uint64_t last = next_seq_ - 1;
      lock.unlock();
      Result<> done = WriteBatch(batch);
      lock.lock();
      writing_ = false;
      if (done.ok())
        durable_seq_ = last;
      else
        failed_ = done.error();
      written_.notify_all();
    }
    return {};
  }

  Result<> Read(uint64_t from,
                const std::function<Result<>(const LogRecord&)>& sink) const override {
    std::vector<SegmentFile> segments;
    uint64_t durable = 0;
    {
      std::lock_guard lock(mutex_);
      segments = segments_;
      durable = durable_seq_;
    }
    for (size_t i = 0; i < segments.size(); ++i) {
      if (i + 1 < segments.size() && segments[i + 1].first_seq <= from) continue;
      std::string bytes = TRY(base::ReadFile(folder_ + "/" + segments[i].name));
      auto filtered = [&](const LogRecord& record) -> Result<> {
        if (record.seq < from || record.seq > durable) return {};
        return sink(record);
      };
      TRY(ScanSegment(folder_ + "/" + segments[i].name, bytes, options_.chained, filtered));
    }
    return {};
  }

  Result<> DropBefore(uint64_t seq) override {
    std::lock_guard lock(mutex_);
    while (segments_.size() > 1 && segments_[1].first_seq <= seq) {
      std::string path = folder_ + "/" + segments_.front().name;
      if (unlink(path.c_str()) != 0 && errno != ENOENT) return WriteError(path);
      segments_.erase(segments_.begin());
    }
    return base::SyncFolder(folder_);
  }

  uint64_t next_seq() const override {
    std::lock_guard lock(mutex_);
    return next_seq_;
  }
  uint64_t first_seq() const override {
    std::lock_guard lock(mutex_);
    return segments_.front().first_seq;
  }
  const std::string& id() const override { return hex_id_; }
  int64_t last_time_us() const override {
    std::lock_guard lock(mutex_);
    return last_time_us_;
  }

 private:
  // A segment whose header never became durable holds no acknowledged record.
  Result<> DropUnfinishedSegment(const std::string& path) {
    if (unlink(path.c_str()) != 0) return WriteError(path);
    return Recover();
  }

  static Result<> SetTornTailAside(const std::string& path, const std::string& bytes,
                                   size_t good_bytes) {
    TRY(base::WriteFileAtomically(path + ".torn", std::string_view(bytes).substr(good_bytes)));
    int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return WriteError(path);
    bool cut = ftruncate(fd, static_cast<off_t>(good_bytes)) == 0 && fsync(fd) == 0;
    close(fd);
    if (!cut) return WriteError(path);
    return {};
  }

  // `mutex_` is held, or no other thread knows the log yet.
  Result<> StartSegment(uint64_t first_seq, const base::Digest& digest_before) {
    std::string path = folder_ + "/" + SegmentName(first_seq);
    TRY(base::WriteFileAtomically(path, EncodeSegmentHeader({id_, first_seq, digest_before})));
    if (fd_ >= 0) close(fd_);
    fd_ = open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd_ < 0) return WriteError(path);
    segment_bytes_ = kSegmentHeaderBytes;
    segments_.push_back({SegmentName(first_seq), first_seq});
    return {};
  }

  Result<> WriteBatch(const Batch& batch) {
    if (segment_bytes_ >= options_.segment_bytes) {
      std::lock_guard lock(mutex_);
      TRY(StartSegment(batch.first_seq, batch.digest_before));
    }
    std::string_view rest = batch.bytes;
    while (!rest.empty()) {
      ssize_t written = write(fd_, rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return WriteError(folder_);
      rest.remove_prefix(static_cast<size_t>(written));
    }
    if (fdatasync(fd_) != 0) return WriteError(folder_);
    segment_bytes_ += static_cast<int64_t>(batch.bytes.size());
    return {};
  }

  const std::string folder_;
  const DurableLogOptions options_;
  std::string id_, hex_id_;
  mutable std::mutex mutex_;
  std::condition_variable written_;
  bool writing_ = false;
  std::optional<Error> failed_;
  Batch pending_;  // appended, not yet written
  uint64_t next_seq_ = 1, durable_seq_ = 0;
  base::Digest digest_{};  // after the last appended record
  int64_t last_time_us_ = 0;
  std::vector<SegmentFile> segments_;
  // Touched by the leading thread only:
  int fd_ = -1;
  int64_t segment_bytes_ = 0;
};

}  // namespace

Result<std::unique_ptr<DurableLog>> DurableLog::Open(const std::string& folder,
                                                     DurableLogOptions options) {
  auto log = std::make_unique<FolderLog>(folder, options);
  TRY(log->Recover().While("opening the log " + folder));
  return std::unique_ptr<DurableLog>(std::move(log));
}

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
