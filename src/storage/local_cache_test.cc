// Bounds and eviction of the cache in this process; expected values by hand from max_bytes and
// kCacheEntryBytes. A cache this small has one shard, so its order of use is exact.
#include <gtest/gtest.h>

#include <thread>

#include "base/text.h"
#include "storage/local_cache_internal.h"

namespace codman::storage {
namespace {

class LocalCacheTest : public testing::Test {
 protected:
  // Room for exactly `entries` entries of a one-letter key and an empty value.
  void Make(int64_t entries) {
    cache_ = MakeLocalCacheWithClock({.max_bytes = entries * (kCacheEntryBytes + 1)},
                                     [this] { return now_us_; });
  }
  bool Has(std::string_view key) { return cache_->Get(key)->has_value(); }
  CacheStatistics Statistics() { return cache_->Statistics().value(); }

  int64_t now_us_ = 1'000'000;
  std::unique_ptr<Cache> cache_;
};

TEST_F(LocalCacheTest, TheLeastRecentlyUsedGoesFirst) {
  Make(3);
  for (const char* key : {"a", "b", "c"}) ASSERT_TRUE(cache_->Put(key, "", 60).ok());
  EXPECT_EQ(Statistics().entries, 3);
  EXPECT_EQ(Statistics().bytes, 3 * (kCacheEntryBytes + 1));
  EXPECT_TRUE(Has("a"));
  ASSERT_TRUE(cache_->Put("d", "", 60).ok());
  EXPECT_FALSE(Has("b"));
  for (const char* key : {"a", "c", "d"}) EXPECT_TRUE(Has(key)) << key;
  EXPECT_EQ(Statistics().evictions, 1);
}

TEST_F(LocalCacheTest, ALargeValuePushesOutSeveralAndTooLargeAOneNone) {
  Make(3);
  for (const char* key : {"a", "b", "c"}) ASSERT_TRUE(cache_->Put(key, "", 60).ok());
  ASSERT_TRUE(cache_->Put("d", std::string(kCacheEntryBytes, 'x'), 60).ok());
  EXPECT_FALSE(Has("a"));
  EXPECT_FALSE(Has("b"));
  EXPECT_TRUE(Has("c"));
  EXPECT_TRUE(Has("d"));
  ASSERT_TRUE(cache_->Put("c", std::string(3 * kCacheEntryBytes, 'x'), 60).ok());
  EXPECT_FALSE(Has("c")) << "the old value must not outlive its replacement";
  EXPECT_TRUE(Has("d"));
  EXPECT_LE(Statistics().bytes, 3 * (kCacheEntryBytes + 1));
}

TEST_F(LocalCacheTest, ExpiresToTheMicrosecondAndFreesItsBytes) {
  Make(10);
  ASSERT_TRUE(cache_->Put("a", "", 1).ok());
  ASSERT_TRUE(cache_->Put("b", "", 2).ok());
  now_us_ += 999'999;
  EXPECT_TRUE(Has("a"));
  now_us_ += 1;
  EXPECT_FALSE(Has("a"));
  now_us_ += 1'000'000;
  EXPECT_EQ(Statistics().entries, 0);
  EXPECT_EQ(Statistics().bytes, 0);
  EXPECT_EQ(Statistics().expirations, 2);
  EXPECT_EQ(Statistics().evictions, 0);
}

TEST_F(LocalCacheTest, NoPressureTakesALeaseAway) {
  Make(4);
  ASSERT_TRUE(cache_->PutIfAbsent("l", "", 60).value());
  ASSERT_TRUE(cache_->Put("l", "", 90).ok());  // prolonged: still a lease
  for (char key = 'A'; key <= 'Z'; ++key)
    ASSERT_TRUE(cache_->Put(std::string(1, key), "", 60).ok());
  EXPECT_TRUE(Has("l"));
  EXPECT_FALSE(cache_->PutIfAbsent("l", "", 60).value());
  EXPECT_EQ(Statistics().entries, 4);
  now_us_ += 90'000'000;
  EXPECT_TRUE(cache_->PutIfAbsent("l", "", 60).value());
}

TEST_F(LocalCacheTest, MoreLeasesThanHalfOfTheCacheAreRefused) {
  Make(4);
  ASSERT_TRUE(cache_->PutIfAbsent("l", "", 60).value());
  ASSERT_TRUE(cache_->PutIfAbsent("m", "", 30).value());
  ASSERT_TRUE(cache_->Put("v", "", 60).ok());
  ASSERT_TRUE(cache_->Erase("v").ok());
  auto refused = cache_->PutIfAbsent("n", "", 60);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind(), ErrorKind::kUnavailable);
  EXPECT_FALSE(cache_->Put("l", "a long answer", 60).ok()) << "nor may they grow";
  now_us_ += 30'000'000;
  EXPECT_TRUE(cache_->PutIfAbsent("n", "", 60).value());
}

TEST_F(LocalCacheTest, ManyThreadsStayWithinTheBound) {
  constexpr int64_t kBound = 16 << 20;  // four shards
  auto cache = MakeLocalCache({.max_bytes = kBound});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5000; ++i) {
        EXPECT_TRUE(cache->Put(format("{}/{}", t, i), std::string(3000, 'x'), 60).ok());
        if (i % 500 == 0) {
          EXPECT_LE(cache->Statistics()->bytes, kBound);
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const CacheStatistics statistics = cache->Statistics().value();
  EXPECT_LE(statistics.bytes, kBound);
  EXPECT_GT(statistics.bytes, kBound * 9 / 10);
  EXPECT_EQ(statistics.entries + statistics.evictions, 4 * 5000);
}

}  // namespace
}  // namespace codman::storage
