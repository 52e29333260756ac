// One object in one file: the content, behind it the description as JSON, and a fixed end that says
// how long that is. One file, because content and description must appear and vanish together.
// Private to the local object store.
//
// File: content · description · u32 description bytes · u32 CRC-32C of the description · magic 8.
// Little endian.
#pragma once

#include <cstdint>
#include <string>

#include "base/crypto.h"
#include "base/result.h"
#include "storage/object_store.h"

namespace codman::storage {

// A file being written, under a lock that ends with the process: what a killed writer left can be
// told from what another process is still writing. Removed unless it was published.
class PartialObject {
 public:
  static Result<PartialObject> Create(const std::string& folder);
  // Removes what killed writers left.
  static Result<> Sweep(const std::string& folder);

  PartialObject(PartialObject&& other) noexcept;
  PartialObject& operator=(PartialObject&&) = delete;
  ~PartialObject();

  // The content to its end, then the description, to stable storage. Fills size, time and etag.
  Result<> Write(const ByteSource& source, ObjectInfo* info);
  // Gives the file its name, in place of another or only where there is none (Conflict). False
  // where the folder is not there (any more).
  Result<bool> Publish(const std::string& target, bool only_if_absent);

 private:
  PartialObject(std::string path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}
  Result<> Append(std::string_view bytes);

  std::string path_;
  int descriptor_;
};

// An object open for reading; it stays what it was though another takes its name.
class StoredObject {
 public:
  // NotFound where there is no such file; DataQuality where it is no object or another key's.
  static Result<StoredObject> Open(const std::string& path, const std::string& key);

  StoredObject(StoredObject&& other) noexcept;
  StoredObject& operator=(StoredObject&&) = delete;
  ~StoredObject();

  const ObjectInfo& info() const { return info_; }
  // From 0 also compares the content with its etag: DataQuality after its last byte.
  Result<> Read(const ByteSink& sink, int64_t offset) const;

 private:
  StoredObject(std::string path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}
  Result<> ReadDescription(const std::string& key);
  Result<std::string> ReadAt(int64_t offset, int64_t count) const;
  Error Damaged(std::string_view what) const;

  std::string path_;
  int descriptor_;
  ObjectInfo info_;
};

}  // namespace codman::storage
