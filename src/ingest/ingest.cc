#include "ingest/ingest.h"

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/text.h"
#include "events/normalizer.h"
#include "ingest/record_splitter.h"
#include "lakehouse/delivery.h"
#include "storage/archive_reader.h"

namespace codman::ingest {
namespace {

constexpr size_t kBytesPerDelivery = 1 << 20;
constexpr int64_t kBytesPerSync = 8 << 20;
constexpr int64_t kBytesPerFlush = 96 << 20;

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

const events::FeedMapping* FeedOf(const events::SourceMapping& source, const std::string& member) {
  for (const auto& mapped : source.feeds) {
    if (fnmatch(mapped.pattern.c_str(), BaseName(member).c_str(), 0) == 0) return &mapped;
  }
  return nullptr;
}

// Appends to the log and bounds what waits: in memory for an fsync, and in the log for bronze.
class LogAppender {
 public:
  LogAppender(storage::DurableLog* log, lakehouse::BronzeWriter* bronze)
      : log_(log), bronze_(bronze) {}

  // `rows`: those of the delivery, encoded.
  Result<> Append(const lakehouse::Delivery& delivery, std::string_view rows = {}) {
    std::string bytes = lakehouse::EncodeDelivery(delivery, rows);
    uint64_t seq = TRY(log_->Append(bytes, base::NowUs()));
    unsynced_ += static_cast<int64_t>(bytes.size());
    unflushed_ += static_cast<int64_t>(bytes.size());
    if (unsynced_ < kBytesPerSync) return {};
    TRY(log_->Sync(seq));
    unsynced_ = 0;
    if (unflushed_ < kBytesPerFlush) return {};
    unflushed_ = 0;
    TRY(bronze_->Flush());
    return {};
  }

 private:
  storage::DurableLog* log_;
  lakehouse::BronzeWriter* bronze_;
  int64_t unsynced_ = 0, unflushed_ = 0;
};

// The rows of one member on their way into the log.
class MemberWriter {
 public:
  MemberWriter(const events::SourceMapping& source, LogAppender* log, lakehouse::Delivery head,
               int64_t already_taken)
      : source_(source), log_(log), delivery_(std::move(head)), already_taken_(already_taken) {}

  // The first line of a tabular file. Errors name the column.
  Result<> Header(std::string_view line, IngestReport* report) {
    bool psv = source_.format == events::Format::kPsv;
    bool readable = base::IsUtf8(line);
    delivery_.content_type =
        format("text/{};header={}", psv ? "psv" : "csv", readable ? line : std::string_view());
    if (!readable) {
      return base::DataQuality(
          format("the header of {} is no UTF-8: convert the file first, for example with iconv -f "
                 "latin1 -t utf-8",
                 delivery_.member));
    }
    std::vector<std::string> extra;
    TRY(events::CheckHeader(source_, line, &extra).While("reading " + delivery_.member));
    for (const auto& column : extra) {
      auto& known = report->extra_columns;
      if (std::find(known.begin(), known.end(), column) == known.end()) known.push_back(column);
    }
    return {};
  }

  Result<> Row(std::string_view row) {
    ++rows_seen_;
    if (delivery_.file_rows + 1 <= already_taken_) {
      ++delivery_.file_rows;
      return {};
    }
    if (num_pending_ == 0) delivery_.first_row = rows_seen_;
    ++delivery_.file_rows;
    lakehouse::EncodeRow(row, &pending_);
    ++num_pending_;
    ++rows_taken_;
    bool full =
        pending_.size() >= kBytesPerDelivery || num_pending_ == lakehouse::kMaxRowsPerDelivery;
    return full ? Send() : Result<>();
  }

  Result<> Send() {
    if (num_pending_ == 0) return {};
    TRY(log_->Append(delivery_, pending_));
    pending_.clear();
    num_pending_ = 0;
    return {};
  }

  int64_t file_rows() const { return delivery_.file_rows; }
  int64_t rows_taken() const { return rows_taken_; }

