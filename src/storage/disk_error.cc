#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "storage/disk_error_internal.h"

namespace codman::storage {
namespace {

const char* CureOf(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return "; free some space, then start again";
    case EACCES:
    case EPERM:
    case EROFS:
      return "; check the owner and rights of the folder, and that its disk is not read-only";
    case EIO:
      return "; mend or replace the disk, then start again";
    case EMFILE:
    case ENFILE:
      return "; allow the process more open files";
    default:
      return "";
  }
}

}  // namespace

Error DiskError(const std::string& doing, const std::string& path) {
  const int code = errno;
  return base::Unavailable(
      format("cannot {} {}: {}{}", doing, path, std::strerror(code), CureOf(code)));
}

}  // namespace codman::storage
