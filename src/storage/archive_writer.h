// Writes a .tar.zst as a stream: memory does not grow with what is packed.
//
// The archive appears at its path when Finish() has made it durable; a writer that is dropped
// before leaves nothing.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace codman::storage {

class ArchiveWriter {
 public:
  // Conflict where something stands at `path` already. The file is readable by its owner only.
  static Result<std::unique_ptr<ArchiveWriter>> Create(const std::string& path);
  virtual ~ArchiveWriter() = default;

  // Copies a file from disk under the name `member`. The file must not change meanwhile.
  virtual Result<> AddFile(const std::string& member, const std::string& path) = 0;
  virtual Result<> AddBytes(const std::string& member, std::string_view bytes) = 0;
  virtual Result<> Finish() = 0;
};

}  // namespace codman::storage