 private:
  const events::SourceMapping& source_;
  LogAppender* log_;
  lakehouse::Delivery delivery_;
  int64_t already_taken_, rows_seen_ = 0, rows_taken_ = 0;
  std::string pending_;  // encoded rows
  int64_t num_pending_ = 0;
};

Result<> ReadMember(const events::SourceMapping& source, storage::ArchiveReader* reader,
                    bool in_archive, MemberWriter* writer, IngestReport* report) {
  RecordSplitter splitter(source.format == events::Format::kCsv);
  bool header_wanted = source.format != events::Format::kNdjson;
  auto sink = [&](std::string_view record) -> Result<> {
    if (!header_wanted) return writer->Row(record);
    header_wanted = false;
    auto fits = writer->Header(record, report);
    // A file of its own with a wrong header is refused at the door; a member of an archive is kept,
    // and its rows go to quarantine as schema_drift, so that one bad member does not stop the
    // others.
    return in_archive ? Result<>() : fits;
  };
  while (true) {
    std::string_view bytes = TRY(reader->Read());
    if (bytes.empty()) break;
    TRY(splitter.Add(bytes, sink));
  }
  TRY(splitter.Finish(sink));
  return writer->Send();
}

Result<std::vector<std::string>> FilesBelow(const std::string& path) {
  std::error_code code;
  if (!std::filesystem::is_directory(path, code)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  for (const auto& name : TRY(base::ListTree(path))) files.push_back(path + "/" + name);
  return files;
}

}  // namespace

Ingestor::Ingestor(lakehouse::Lake lake, engine::SqlEngine* engine, storage::DurableLog* log)
    : lake_(lake), log_(log), bronze_(lake, engine, log) {}

Result<IngestReport> Ingestor::Ingest(const events::SourceMapping& source, const std::string& path,
                                      const std::function<void(double)>& progress) {
  if (!base::FileExists(path))
    return base::NotFound(format("{} does not exist; check --input", path));
  IngestReport report;
  auto known = TRY(bronze_.Progress());
  auto files = TRY(FilesBelow(path));
  for (size_t i = 0; i < files.size(); ++i) {
    auto scaled = [&](double done) {
      if (progress) progress((static_cast<double>(i) + done) / static_cast<double>(files.size()));
    };
    TRY(IngestFile(source, files[i], &known, scaled, &report).While("ingesting " + files[i]));
  }
  TRY(log_->Sync(log_->next_seq() - 1));
  TRY(bronze_.Flush());
  if (progress) progress(1);
  return report;
}

Result<> Ingestor::IngestFile(const events::SourceMapping& source, const std::string& path,
                              lakehouse::BronzeProgress* known,
                              const std::function<void(double)>& progress, IngestReport* report) {
  std::string sha256 = TRY(base::Sha256HexOfFile(path));
  if (known->file_complete[sha256]) {
    ++report->files_unchanged;
    return {};
  }
  auto reader = TRY(storage::ArchiveReader::Open(path));
  double file_bytes = static_cast<double>(TRY(base::FileSize(path))) + 1;
  LogAppender appender(log_, &bronze_);
  int64_t file_rows = 0;
  std::string last_feed;
  bool any_member = false;
  while (true) {
    std::string member = TRY(reader->NextMember());
    if (member.empty()) break;
    const auto* feed = FeedOf(source, member);
    if (feed == nullptr) {
      report->ignored_members.push_back(member);
      continue;
    }
    any_member = true;
    bool in_archive = member != BaseName(path) && !path.ends_with(member + ".gz") &&
                      !path.ends_with(member + ".zst");
    lakehouse::Delivery head{.source = source.name,
                             .feed = feed->feed,
                             .file_sha256 = sha256,
                             .member = member,
                             .file_rows = file_rows,
                             .content_type = "application/json"};
    MemberWriter writer(source, &appender, std::move(head), known->file_rows[sha256]);
    TRY(ReadMember(source, reader.get(), in_archive, &writer, report));
    file_rows = writer.file_rows();
    last_feed = feed->feed;
    report->rows += writer.rows_taken();
    ++report->members;
    progress(static_cast<double>(reader->bytes_consumed()) / file_bytes);
  }
  if (!any_member) return {};
  ++report->files;
  lakehouse::Delivery end{.source = source.name,
                          .feed = last_feed,
                          .file_sha256 = sha256,
                          .file_rows = file_rows,
                          .ends_file = true};
  TRY(appender.Append(end));
  known->file_complete[sha256] = true;
  return {};
}

}  // namespace codman::ingest
