// A folder's whole content as one file, and back: `codman backup` and `codman restore`.
//
// The archive's first member lists every file with its SHA-256; restoring checks each one before
// the folder appears under its name, so a damaged or cut archive restores nothing. The caller sees
// to it that nobody writes to the folder meanwhile.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"

namespace codman::storage {

struct BackupReport {
  int64_t files = 0;
  int64_t bytes = 0;  // of the files
};

// `skip` tells relative paths that stay out (locks, scratch). `progress` is told the share done.
Result<BackupReport> BackUpFolder(const std::string& folder, const std::string& archive,
                                  const std::function<bool(const std::string&)>& skip,
                                  const std::function<void(double)>& progress = {});

// Makes `folder`, which must not exist or be empty: Conflict otherwise.
Result<BackupReport> RestoreFolder(const std::string& archive, const std::string& folder,
                                   const std::function<void(double)>& progress = {});

}  // namespace codman::storage
