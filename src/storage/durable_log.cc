#include "storage/durable_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "storage/disk_error_internal.h"
#include "storage/durable_log_internal.h"
#include "storage/log_segment_internal.h"

namespace codman::storage {
namespace {

// Threads take the time before they wait for their turn, so a little disorder is nothing.
constexpr uint64_t kOrdinaryDisorderUs = base::kSecondUs;
// As much is prepared ahead as was written since the log was opened, so that a log of few records
// stays small, and at most this; a batch that is a good part of it gains nothing.
constexpr int64_t kMostPreparedBytes = 1 << 20;
constexpr int64_t kLargeBatchBytes = kMostPreparedBytes / 8;

// Records appended and not yet written, and what a new segment that starts with them needs.
struct Batch {
  std::string bytes;
  uint64_t first_seq = 0;
  base::Digest digest_before{};
};

class FolderLog : public DurableLog {
 public:
  FolderLog(std::string folder, DurableLogOptions options, const LogDisk& disk)
      : folder_(std::move(folder)), options_(options), disk_(disk) {}
  ~FolderLog() override {
    if (fd_ >= 0) LeaveSegment();
  }

  Result<> Recover() {
    TRY(base::MakeFolders(folder_));
    segments_ = TRY(ListSegments(folder_));
    if (segments_.empty()) {
      id_ = base::RandomBytes(16);
      hex_id_ = base::ToHex(id_);
      return StartSegment(next_seq_, digest_);
    }
    const SegmentFile last = segments_.back();
    std::string path = folder_ + "/" + last.name;
    std::string bytes = TRY(base::ReadFile(path));
    if (bytes.size() < kSegmentHeaderBytes) return DropUnfinishedSegment(path);
    SegmentScan scan = TRY(ScanSegment(path, bytes, options_.chained, {}));
    if (scan.header.first_seq != last.first_seq) return WrongName(path);
    if (scan.torn()) TRY(SetTornTailAside(path, bytes, scan));
    id_ = scan.header.log_id;
    hex_id_ = base::ToHex(id_);
    next_seq_ = scan.next_seq;
    durable_seq_ = scan.next_seq - 1;
    digest_ = scan.digest;
    last_time_us_ = scan.last_time_us;
    if (scan.next_seq == last.first_seq) TRY(TakeTimeOfSegmentBefore());
    segment_bytes_ = static_cast<int64_t>(scan.good_bytes);
    // Zeros behind the last record are what a process that was killed had prepared.
    file_bytes_ = scan.torn() ? segment_bytes_ : static_cast<int64_t>(bytes.size());
    return OpenSegment(path);
  }

  Result<uint64_t> Append(std::string_view payload, int64_t time_us, uint32_t key_id,
                          bool sealed) override {
    if (payload.size() > kMaxPayloadBytes) {
      return base::InvalidInput(format("a log record may hold {} bytes at most", kMaxPayloadBytes));
    }
    std::lock_guard lock(mutex_);
    if (failed_) return *failed_;
    ReportStepBack(time_us);
    LogRecord record{next_seq_, time_us, key_id, sealed, {}, payload};
    const bool begins_batch = pending_.bytes.empty();
    if (begins_batch) {
      pending_.first_seq = next_seq_;
      pending_.digest_before = digest_;
    }
    EncodeRecord(record, options_.chained, &digest_, &pending_.bytes, begins_batch);
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
      const bool is_last = i + 1 == segments.size();
      if (!is_last && segments[i + 1].first_seq <= from) continue;
      const uint64_t end = is_last ? durable + 1 : segments[i + 1].first_seq;
      TRY(ReadSegment(segments[i], from, end, sink));
    }
    return {};
  }

