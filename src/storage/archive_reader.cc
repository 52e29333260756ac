#include "storage/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <vector>

#include "base/text.h"

namespace codman::storage {
namespace {

constexpr size_t kBlockBytes = 1 << 18;

std::string PlainName(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  for (const char* suffix : {".gz", ".zst"}) {
    if (name.ends_with(suffix)) return name.substr(0, name.rfind('.'));
  }
  return name;
}

class LibArchiveReader : public ArchiveReader {
 public:
  explicit LibArchiveReader(std::string path)
      : path_(std::move(path)), archive_(archive_read_new()) {}
  ~LibArchiveReader() override { archive_read_free(archive_); }

  Result<> Start() {
    archive_read_support_filter_gzip(archive_);
    archive_read_support_filter_zstd(archive_);
    archive_read_support_format_tar(archive_);
    archive_read_support_format_zip(archive_);
    archive_read_support_format_raw(archive_);
    archive_read_support_format_empty(archive_);
    if (archive_read_open_filename(archive_, path_.c_str(), kBlockBytes) != ARCHIVE_OK)
      return Failure();
    return {};
  }

  Result<std::string> NextMember() override {
    archive_entry* entry = nullptr;
    while (true) {
      int state = archive_read_next_header(archive_, &entry);
      if (state == ARCHIVE_EOF) return std::string();
      if (state != ARCHIVE_OK && state != ARCHIVE_WARN) return Failure();
      if (archive_format(archive_) == ARCHIVE_FORMAT_RAW) return PlainName(path_);
      if (archive_entry_filetype(entry) != AE_IFREG) continue;
      const char* name = archive_entry_pathname(entry);
      if (name == nullptr)
        return base::DataQuality(format("{}: a member of the archive has no readable name", path_));
      return std::string(name);
    }
  }

  Result<std::string_view> Read() override {
    buffer_.resize(kBlockBytes);
    la_ssize_t got = archive_read_data(archive_, buffer_.data(), buffer_.size());
    if (got < 0) return Failure();
    return std::string_view(buffer_.data(), static_cast<size_t>(got));
  }

  int64_t bytes_consumed() const override { return archive_filter_bytes(archive_, -1); }

 private:
  Error Failure() const {
    const char* message = archive_error_string(archive_);
    return base::DataQuality(format(
        "{} cannot be read: {}; check that it is whole (sizes, checksums) and of a known kind "
        "(plain, gz, zst, tar.gz, zip)",
        path_, message == nullptr ? "unknown fault" : message));
  }

  std::string path_;
  archive* archive_;
  std::vector<char> buffer_;
};

}  // namespace

Result<std::unique_ptr<ArchiveReader>> ArchiveReader::Open(const std::string& path) {
  auto reader = std::make_unique<LibArchiveReader>(path);
  TRY(reader->Start());
  return std::unique_ptr<ArchiveReader>(std::move(reader));
}

}  // namespace codman::storage
