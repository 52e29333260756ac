// Shards with a lock each, so that threads seldom meet. A shard holds its entries in order of use,
// an index by key and one by time of expiry.
#include <algorithm>
#include <cmath>
#include <list>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/text.h"
#include "storage/local_cache_internal.h"

namespace codman::storage {
namespace {

constexpr int64_t kLeastShardBytes = 4 << 20;
constexpr int64_t kMostShards = 16;

class Shard {
 public:
  void SetBound(int64_t max_bytes) { max_bytes_ = max_bytes; }

  std::optional<std::string> Get(std::string_view key, int64_t now_us) {
    std::lock_guard lock(mutex_);
    Place place = FindLive(key, now_us);
    if (place == nowhere_.end()) {
      ++statistics_.misses;
      return {};
    }
    ++statistics_.hits;
    if (!place->claimed) recent_.splice(recent_.begin(), recent_, place);
    return place->value;
  }

  Result<> Put(std::string_view key, std::string_view value, int64_t now_us, int64_t expires_us) {
    std::lock_guard lock(mutex_);
    DropExpired(now_us);
    Place old = FindLive(key, now_us);
    const bool claimed = old != nowhere_.end() && old->claimed;
    const int64_t bytes = BytesOf(key, value);
    if (claimed && claimed_bytes_ - BytesOf(key, old->value) + bytes > max_bytes_ / 2)
      return TooManyClaims();
    if (old != nowhere_.end()) Drop(old);
    if (bytes > max_bytes_) {
      ++statistics_.evictions;
      return {};
    }
    Insert(key, value, expires_us, claimed);
    Shrink();
    return {};
  }

  Result<bool> PutIfAbsent(std::string_view key, std::string_view value, int64_t now_us,
                           int64_t expires_us) {
    std::lock_guard lock(mutex_);
    DropExpired(now_us);
    if (FindLive(key, now_us) != nowhere_.end()) return false;
    if (claimed_bytes_ + BytesOf(key, value) > max_bytes_ / 2) return TooManyClaims();
    Insert(key, value, expires_us, true);
    Shrink();
    return true;
  }

  void Erase(std::string_view key) {
    std::lock_guard lock(mutex_);
    auto found = by_key_.find(key);
    if (found != by_key_.end()) Drop(found->second);
  }

  int64_t ErasePrefix(std::string_view prefix, int64_t now_us) {
    std::lock_guard lock(mutex_);
    DropExpired(now_us);
    int64_t dropped = 0;
    for (auto* list : {&recent_, &claimed_}) {
      for (auto it = list->begin(); it != list->end();) {
        Place place = it++;
        if (!place->key.starts_with(prefix)) continue;
        Drop(place);
        ++dropped;
      }
    }
    return dropped;
  }

  void AddTo(CacheStatistics* sum, int64_t now_us) {
    std::lock_guard lock(mutex_);
    DropExpired(now_us);
    sum->hits += statistics_.hits;
    sum->misses += statistics_.misses;
    sum->evictions += statistics_.evictions;
    sum->expirations += statistics_.expirations;
    sum->entries += static_cast<int64_t>(by_key_.size());
    sum->bytes += bytes_;
  }

 private:
  struct Entry;
  using Entries = std::list<Entry>;
  using Place = Entries::iterator;
  using Expiries = std::multimap<int64_t, Place>;
  struct Entry {
    std::string key, value;
    bool claimed = false;  // by PutIfAbsent: never evicted, or two would hold one lease
    Expiries::iterator expiry;
  };

  static int64_t BytesOf(std::string_view key, std::string_view value) {
    return static_cast<int64_t>(key.size() + value.size()) + kCacheEntryBytes;
  }

  static Error TooManyClaims() {
    return base::Unavailable(
        "the cache holds as many leases and idempotency keys as it may; wait until some expire, "
        "or allow the cache more bytes");
  }

  Place FindLive(std::string_view key, int64_t now_us) {
    auto found = by_key_.find(key);
    if (found == by_key_.end()) return nowhere_.end();
    if (found->second->expiry->first > now_us) return found->second;
    Drop(found->second);
    ++statistics_.expirations;
    return nowhere_.end();
  }

