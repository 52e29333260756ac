#include "ingest/ingest.h"

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/text.h"
#include "ingest/delivery_writer_internal.h"
#include "ingest/query_delivery_internal.h"
#include "ingest/record_splitter.h"
#include "ingest/unpacked_archive_internal.h"
#include "lakehouse/delivery.h"
#include "storage/archive_reader.h"

namespace codman::ingest {
namespace {

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

const events::FeedMapping* FeedOf(const events::SourceMapping& source, const std::string& member) {
  for (const auto& mapped : source.feeds) {
    if (fnmatch(mapped.pattern.c_str(), BaseName(member).c_str(), 0) == 0) return &mapped;
  }
  return nullptr;
}

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

// The files of a source that is made of several lie in a folder, or in an archive of one.
Result<> IngestTables(const events::SourceMapping& source, const std::string& path,
                      const std::string& temp_folder, LogAppender* log,
                      lakehouse::BronzeProgress* known, IngestReport* report) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code))
    return IngestQueries({source, path, temp_folder}, log, known, report);
  auto unpacked = TRY(UnpackedArchive::Open(path, source.files, temp_folder));
  return IngestQueries({source, unpacked.folder(), temp_folder}, log, known, report);
}

}  // namespace

Ingestor::Ingestor(lakehouse::Lake lake, engine::SqlEngine* engine, storage::DurableLog* log)
    : lake_(std::move(lake)), log_(log), bronze_(lake_, engine, log) {}

Result<IngestReport> Ingestor::Ingest(const events::SourceMapping& source, const std::string& path,
                                      const std::function<void(double)>& progress) {
  if (!base::FileExists(path))
    return base::NotFound(format("{} does not exist; check --input", path));
  IngestReport report;
  auto known = TRY(bronze_.Progress());
  auto files = source.files.empty() ? TRY(FilesBelow(path)) : std::vector<std::string>();
  if (!source.files.empty()) {
    LogAppender appender(log_, &bronze_);
    std::string home = std::filesystem::path(lake_.root()).parent_path().string();
    TRY(IngestTables(source, path, home + "/tmp/ingest", &appender, &known, &report)
            .While("ingesting " + path));
  }
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
