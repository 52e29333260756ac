#include "storage/archive_writer.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

#include "base/file.h"
#include "base/text.h"

namespace codman::storage {
namespace {

constexpr size_t kBlockBytes = 1 << 18;

class TarWriter : public ArchiveWriter {
 public:
  explicit TarWriter(std::string path)
      : path_(std::move(path)), partial_(path_ + ".partial"), archive_(archive_write_new()) {}
  ~TarWriter() override {
    archive_write_free(archive_);
    if (fd_ >= 0) close(fd_);
    if (!finished_ && fd_ >= 0) unlink(partial_.c_str());
  }

  Result<> Start() {
    if (base::FileExists(path_))
      return base::Conflict(format("{} exists already; choose another name", path_));
    fd_ = open(partial_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd_ < 0)
      return base::Unavailable(
          format("cannot write {}: check that the folder exists and may be written", partial_));
    archive_write_set_format_pax_restricted(archive_);
    archive_write_add_filter_zstd(archive_);
    if (archive_write_open_fd(archive_, fd_) != ARCHIVE_OK) return Failure();
    return {};
  }

  Result<> AddFile(const std::string& member, const std::string& path) override {
    int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return base::Unavailable(format("cannot read {}", path));
    struct stat status {};
    fstat(fd, &status);
    auto done = Begin(member, status.st_size, status.st_mode & 0777);
    std::vector<char> block(kBlockBytes);
    int64_t left = status.st_size;
    while (done.ok() && left > 0) {
      ssize_t got = read(fd, block.data(), block.size());
      if (got <= 0) {
        done = base::Unavailable(format("{} became shorter while it was read", path));
        break;
      }
      left -= got;
      done = Write({block.data(), static_cast<size_t>(got)});
    }
    close(fd);
    return done;
  }

  Result<> AddBytes(const std::string& member, std::string_view bytes) override {
    TRY(Begin(member, static_cast<int64_t>(bytes.size()), 0600));
    return Write(bytes);
  }

  Result<> Finish() override {
    if (archive_write_close(archive_) != ARCHIVE_OK || fsync(fd_) != 0) return Failure();
    if (rename(partial_.c_str(), path_.c_str()) != 0) return Failure();
    finished_ = true;
    size_t slash = path_.rfind('/');
    return base::SyncFolder(slash == path_.npos ? "." : path_.substr(0, slash + 1));
  }

 private:
  Result<> Begin(const std::string& member, int64_t bytes, unsigned mode) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, member.c_str());
    archive_entry_set_size(entry, bytes);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, mode);
    int state = archive_write_header(archive_, entry);
    archive_entry_free(entry);
    return state == ARCHIVE_OK ? Result<>() : Failure();
  }

  Result<> Write(std::string_view bytes) {
    if (archive_write_data(archive_, bytes.data(), bytes.size()) !=
        static_cast<la_ssize_t>(bytes.size()))
      return Failure();
    return {};
  }

  Error Failure() const {
    const char* message = archive_error_string(archive_);
    return base::Unavailable(format("{} cannot be written: {}; check the space on its disk",
                                    partial_, message == nullptr ? "unknown fault" : message));
  }

  std::string path_, partial_;
  archive* archive_;
  int fd_ = -1;
  bool finished_ = false;
};

}  // namespace

Result<std::unique_ptr<ArchiveWriter>> ArchiveWriter::Create(const std::string& path) {
  auto writer = std::make_unique<TarWriter>(path);
  TRY(writer->Start());
  return std::unique_ptr<ArchiveWriter>(std::move(writer));
}

}  // namespace codman::storage