  void Insert(std::string_view key, std::string_view value, int64_t expires_us, bool claimed) {
    Entries& list = claimed ? claimed_ : recent_;
    list.push_front({std::string(key), std::string(value), claimed, {}});
    Place place = list.begin();
    place->expiry = by_expiry_.emplace(expires_us, place);
    by_key_.emplace(place->key, place);
    bytes_ += BytesOf(key, value);
    if (claimed) claimed_bytes_ += BytesOf(key, value);
  }

  void Drop(Place place) {
    const int64_t bytes = BytesOf(place->key, place->value);
    bytes_ -= bytes;
    if (place->claimed) claimed_bytes_ -= bytes;
    by_expiry_.erase(place->expiry);
    by_key_.erase(place->key);
    (place->claimed ? claimed_ : recent_).erase(place);
  }

  void DropExpired(int64_t now_us) {
    while (!by_expiry_.empty() && by_expiry_.begin()->first <= now_us) {
      Drop(by_expiry_.begin()->second);
      ++statistics_.expirations;
    }
  }

  void Shrink() {
    while (bytes_ > max_bytes_ && !recent_.empty()) {
      Drop(std::prev(recent_.end()));
      ++statistics_.evictions;
    }
  }

  std::mutex mutex_;
  int64_t max_bytes_ = 0, bytes_ = 0, claimed_bytes_ = 0;
  Entries recent_;   // the most recently used first
  Entries claimed_;  // made by PutIfAbsent
  Entries nowhere_;  // always empty: its end() stands for "not there"
  std::unordered_map<std::string_view, Place> by_key_;  // views of the entries' own keys
  Expiries by_expiry_;
  CacheStatistics statistics_;
};

class LocalCache : public Cache {
 public:
  LocalCache(const LocalCacheOptions& options, std::function<int64_t()> clock_us)
      : clock_us_(std::move(clock_us)),
        shards_(static_cast<size_t>(
            std::clamp<int64_t>(options.max_bytes / kLeastShardBytes, 1, kMostShards))) {
    for (Shard& shard : shards_)
      shard.SetBound(options.max_bytes / static_cast<int64_t>(shards_.size()));
  }

  Result<std::optional<std::string>> Get(std::string_view key) override {
    return ShardOf(key).Get(key, clock_us_());
  }

  Result<> Put(std::string_view key, std::string_view value, double ttl_seconds) override {
    const int64_t now_us = clock_us_();
    return ShardOf(key).Put(key, value, now_us, TRY(ExpiryOf(now_us, ttl_seconds)));
  }

  Result<bool> PutIfAbsent(std::string_view key, std::string_view value,
                           double ttl_seconds) override {
    const int64_t now_us = clock_us_();
    return ShardOf(key).PutIfAbsent(key, value, now_us, TRY(ExpiryOf(now_us, ttl_seconds)));
  }

  Result<> Erase(std::string_view key) override {
    ShardOf(key).Erase(key);
    return {};
  }

  Result<int64_t> ErasePrefix(std::string_view prefix) override {
    int64_t dropped = 0;
    for (Shard& shard : shards_) dropped += shard.ErasePrefix(prefix, clock_us_());
    return dropped;
  }

  Result<CacheStatistics> Statistics() override {
    CacheStatistics sum;
    for (Shard& shard : shards_) shard.AddTo(&sum, clock_us_());
    return sum;
  }

  Result<> Check() override { return {}; }

 private:
  Shard& ShardOf(std::string_view key) {
    return shards_[std::hash<std::string_view>()(key) % shards_.size()];
  }

  static Result<int64_t> ExpiryOf(int64_t now_us, double ttl_seconds) {
    if (!(ttl_seconds > 0)) {
      return base::InvalidInput(
          format("a cached value lives for more than 0 seconds, not {}", ttl_seconds));
    }
    // A century stands for "for good"; more would overflow.
    constexpr double kCentury = 100.0 * 366 * 86400;
    return now_us + static_cast<int64_t>(std::ceil(std::min(ttl_seconds, kCentury) * 1e6));
  }

  const std::function<int64_t()> clock_us_;
  std::vector<Shard> shards_;
};

}  // namespace

std::unique_ptr<Cache> MakeLocalCacheWithClock(const LocalCacheOptions& options,
                                               std::function<int64_t()> clock_us) {
  return std::make_unique<LocalCache>(options, std::move(clock_us));
}

std::unique_ptr<Cache> MakeLocalCache(const LocalCacheOptions& options) {
  return MakeLocalCacheWithClock(options, base::MonotonicUs);
}

}  // namespace codman::storage
