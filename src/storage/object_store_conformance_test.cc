// What every object store does, in a folder or across the network. A further implementation is one
// line of kStores. Expected values: what the test itself put; the order of keys is that of
// std::string, byte by byte, as S3 lists them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <set>
#include <thread>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "storage/object_store.h"

namespace codman::storage {
namespace {

// Folders that go when the tests end.
class TemporaryFolders {
 public:
  ~TemporaryFolders() { static_cast<void>(base::RemoveTree(root_)); }
  std::string Next() { return format("{}/{}", root_, next_++); }

 private:
  std::string root_ = format("{}codman_objects_{}", testing::TempDir(), getpid());
  int next_ = 0;
};

std::unique_ptr<ObjectStore> MakeLocal(ObjectObserver observer) {
  static TemporaryFolders folders;
  return OpenLocalObjectStore(folders.Next(), std::move(observer)).value();
}

struct StoreUnderTest {
  const char* name;
  std::function<std::unique_ptr<ObjectStore>(ObjectObserver)> make;  // an empty one
};
const StoreUnderTest kStores[] = {
    {"Local", MakeLocal},
};

class ObjectStoreConformance : public testing::TestWithParam<StoreUnderTest> {
 protected:
  std::string Bytes(const std::string& key) {
    auto bytes = store_->GetBytes(key);
    return bytes.ok() ? *bytes : "error: " + bytes.error().ToString();
  }
  void Put(const std::string& key, std::string_view bytes) {
    auto put = store_->PutBytes(key, bytes);
    ASSERT_TRUE(put.ok()) << key << ": " << put.error().ToString();
  }
  std::vector<std::string> Keys(const std::string& prefix, int limit = 1000) {
    std::vector<std::string> keys;
    ObjectPage page;
    do {
      page = store_->List(prefix, page.next, limit).value();
      EXPECT_LE(page.objects.size(), static_cast<size_t>(limit));
      for (const auto& object : page.objects) keys.push_back(object.key);
    } while (!page.next.empty());
    return keys;
  }
  static ErrorKind KindOf(const auto& result) { return result.error().kind(); }

