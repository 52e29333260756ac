// Short-lived values that may vanish at any time: what is read from a cache must also be had
// otherwise. Embedded: in the process. Thread-safe.
//
// Keys are made by the caller from everything that changes the value (model version, feature set,
// canonical inputs), so a wrong hit cannot happen by forgetting to drop one. No patient value
// belongs in a key: keys are digests.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace codman::storage {

struct CacheStatistics {
  int64_t hits = 0, misses = 0, evictions = 0, expirations = 0;
  int64_t entries = 0, bytes = 0;
};

class Cache {
 public:
  virtual ~Cache() = default;
  // Nothing where the key is absent or older than its time to live.
  virtual Result<std::optional<std::string>> Get(std::string_view key) = 0;
  // Replaces what is there. ttl_seconds > 0.
  virtual Result<> Put(std::string_view key, std::string_view value, double ttl_seconds) = 0;
  // False where a live value is already there: leases and idempotency keys stand on this.
  virtual Result<bool> PutIfAbsent(std::string_view key, std::string_view value,
                                   double ttl_seconds) = 0;
  // Absent keys are no error.
  virtual Result<> Erase(std::string_view key) = 0;
  // Number of entries dropped; "" drops everything.
  virtual Result<int64_t> ErasePrefix(std::string_view prefix) = 0;
  virtual Result<CacheStatistics> Statistics() = 0;
  // Whether the store answers; for /health.
  virtual Result<> Check() = 0;
};

struct LocalCacheOptions {
  // Keys, values and their bookkeeping; the least recently used go first. What PutIfAbsent made
  // goes only by time, and fills at most half: more of it is Unavailable.
  int64_t max_bytes = 64 << 20;
};
std::unique_ptr<Cache> MakeLocalCache(const LocalCacheOptions& options = {});

}  // namespace codman::storage
