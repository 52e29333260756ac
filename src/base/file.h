// Files: whole reads, durable atomic writes, folders, temporary places. Errors name the path and
// what to do.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace codman::base {

Result<std::string> ReadFile(const std::string& path);

struct WriteOptions {
  int mode = 0644;
  bool sync = true;  // fsync file and folder: survives power loss
};
// Writes beside the target and renames: readers see the old or the new content, never a part.
Result<> WriteFileAtomically(const std::string& path, std::string_view content,
                             WriteOptions options = {});
// As above, but only if nothing stands at `path` yet; Conflict if something does. Atomic among
// processes.
Result<> CreateFileExclusively(const std::string& path, std::string_view content,
                               WriteOptions options = {});

Result<> MakeFolders(const std::string& path, int mode = 0755);
Result<> RemoveTree(const std::string& path);  // nothing there is fine
Result<> SyncFolder(const std::string& path);
bool FileExists(const std::string& path);
Result<int64_t> FileSize(const std::string& path);
// Names (not paths) of entries, sorted; folders end with '/'.
Result<std::vector<std::string>> ListFolder(const std::string& path);
// Paths relative to `root` of all files below it, sorted.
Result<std::vector<std::string>> ListTree(const std::string& root);

}  // namespace codman::base
