// Files and archives read in place, as a stream: plain, .gz, .zst, .tar.gz, .zip. Memory does not
// grow with the file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace codman::storage {

class ArchiveReader {
 public:
  static Result<std::unique_ptr<ArchiveReader>> Open(const std::string& path);
  virtual ~ArchiveReader() = default;

  // The next member's path within the archive (a plain file is its own only member, without .gz or
  // .zst); "" at the end.
  virtual Result<std::string> NextMember() = 0;
  // The next bytes of the member; empty at its end. Valid until the next call.
  virtual Result<std::string_view> Read() = 0;
  // Bytes of the file on disk consumed so far.
  virtual int64_t bytes_consumed() const = 0;
};

}  // namespace codman::storage
