// Large immutable things by key: model folders, backups, images. Embedded: files below one folder.
//
// A put appears whole or not at all, also after kill -9. Keys are "/"-separated words
// ("models/sepsis/3/card.json"): at most 1,024 bytes of UTF-8, no empty part, no "." or "..", no
// control characters; anything else is InvalidInput. Thread-safe; several processes may share a
// store. A damaged object is DataQuality: never left out of a list, and never a Get that succeeds.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace codman::storage {

struct ObjectInfo {
  std::string key;
  int64_t size_bytes = 0;
  int64_t modified_us = 0;
  std::string etag;  // changes with the content
  std::string content_type;
  // Names: lower case letters, digits, '-'. Values: printable ASCII. 2,048 bytes in all.
  std::map<std::string, std::string> metadata;
};

struct PutOptions {
  std::string content_type = "application/octet-stream";
  std::map<std::string, std::string> metadata;
  bool only_if_absent = false;  // Conflict where the key is taken
};

struct ObjectPage {
  std::vector<ObjectInfo> objects;  // by key, in byte order; without metadata
  std::string next;                 // `after` of the next page; "" = the last one
};

// Fills the span and gives the bytes written; 0 ends the object.
using ByteSource = std::function<Result<size_t>(std::span<char>)>;
using ByteSink = std::function<Result<>(std::string_view)>;

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  virtual Result<ObjectInfo> Put(const std::string& key, const ByteSource& source,
                                 const PutOptions& options = {}) = 0;
  // NotFound names the key. `offset` beyond the end gives nothing. Read from 0, the content is
  // compared with its etag: the sink has had it by then, so it is the Result that counts.
  virtual Result<ObjectInfo> Get(const std::string& key, const ByteSink& sink,
                                 int64_t offset = 0) = 0;
  virtual Result<ObjectInfo> Describe(const std::string& key) = 0;
  // Absent keys are no error.
  virtual Result<> Delete(const std::string& key) = 0;
  // At most 1,000 objects a page, whatever `limit` says.
  virtual Result<ObjectPage> List(const std::string& prefix, const std::string& after = "",
                                  int limit = 1000) = 0;
  virtual Result<> Check() = 0;

  // Whole small objects.
  Result<ObjectInfo> PutBytes(const std::string& key, std::string_view bytes,
                              const PutOptions& options = {});
  Result<std::string> GetBytes(const std::string& key, int64_t max_bytes = 64 << 20);
};

// Told after every operation, for the audit: "put", "get", "describe", "delete", "list". Called in
// the operation's own thread, so from several at once.
using ObjectObserver =
    std::function<void(std::string_view operation, const std::string& key, const Result<>&)>;

// Creates the folder (0700) where there is none.
Result<std::unique_ptr<ObjectStore>> OpenLocalObjectStore(const std::string& folder,
                                                          ObjectObserver observer = {});

}  // namespace codman::storage