  Result<> DropBefore(uint64_t seq) override {
    std::lock_guard lock(mutex_);
    while (segments_.size() > 1 && segments_[1].first_seq <= seq) {
      std::string path = folder_ + "/" + segments_.front().name;
      if (unlink(path.c_str()) != 0 && errno != ENOENT) return DiskError("write", path);
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
  static Error WrongName(const std::string& path) {
    return base::DataQuality(format(
        "log segment {} holds other records than its name says; restore it from a backup", path));
  }

  // Gives the records from `from` to before `end`, all of which are durable in this segment.
  Result<> ReadSegment(const SegmentFile& segment, uint64_t from, uint64_t end,
                       const std::function<Result<>(const LogRecord&)>& sink) const {
    const std::string path = folder_ + "/" + segment.name;
    auto bytes = base::ReadFile(path);
    if (!bytes.ok() && segment.first_seq < first_seq()) return {};  // dropped since we began
    auto filtered = [&](const LogRecord& record) -> Result<> {
      return record.seq < from ? Result<>() : sink(record);
    };
    SegmentScan scan =
        TRY(ScanSegment(path, TRY(std::move(bytes)), options_.chained, filtered, end));
    if (scan.header.first_seq != segment.first_seq) return WrongName(path);
    if (scan.next_seq >= end) return {};
    return base::DataQuality(
        format("log segment {} is damaged at byte {} (record {}): records up to {} were written; "
               "restore it from a backup",
               path, scan.good_bytes, scan.next_seq, end - 1));
  }

  // Records are ordered by number, their times are the clock's: whoever reads times must know.
  void ReportStepBack(int64_t time_us) const {
    if (time_us >= last_time_us_) return;
    const uint64_t step_us = static_cast<uint64_t>(last_time_us_) - static_cast<uint64_t>(time_us);
    if (step_us <= kOrdinaryDisorderUs) return;
    base::Log(base::LogLevel::kWarning, "storage",
              "the clock went back: records are in order of their numbers, not of their times",
              Json::Object({{"log", folder_},
                            {"seq", next_seq_},
                            {"seconds_back", static_cast<double>(step_us) / 1e6}}));
  }

  Result<> TakeTimeOfSegmentBefore() {
    if (segments_.size() < 2) return {};
    const std::string path = folder_ + "/" + segments_[segments_.size() - 2].name;
    const std::string bytes = TRY(base::ReadFile(path));
    last_time_us_ = TRY(ScanSegment(path, bytes, options_.chained, {})).last_time_us;
    return {};
  }

  // A segment whose header never became durable holds no acknowledged record.
  Result<> DropUnfinishedSegment(const std::string& path) {
    if (unlink(path.c_str()) != 0) return DiskError("write", path);
    return Recover();
  }

  static Result<> SetTornTailAside(const std::string& path, std::string_view bytes,
                                   const SegmentScan& scan) {
    std::string aside = path + ".torn";
    for (int i = 2; base::FileExists(aside); ++i) aside = format("{}.torn.{}", path, i);
    TRY(base::WriteFileAtomically(
        aside, bytes.substr(scan.good_bytes, scan.used_bytes - scan.good_bytes)));
    int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return DiskError("write", path);
    bool cut = ftruncate(fd, static_cast<off_t>(scan.good_bytes)) == 0 && fsync(fd) == 0;
    close(fd);
    if (!cut) return DiskError("write", path);
    return {};
  }

  // `mutex_` is held, or no other thread knows the log yet.
  Result<> StartSegment(uint64_t first_seq, const base::Digest& digest_before) {
    std::string path = folder_ + "/" + SegmentName(first_seq);
    TRY(base::WriteFileAtomically(path, EncodeSegmentHeader({id_, first_seq, digest_before})));
    if (fd_ >= 0) LeaveSegment();
    segment_bytes_ = file_bytes_ = kSegmentHeaderBytes;
    segments_.push_back({SegmentName(first_seq), first_seq});
    return OpenSegment(path);
  }

  Result<> OpenSegment(const std::string& path) {
    fd_ = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd_ < 0) return DiskError("write", path);
    return {};
  }

  // What is durable and seldom read again gives its pages back: the next segment takes them, warm,
  // instead of pushing other things out of memory.
  void LeaveSegment() {
    if (file_bytes_ > segment_bytes_ && ftruncate(fd_, static_cast<off_t>(segment_bytes_)) != 0) {
      base::Log(base::LogLevel::kWarning, "storage", "a log segment keeps its unused room",
                Json::Object({{"log", folder_}}));
    }
    posix_fadvise(fd_, 0, 0, POSIX_FADV_DONTNEED);
    close(fd_);
    fd_ = -1;
  }

  Result<> WriteBatch(const Batch& batch) {
    if (segment_bytes_ >= options_.segment_bytes) {
      std::lock_guard lock(mutex_);
      TRY(StartSegment(batch.first_seq, batch.digest_before));
    }
    if (auto written = WriteAt(segment_bytes_, batch.bytes); !written.ok())
      return CutOff(std::move(written));
    const auto bytes = static_cast<int64_t>(batch.bytes.size());
    if (segment_bytes_ + bytes > file_bytes_) PrepareRoom(segment_bytes_ + bytes, bytes);
    if (disk_.sync(fd_) != 0) return DiskError("sync", folder_);
    segment_bytes_ += bytes;
    written_bytes_ += bytes;
    return {};
  }

  // Zeros behind what was just written: the next batches change them and not the file's size, which
  // the file system would have to make durable too. Where there is no space for them, none are
  // needed.
  void PrepareRoom(int64_t end, int64_t batch_bytes) {
    file_bytes_ = end;
    if (batch_bytes > kLargeBatchBytes) return;
    const std::string zeros(static_cast<size_t>(std::min(written_bytes_, kMostPreparedBytes)), 0);
    const ssize_t written = pwrite(fd_, zeros.data(), zeros.size(), end);
    if (written > 0) file_bytes_ += written;
  }

  Result<> WriteAt(int64_t offset, std::string_view rest) {
    while (!rest.empty()) {
      ssize_t written = disk_.write(fd_, rest.data(), rest.size(), offset);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return DiskError("write", folder_);
      offset += written;
      rest.remove_prefix(static_cast<size_t>(written));
    }
    return {};
  }

  // Takes away what got written of a batch that did not fit: nobody was promised it, and the next
  // start needs no space to set it aside.
  Result<> CutOff(Result<> failed) {
    if (ftruncate(fd_, static_cast<off_t>(segment_bytes_)) != 0)
      return std::move(failed).While("cutting off a part of a record");
    return failed;
  }

  const std::string folder_;
  const DurableLogOptions options_;
  const LogDisk disk_;
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
  int64_t segment_bytes_ = 0;  // used of it
  int64_t file_bytes_ = 0;     // with what is prepared
  int64_t written_bytes_ = 0;  // since the log was opened
};

}  // namespace

Result<std::unique_ptr<DurableLog>> DurableLog::Open(const std::string& folder,
                                                     DurableLogOptions options) {
  return OpenDurableLog(folder, options, {});
}

Result<std::unique_ptr<DurableLog>> OpenDurableLog(const std::string& folder,
                                                   DurableLogOptions options, const LogDisk& disk) {
  auto log = std::make_unique<FolderLog>(folder, options, disk);
  TRY(log->Recover().While("opening the log " + folder));
  return std::unique_ptr<DurableLog>(std::move(log));
}

}  // namespace codman::storage
