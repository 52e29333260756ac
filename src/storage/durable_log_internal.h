// The folder of a durable log, and the seam through which tests make its disk fail. Private to the
// room.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "storage/durable_log.h"

namespace codman::storage {

// What the log asks of the operating system for its records.
struct LogDisk {
  ssize_t (*write)(int descriptor, const void* bytes, size_t count, off_t offset) = ::pwrite;
  int (*sync)(int descriptor) = ::fdatasync;
};
Result<std::unique_ptr<DurableLog>> OpenDurableLog(const std::string& folder,
                                                   DurableLogOptions options, const LogDisk& disk);

struct SegmentFile {
  std::string name;
  uint64_t first_seq = 0;
};
// In order.
Result<std::vector<SegmentFile>> ListSegments(const std::string& folder);

}  // namespace codman::storage
