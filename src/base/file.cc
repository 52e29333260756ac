#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/text.h"

namespace codman::base {
namespace {

namespace fs = std::filesystem;

Error FromErrno(const std::string& doing, const std::string& path) {
  int code = errno;
  std::string message = format("cannot {} {}: {}", doing, path, std::strerror(code));
  if (code == ENOENT) return NotFound(message);
  if (code == EEXIST) return Conflict(message);
  if (code == ENOSPC) return Unavailable(message + "; free some space and run the command again");
  if (code == EACCES || code == EROFS || code == EPERM) {
    return Error(ErrorKind::kUnavailable, message + "; check the owner and rights of the folder");
  }
  return Unavailable(message);
}

std::string TemporaryNameBeside(const std::string& path) {
  static std::atomic<uint64_t> next{0};
  return format("{}.partial-{}-{}", path, getpid(), next++);
}

std::string FolderOf(const std::string& path) {
  auto parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

Result<> WriteNewFile(const std::string& path, std::string_view content,
                      const WriteOptions& options) {
  int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, options.mode);
  if (fd < 0) return FromErrno("create", path);
  while (!content.empty()) {
    ssize_t written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      Error error = FromErrno("write", path);
      close(fd);
      unlink(path.c_str());
      return error;
    }
    content.remove_prefix(static_cast<size_t>(written));
  }
  bool synced = !options.sync || fsync(fd) == 0;
  if (close(fd) != 0 || !synced) {
    Error error = FromErrno("sync", path);
    unlink(path.c_str());
    return error;
  }
  return {};
}

}  // namespace

Result<std::string> ReadFile(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return FromErrno("read", path);
  std::string content;
  struct stat status {};
  if (fstat(fd, &status) == 0) content.reserve(static_cast<size_t>(status.st_size));
  char buffer[65536];
  ssize_t got = 0;
  while ((got = read(fd, buffer, sizeof buffer)) > 0)
    content.append(buffer, static_cast<size_t>(got));
  Error error = FromErrno("read", path);
  close(fd);
  if (got < 0) return error;
  return content;
}

Result<> WriteFileAtomically(const std::string& path, std::string_view content,
                             WriteOptions options) {
  std::string partial = TemporaryNameBeside(path);
  TRY(WriteNewFile(partial, content, options));
  if (rename(partial.c_str(), path.c_str()) != 0) {
    Error error = FromErrno("replace", path);
    unlink(partial.c_str());
    return error;
  }
  return options.sync ? SyncFolder(FolderOf(path)) : Result<>();
}

Result<> CreateFileExclusively(const std::string& path, std::string_view content,
                               WriteOptions options) {
  std::string partial = TemporaryNameBeside(path);
  TRY(WriteNewFile(partial, content, options));
  // link() fails where the name exists, on every POSIX file system: the name appears whole or not
  // at all.
  int linked = link(partial.c_str(), path.c_str());
  Error error = FromErrno("create", path);
  unlink(partial.c_str());
  if (linked != 0) return error;
  return options.sync ? SyncFolder(FolderOf(path)) : Result<>();
}

Result<> MakeFolders(const std::string& path, int mode) {
  std::error_code code;
  if (fs::is_directory(path, code)) return {};
  std::string parent = fs::path(path).parent_path().string();
  if (!parent.empty() && parent != path) TRY(MakeFolders(parent, mode));
  if (mkdir(path.c_str(), static_cast<mode_t>(mode)) != 0 && errno != EEXIST)
    return FromErrno("create folder", path);
  return {};
}

Result<> RemoveTree(const std::string& path) {
  std::error_code code;
  fs::remove_all(path, code);
  if (code) return Unavailable(format("cannot remove {}: {}", path, code.message()));
  return {};
}

Result<> SyncFolder(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return FromErrno("open folder", path);
  bool synced = fsync(fd) == 0;
  Error error = FromErrno("sync folder", path);
  close(fd);
  if (!synced) return error;
  return {};
}

bool FileExists(const std::string& path) {
  std::error_code code;
  return fs::exists(path, code);
}

Result<int64_t> FileSize(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return FromErrno("look at", path);
  return static_cast<int64_t>(status.st_size);
}

Result<std::vector<std::string>> ListFolder(const std::string& path) {
  std::error_code code;
  std::vector<std::string> names;
  for (fs::directory_iterator it(path, code), end; !code && it != end; it.increment(code)) {
    names.push_back(it->path().filename().string() + (it->is_directory() ? "/" : ""));
  }
  if (code) return NotFound(format("cannot list {}: {}", path, code.message()));
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::vector<std::string>> ListTree(const std::string& root) {
  std::error_code code;
  std::vector<std::string> paths;
  for (fs::recursive_directory_iterator it(root, code), end; !code && it != end;
       it.increment(code)) {
    if (it->is_regular_file()) paths.push_back(fs::relative(it->path(), root).string());
  }
  if (code) return NotFound(format("cannot list {}: {}", root, code.message()));
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace codman::base
