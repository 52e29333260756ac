// What every cache does, in the process or across the network. A further implementation is one line
// of kCaches.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <limits>
#include <thread>

#include "base/text.h"
#include "storage/cache.h"

namespace codman::storage {
namespace {

struct CacheUnderTest {
  const char* name;
  std::function<std::unique_ptr<Cache>()> make;  // an empty one
};
const CacheUnderTest kCaches[] = {
    {"Local", [] { return MakeLocalCache(); }},
};

class CacheConformance : public testing::TestWithParam<CacheUnderTest> {
 protected:
  using Text = std::optional<std::string>;
  Text Get(std::string_view key) { return cache_->Get(key).value(); }
  static void Sleep(int milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
  }

  std::unique_ptr<Cache> cache_ = GetParam().make();
};
INSTANTIATE_TEST_SUITE_P(Every, CacheConformance, testing::ValuesIn(kCaches),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_P(CacheConformance, GivesWhatWasPutAndNothingElse) {
  EXPECT_EQ(Get("a"), Text());
  ASSERT_TRUE(cache_->Put("a", "1", 60).ok());
  ASSERT_TRUE(cache_->Put("b", "", 60).ok());
  EXPECT_EQ(Get("a"), Text("1"));
  EXPECT_EQ(Get("b"), Text(""));
  EXPECT_EQ(Get("A"), Text());
  EXPECT_EQ(Get("a "), Text());
  EXPECT_TRUE(cache_->Check().ok());
}

TEST_P(CacheConformance, KeysAndValuesAreBytes) {
  const std::string key("k\0\r\n*\xff?", 7), value("\0$-1\r\n\xfe", 7), large(300'000, '\0');
  ASSERT_TRUE(cache_->Put(key, value, 60).ok());
  ASSERT_TRUE(cache_->Put("", "no name", 60).ok());
  ASSERT_TRUE(cache_->Put("large", large, 60).ok());
  EXPECT_EQ(Get(key), Text(value));
  EXPECT_EQ(Get(""), Text("no name"));
  EXPECT_EQ(Get("large"), Text(large));
  EXPECT_EQ(Get("k"), Text());
}

TEST_P(CacheConformance, PutReplacesValueAndTimeToLive) {
  ASSERT_TRUE(cache_->Put("a", "short", 0.05).ok());
  ASSERT_TRUE(cache_->Put("a", "long", 60).ok());
  Sleep(120);
  EXPECT_EQ(Get("a"), Text("long"));
}

TEST_P(CacheConformance, ValuesVanishAfterTheirTime) {
  ASSERT_TRUE(cache_->Put("soon", "1", 0.05).ok());
  ASSERT_TRUE(cache_->Put("later", "2", 60).ok());
  Sleep(120);
  EXPECT_EQ(Get("soon"), Text());
  EXPECT_EQ(Get("later"), Text("2"));
}

TEST_P(CacheConformance, ATimeToLiveIsPositive) {
  for (double ttl : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(cache_->Put("a", "1", ttl).error().kind(), ErrorKind::kInvalidInput);
    EXPECT_EQ(cache_->PutIfAbsent("a", "1", ttl).error().kind(), ErrorKind::kInvalidInput);
  }
  EXPECT_EQ(Get("a"), Text());
  ASSERT_TRUE(cache_->Put("a", "1", 1e12).ok());
  EXPECT_EQ(Get("a"), Text("1"));
}

TEST_P(CacheConformance, PutIfAbsentTakesAFreeKeyOnce) {
  EXPECT_TRUE(cache_->PutIfAbsent("lease", "first", 0.08).value());
  EXPECT_FALSE(cache_->PutIfAbsent("lease", "second", 60).value());
  EXPECT_EQ(Get("lease"), Text("first"));
  Sleep(150);
  EXPECT_TRUE(cache_->PutIfAbsent("lease", "third", 60).value());
  EXPECT_EQ(Get("lease"), Text("third"));
  ASSERT_TRUE(cache_->Erase("lease").ok());
  EXPECT_TRUE(cache_->PutIfAbsent("lease", "fourth", 60).value());
  ASSERT_TRUE(cache_->Put("value", "1", 60).ok());
  EXPECT_FALSE(cache_->PutIfAbsent("value", "2", 60).value());
}

TEST_P(CacheConformance, AHolderProlongsItsLeaseByPut) {
  ASSERT_TRUE(cache_->PutIfAbsent("lease", "me", 0.08).value());
  ASSERT_TRUE(cache_->Put("lease", "me", 60).ok());
  Sleep(150);
  EXPECT_FALSE(cache_->PutIfAbsent("lease", "other", 60).value());
  EXPECT_EQ(Get("lease"), Text("me"));
}

TEST_P(CacheConformance, OfManyThreadsOneGetsTheLease) {
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> winners = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, t] {
        if (cache_->PutIfAbsent(format("lease {}", round), std::to_string(t), 60).value())
          ++winners;
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
  }
}

TEST_P(CacheConformance, EraseForgetsOneKey) {
  ASSERT_TRUE(cache_->Put("a", "1", 60).ok());
  ASSERT_TRUE(cache_->Put("ab", "2", 60).ok());
  EXPECT_TRUE(cache_->Erase("a").ok());
  EXPECT_TRUE(cache_->Erase("a").ok()) << "an absent key is no error";
  EXPECT_EQ(Get("a"), Text());
  EXPECT_EQ(Get("ab"), Text("2"));
}

TEST_P(CacheConformance, ErasePrefixTakesItLiterally) {
  for (const char* key : {"p/1", "p/2", "p*", "P/1", "q", "p"})
    ASSERT_TRUE(cache_->Put(key, "x", 60).ok());
  ASSERT_TRUE(cache_->PutIfAbsent("p/lease", "x", 60).value());
  EXPECT_EQ(cache_->ErasePrefix("p/").value(), 3);
  EXPECT_EQ(cache_->ErasePrefix("p/").value(), 0);
  EXPECT_EQ(cache_->ErasePrefix("p*").value(), 1) << "an asterisk is no pattern";
  EXPECT_EQ(Get("p"), Text("x"));
  EXPECT_EQ(Get("P/1"), Text("x"));
  EXPECT_EQ(cache_->ErasePrefix("").value(), 3);
  EXPECT_EQ(Get("q"), Text());
}

TEST_P(CacheConformance, CountsHitsMissesAndEntries) {
  const CacheStatistics before = cache_->Statistics().value();
  ASSERT_TRUE(cache_->Put("a", "1", 60).ok());
  ASSERT_TRUE(cache_->Put("b", "2", 60).ok());
  for (const char* key : {"a", "a", "b", "c"}) ASSERT_TRUE(cache_->Get(key).ok());
  const CacheStatistics after = cache_->Statistics().value();
  EXPECT_EQ(after.hits - before.hits, 3);
  EXPECT_EQ(after.misses - before.misses, 1);
  EXPECT_EQ(after.entries, 2);
  EXPECT_GT(after.bytes, 0);
}

TEST_P(CacheConformance, ThreadsReadWholeValuesWhileOthersReplaceThem) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        const std::string key = format("k{}", i % 7);
        const char letter = static_cast<char>('a' + t);
        if (!cache_->Put(key, std::string(2000, letter), 60).ok()) ++wrong;
        auto got = cache_->Get(key);
        if (!got.ok()) ++wrong;
        const bool whole =
            got.ok() && *got && **got == std::string(2000, (*got)->empty() ? '?' : (**got)[0]);
        if (!whole) ++wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace codman::storage