  std::mutex told_mutex_;
  std::vector<std::string> told_;
  std::unique_ptr<ObjectStore> store_ =
      GetParam().make([this](std::string_view operation, const std::string& key, const auto& done) {
        std::lock_guard lock(told_mutex_);
        told_.push_back(format("{} {} {}", operation, key,
                               done.ok() ? "ok" : base::RowOf(done.error().kind()).name));
      });
};
INSTANTIATE_TEST_SUITE_P(Every, ObjectStoreConformance, testing::ValuesIn(kStores),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_P(ObjectStoreConformance, GivesBackWhatWasPutWithItsDescription) {
  const std::string bytes("line\r\n\0\xff", 8);
  const int64_t before_us = base::NowUs();
  const PutOptions options{.content_type = "application/json",
                           .metadata = {{"task", "sepsis"}, {"version-3", ""}}};
  const ObjectInfo put = store_->PutBytes("models/sepsis/3/card.json", bytes, options).value();
  EXPECT_EQ(Bytes("models/sepsis/3/card.json"), bytes);
  const ObjectInfo info = store_->Describe("models/sepsis/3/card.json").value();
  for (const ObjectInfo& each : {put, info}) {
    EXPECT_EQ(each.key, "models/sepsis/3/card.json");
    EXPECT_EQ(each.size_bytes, 8);
    EXPECT_EQ(each.content_type, "application/json");
    EXPECT_EQ(each.metadata, options.metadata);
    EXPECT_EQ(each.etag, put.etag);
    EXPECT_GE(each.modified_us, before_us - 2'000'000);
    EXPECT_LE(each.modified_us, base::NowUs() + 2'000'000);
  }
  EXPECT_TRUE(store_->Check().ok());
}

TEST_P(ObjectStoreConformance, AnObjectMayBeEmpty) {
  Put("empty", "");
  EXPECT_EQ(Bytes("empty"), "");
  EXPECT_EQ(store_->Describe("empty")->size_bytes, 0);
}

TEST_P(ObjectStoreConformance, PutReplacesContentAndDescription) {
  ASSERT_TRUE(store_->PutBytes("a", "old", {.metadata = {{"x", "1"}}}).ok());
  const std::string old_etag = store_->Describe("a")->etag;
  Put("a", "newer");
  const ObjectInfo info = store_->Describe("a").value();
  EXPECT_EQ(Bytes("a"), "newer");
  EXPECT_EQ(info.size_bytes, 5);
  EXPECT_TRUE(info.metadata.empty());
  EXPECT_NE(info.etag, old_etag);
  EXPECT_THAT(Keys(""), testing::ElementsAre("a"));
}

TEST_P(ObjectStoreConformance, OnlyIfAbsentNeverReplaces) {
  const PutOptions only{.only_if_absent = true};
  EXPECT_TRUE(store_->PutBytes("a", "first", only).ok());
  auto second = store_->PutBytes("a", "second", only);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(KindOf(second), ErrorKind::kConflict);
  EXPECT_THAT(second.error().message(), testing::HasSubstr("'a'"));
  EXPECT_EQ(Bytes("a"), "first");
  ASSERT_TRUE(store_->Delete("a").ok());
  EXPECT_TRUE(store_->PutBytes("a", "third", only).ok());
}

TEST_P(ObjectStoreConformance, OfManyWritersOneFindsTheKeyFree) {
  for (int round = 0; round < 5; ++round) {
    std::atomic<int> winners = 0, losers = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 6; ++t) {
      threads.emplace_back([&, t] {
        auto put =
            store_->PutBytes(format("lock/{}", round), std::to_string(t), {.only_if_absent = true});
        if (put.ok())
          ++winners;
        else if (KindOf(put) == ErrorKind::kConflict)
          ++losers;
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(losers, 5);
  }
}

TEST_P(ObjectStoreConformance, AbsentObjectsAreNamed) {
  auto got = store_->GetBytes("no/such");
  ASSERT_FALSE(got.ok());
  EXPECT_EQ(KindOf(got), ErrorKind::kNotFound);
  EXPECT_THAT(got.error().message(), testing::HasSubstr("no/such"));
  EXPECT_EQ(KindOf(store_->Describe("no/such")), ErrorKind::kNotFound);
  EXPECT_TRUE(store_->Delete("no/such").ok());
  Put("no", "x");
  EXPECT_EQ(KindOf(store_->Describe("no/such")), ErrorKind::kNotFound);
}

TEST_P(ObjectStoreConformance, DeleteTakesOneObjectOnly) {
  for (const char* key : {"a", "a/b", "a/b/c"}) Put(key, key);
  ASSERT_TRUE(store_->Delete("a/b").ok());
  EXPECT_EQ(Bytes("a"), "a");
  EXPECT_EQ(Bytes("a/b/c"), "a/b/c");
  EXPECT_THAT(Keys(""), testing::ElementsAre("a", "a/b/c"));
}

// Three megabytes in uneven pieces, there and back, and from any byte on.
TEST_P(ObjectStoreConformance, StreamsBothWays) {
  std::string whole;
  for (int i = 0; whole.size() < 3'000'000; ++i) whole += std::to_string(i);
  size_t given = 0;
  auto source = [&](std::span<char> space) -> Result<size_t> {
    const size_t count = std::min({space.size(), whole.size() - given, size_t{77'777}});
    std::memcpy(space.data(), whole.data() + given, count);
    given += count;
    return count;
  };
  ASSERT_EQ(store_->Put("large", source)->size_bytes, static_cast<int64_t>(whole.size()));
  for (size_t offset : {size_t{0}, size_t{1}, size_t{2'000'001}, whole.size() - 1, whole.size(),
                        whole.size() + 5}) {
    std::string read;
    int pieces = 0;
    auto sink = [&](std::string_view piece) -> Result<> {
      read += piece;
      ++pieces;
      return {};
    };
    ASSERT_TRUE(store_->Get("large", sink, static_cast<int64_t>(offset)).ok());
    EXPECT_TRUE(read == whole.substr(std::min(offset, whole.size()))) << offset;
    if (offset == 0) {
      EXPECT_GT(pieces, 1);
    }
  }
  EXPECT_EQ(KindOf(store_->Get(
                "large", [](auto) { return Result<>(); }, -1)),
            ErrorKind::kInvalidInput);
  EXPECT_EQ(KindOf(store_->GetBytes("large", 1000)), ErrorKind::kInvalidInput);
}

TEST_P(ObjectStoreConformance, AnErrorOfSourceOrSinkEndsTheOperation) {
  Put("a", "before");
  int calls = 0;
  auto source = [&](std::span<char> space) -> Result<size_t> {
    if (++calls == 2) return base::Conflict("source");
    space[0] = 'x';
    return 1;
  };
  EXPECT_EQ(store_->Put("a", source).error().message(), "source");
  EXPECT_EQ(Bytes("a"), "before") << "a put that failed changes nothing";
  auto sink = [](std::string_view) -> Result<> { return base::Conflict("sink"); };
  EXPECT_EQ(store_->Get("a", sink).error().message(), "sink");
}

TEST_P(ObjectStoreConformance, RefusesWhatIsNoKey) {
  const std::string bad[] = {"",
                             "/a",
                             "a/",
                             "a//b",
                             ".",
                             "..",
                             "../a",
                             "a/../b",
                             "a/.",
                             "./a",
                             "a\nb",
                             std::string("a\0b", 3),
                             "a\x7f",
                             "a\x1f/b",
                             "/etc/passwd",
                             std::string(1025, 'a'),
                             "\xff",
                             "a\xc0\xaf",
                             "\xed\xa0\x80",
                             "\xe2\x82",
                             "\xf4\x90\x80\x80"};
  for (const std::string& key : bad) {
    EXPECT_EQ(KindOf(store_->PutBytes(key, "x")), ErrorKind::kInvalidInput) << key;
    EXPECT_EQ(KindOf(store_->GetBytes(key)), ErrorKind::kInvalidInput) << key;
    EXPECT_EQ(KindOf(store_->Describe(key)), ErrorKind::kInvalidInput) << key;
    EXPECT_EQ(KindOf(store_->Delete(key)), ErrorKind::kInvalidInput) << key;
  }
  EXPECT_TRUE(Keys("").empty());
}

const std::vector<std::string>& OddKeys() {
  static const std::vector<std::string> keys = [] {
    std::vector<std::string> odd = {"a",
                                    "a!",
                                    "a/b",
                                    "a/b/c",
                                    "a0",
                                    "a,",
                                    "a,/b",
                                    "a,+",
                                    ",partial/x",
                                    "%",
                                    "%41",
                                    "A",
                                    "...",
                                    ".hidden",
                                    "..a/..b",
                                    "with blank/ x ",
                                    "*?\"<>|:\\",
                                    "schlüssel/ü",
                                    "日本",
                                    "😀",
                                    "~",
                                    "-",
                                    std::string(1024, 'k'),
                                    std::string(200, 'w'),
                                    std::string(201, 'w'),
                                    std::string(200, 'w') + "/x",
                                    std::string(200, 'w') + "!",
                                    std::string(200, 'w') + "0",
                                    std::string(400, 'w'),
                                    std::string(400, '.'),
                                    std::string(201, '.') + "/" + std::string(203, '.'),
                                    std::string(67, '*'),
                                    std::string(340, '*')};
    std::string deep = "d";
    while (deep.size() < 1022) deep += "/d";
    odd.push_back(deep);
    return odd;
  }();
  return keys;
}

TEST_P(ObjectStoreConformance, EveryOtherKeyIsItsOwnAndListedInByteOrder) {
  for (const std::string& key : OddKeys()) Put(key, "of " + key);
  for (const std::string& key : OddKeys()) EXPECT_EQ(Bytes(key), "of " + key);
  std::vector<std::string> sorted = OddKeys();
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(Keys(""), sorted);
  for (int limit : {1, 2, 7}) EXPECT_EQ(Keys("", limit), sorted) << limit;
  for (const std::string& key : OddKeys()) {
    for (size_t length : {size_t{1}, key.size() / 2, key.size()}) {
      const std::string prefix = key.substr(0, length);
      std::vector<std::string> expected;
      for (const auto& each : sorted)
        if (each.starts_with(prefix)) expected.push_back(each);
      EXPECT_EQ(Keys(prefix, 3), expected) << prefix;
    }
  }
  for (const std::string& key : OddKeys()) ASSERT_TRUE(store_->Delete(key).ok());
  EXPECT_TRUE(Keys("").empty());
}

TEST_P(ObjectStoreConformance, ListsFromAnyPlaceOn) {
  const std::vector<std::string> keys = {"a", "a/1", "a/2", "b/1", "b/2/x", "c"};
  for (const auto& key : keys) Put(key, key);
  for (const char* after :
       {"", "a", "a/", "a/1", "a/15", "a0", "b", "b/2", "b/2/x", "bz", "c", "d"}) {
    std::vector<std::string> expected, listed;
    std::copy_if(keys.begin(), keys.end(), std::back_inserter(expected),
                 [&](const auto& key) { return key > after; });
    const ObjectPage page = store_->List("", after).value();
    for (const auto& object : page.objects) listed.push_back(object.key);
    EXPECT_EQ(listed, expected) << after;
  }
  const ObjectPage page = store_->List("a/", "", 1).value();
  EXPECT_EQ(page.next, "a/1");
  EXPECT_EQ(page.objects[0].size_bytes, 3);
  EXPECT_EQ(page.objects[0].etag, store_->Describe("a/1")->etag);
  EXPECT_EQ(store_->List("a/", "a/1", 1)->next, "") << "the last page says so";
  for (const char* nothing : {"../", "/", "//", "x/", "a//", "a/../", ".", "partial/"})
    EXPECT_TRUE(Keys(nothing).empty()) << nothing;
  EXPECT_EQ(KindOf(store_->List("", "", 0)), ErrorKind::kInvalidInput);
  EXPECT_EQ(KindOf(store_->List("a\n")), ErrorKind::kInvalidInput);
}

TEST_P(ObjectStoreConformance, RefusesDescriptionsThatNoHeaderCarries) {
  const PutOptions bad[] = {
      {.content_type = ""},
      {.content_type = "text/plain\r\nX: y"},
      {.metadata = {{"Name", "x"}}},
      {.metadata = {{"", "x"}}},
      {.metadata = {{"a b", "x"}}},
      {.metadata = {{"a", "x\ny"}}},
      {.metadata = {{"a", " x"}}},
      {.metadata = {{"a", "\xc3\xbc"}}},
      {.metadata = {{"a", std::string(2048, 'x')}}},
  };
  for (const PutOptions& options : bad)
    EXPECT_EQ(KindOf(store_->PutBytes("a", "x", options)), ErrorKind::kInvalidInput);
  EXPECT_TRUE(Keys("").empty());
  const PutOptions largest{.metadata = {{"a", std::string(2047, '"')}}};
  ASSERT_TRUE(store_->PutBytes("a", "x", largest).ok());
  EXPECT_EQ(store_->Describe("a")->metadata, largest.metadata);
}

TEST_P(ObjectStoreConformance, TellsTheObserverOfEveryOperation) {
  Put("a", "x");
  EXPECT_FALSE(store_->PutBytes("a", "y", {.only_if_absent = true}).ok());
  EXPECT_EQ(Bytes("a"), "x");
  EXPECT_TRUE(store_->Describe("a").ok());
  EXPECT_FALSE(store_->Describe("b").ok());
  EXPECT_TRUE(store_->List("a").ok());
  EXPECT_TRUE(store_->Delete("a").ok());
  EXPECT_FALSE(store_->Delete("../a").ok());
  EXPECT_THAT(told_, testing::ElementsAre("put a ok", "put a conflict", "get a ok", "describe a ok",
                                          "describe b not_found", "list a ok", "delete a ok",
                                          "delete ../a invalid_input"));
}

TEST_P(ObjectStoreConformance, ReadersSeeWholeObjectsWhileWritersReplaceAndDelete) {
  std::atomic<bool> stop = false;
  std::atomic<int> broken = 0, whole = 0;
  auto write = [&](int t) {
    for (int i = 0; i < 40; ++i) {
      const std::string content(static_cast<size_t>(1000 + 300'000 * (i % 2)),
                                static_cast<char>('a' + t));
      if (!store_->PutBytes("deep/er/k", content).ok()) ++broken;
      if (i % 8 == 7 && !store_->Delete("deep/er/k").ok()) ++broken;
    }
  };
  auto read = [&] {
    while (!stop) {
      auto got = store_->GetBytes("deep/er/k");
      const bool fine = got.ok() ? *got == std::string(got->size(), (*got)[0])
                                 : KindOf(got) == ErrorKind::kNotFound;
      if (!fine || !store_->List("deep/").ok()) ++broken;
      if (got.ok()) ++whole;
    }
  };
  std::thread reader(read), first(write, 0), second(write, 1);
  first.join();
  second.join();
  stop = true;
  reader.join();
  EXPECT_EQ(broken, 0);
  EXPECT_GT(whole, 0);
}

}  // namespace
}  // namespace codman::storage
