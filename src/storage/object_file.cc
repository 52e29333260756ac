#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "storage/disk_error_internal.h"
#include "storage/object_file_internal.h"
#include "storage/object_rules_internal.h"

namespace codman::storage {
namespace {

constexpr std::string_view kMagic = "CDMOBJ1\n";
constexpr int64_t kEndBytes = 4 + 4 + 8;
constexpr int64_t kMaxDescriptionBytes = 64 << 10;
constexpr size_t kPieceBytes = 256 << 10;

std::string EncodeDescription(const ObjectInfo& info) {
  Json metadata = Json::Object();
  for (const auto& [name, value] : info.metadata) metadata.Set(name, value);
  std::string bytes = Json::Object({{"key", info.key},
                                    {"size_bytes", info.size_bytes},
                                    {"modified_us", info.modified_us},
                                    {"etag", info.etag},
                                    {"content_type", info.content_type},
                                    {"metadata", std::move(metadata)}})
                          .ToString();
  for (uint32_t number : {static_cast<uint32_t>(bytes.size()), base::Crc32c(bytes)})
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
  return bytes.append(kMagic);
}

uint32_t NumberAt(std::string_view bytes, size_t at) {
  uint32_t number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

}  // namespace

Result<PartialObject> PartialObject::Create(const std::string& folder) {
  // A second try is needed only where a sweep came between open and lock.
  for (int attempt = 0; attempt < 100; ++attempt) {
    const std::string path = folder + "/" + base::ToHex(base::RandomBytes(16));
    const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) return DiskError("create", path);
    PartialObject partial(path, descriptor);
    struct stat status {};
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0 && fstat(descriptor, &status) == 0 &&
        status.st_nlink == 1) {
      return partial;
    }
  }
  return base::Unavailable(format("cannot lock a new file in {}; try again", folder));
}

Result<> PartialObject::Sweep(const std::string& folder) {
  for (const std::string& name : TRY(base::ListFolder(folder))) {
    const std::string path = folder + "/" + name;
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) continue;  // another sweep or its own writer removed it
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) unlink(path.c_str());
    close(descriptor);
  }
  return {};
}

PartialObject::PartialObject(PartialObject&& other) noexcept
    : path_(std::exchange(other.path_, "")), descriptor_(std::exchange(other.descriptor_, -1)) {}

PartialObject::~PartialObject() {
  if (!path_.empty()) unlink(path_.c_str());
  if (descriptor_ >= 0) close(descriptor_);
}

Result<> PartialObject::Append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return DiskError("write", path_);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

Result<> PartialObject::Write(const ByteSource& source, ObjectInfo* info) {
  std::vector<char> space(kPieceBytes);
  base::Sha256 digest;
  while (const size_t count = TRY(source(space))) {
    if (count > space.size())
      return base::Internal("a byte source claims more bytes than it had room for");
    const std::string_view piece(space.data(), count);
    digest.Add(piece);
    TRY(Append(piece));
    info->size_bytes += static_cast<int64_t>(count);
  }
  info->etag = base::ToHex(digest.Finish());
  info->modified_us = base::NowUs();
  TRY(Append(EncodeDescription(*info)));
  if (fsync(descriptor_) != 0) return DiskError("sync", path_);
  return {};
}

Result<bool> PartialObject::Publish(const std::string& target, bool only_if_absent) {
  const int done =
      only_if_absent ? link(path_.c_str(), target.c_str()) : rename(path_.c_str(), target.c_str());
  if (done == 0) {
    if (!only_if_absent) path_.clear();
    return true;
  }
  if (errno == ENOENT) return false;
  if (errno == EEXIST) return base::Conflict("an object of this name is already there");
  return DiskError("name", target);
}

Result<StoredObject> StoredObject::Open(const std::string& path, const std::string& key) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR)) return ObjectNotFound(key);
  if (descriptor < 0) return DiskError("read", path);
  StoredObject object(path, descriptor);
  TRY(object.ReadDescription(key));
  return object;
}

StoredObject::StoredObject(StoredObject&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      info_(std::move(other.info_)) {}

StoredObject::~StoredObject() {
  if (descriptor_ >= 0) close(descriptor_);
}

Error StoredObject::Damaged(std::string_view what) const {
  return base::DataQuality(
      format("the stored object {} is damaged: {}; restore it from a backup", path_, what));
}

Result<std::string> StoredObject::ReadAt(int64_t offset, int64_t count) const {
  std::string bytes(static_cast<size_t>(count), '\0');
  size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = pread(descriptor_, bytes.data() + filled, bytes.size() - filled,
                              offset + static_cast<int64_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return DiskError("read", path_);
    if (got == 0) return Damaged("it ends early");
    filled += static_cast<size_t>(got);
  }
  return bytes;
}

Result<> StoredObject::ReadDescription(const std::string& key) {
  struct stat status {};
  if (fstat(descriptor_, &status) != 0) return DiskError("look at", path_);
  const int64_t file_bytes = status.st_size;
  if (!S_ISREG(status.st_mode) || file_bytes < kEndBytes) return Damaged("it has no end");
  const std::string end = TRY(ReadAt(file_bytes - kEndBytes, kEndBytes));
  const int64_t description_bytes = NumberAt(end, 0);
  if (end.substr(8) != kMagic || description_bytes > kMaxDescriptionBytes ||
      description_bytes > file_bytes - kEndBytes) {
    return Damaged("its end is not an object's");
  }
  const int64_t content_bytes = file_bytes - kEndBytes - description_bytes;
  const std::string text = TRY(ReadAt(content_bytes, description_bytes));
  if (base::Crc32c(text) != NumberAt(end, 4)) return Damaged("its description was altered");
  const Json json = TRY(base::ParseJson(text).While("reading " + path_));
  info_ = {json["key"].AsString(), json["size_bytes"].AsInt(), json["modified_us"].AsInt(),
           json["etag"].AsString(), json["content_type"].AsString()};
  for (const auto& [name, value] : json["metadata"].members())
    info_.metadata.emplace(name, value.AsString());
  if (info_.size_bytes != content_bytes) return Damaged("its size is not what was stored");
  if (info_.key != key) return Damaged("it is the object of another key");
  return {};
}

Result<> StoredObject::Read(const ByteSink& sink, int64_t offset) const {
  base::Sha256 digest;
  for (int64_t at = offset; at < info_.size_bytes;) {
    const int64_t count = std::min<int64_t>(kPieceBytes, info_.size_bytes - at);
    const std::string piece = TRY(ReadAt(at, count));
    if (offset == 0) digest.Add(piece);
    TRY(sink(piece));
    at += count;
  }
  if (offset == 0 && base::ToHex(digest.Finish()) != info_.etag)
    return Damaged("its content is not what was stored");
  return {};
}

}  // namespace codman::storage
