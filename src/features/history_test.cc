// The history against the plainest thing that could be right: a list sorted anew for every
// question.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <unordered_map>

#include "features/history_internal.h"

namespace codman::features {
namespace {

TEST(RecordKeysTest, BehavesLikeAMap) {
  std::mt19937_64 random(11);
  RecordKeys keys;
  std::unordered_map<uint64_t, int64_t> expected;
  for (int step = 0; step < 20000; ++step) {
    uint64_t key = random() % 300;
    if (random() % 2 == 0) {
      keys.Erase(key);
      expected.erase(key);
    } else {
      auto earlier = keys.Exchange(key, step);
      ASSERT_EQ(earlier.has_value(), expected.contains(key));
      if (earlier) {
        ASSERT_EQ(*earlier, expected[key]);
      }
      expected[key] = step;
    }
    uint64_t asked = random() % 300;
    auto found = keys.Find(asked);
    ASSERT_EQ(found.has_value(), expected.contains(asked));
    if (found) {
      ASSERT_EQ(*found, expected[asked]);
    }
  }
  keys.Clear();
  EXPECT_FALSE(keys.Find(expected.empty() ? 1 : expected.begin()->first));
}

struct Entry {
  int64_t time;
  uint64_t key;
  double value;
};

void ExpectEqual(History& history, const std::vector<Entry>& entries, int64_t forgotten_to,
                 int64_t sums_forgotten_to, bool moments) {
  std::vector<Entry> expected = entries;
  std::stable_sort(expected.begin(), expected.end(),
                   [](const Entry& a, const Entry& b) { return a.time < b.time; });
  std::erase_if(expected, [&](const Entry& e) { return e.time <= forgotten_to; });
  history.Settle();
  int64_t place = history.FirstAfter(forgotten_to, history.begin());
  ASSERT_EQ(history.end() - place, static_cast<int64_t>(expected.size()));
  Sums sums;
  int64_t first = history.FirstAfter(std::max(forgotten_to, sums_forgotten_to), history.begin());
  for (const Entry& entry : expected) {
    ASSERT_EQ(history.time(place), entry.time);
    ASSERT_EQ(history.value(place), entry.value);
    if (++place <= first) continue;
    sums.Add(entry.time, ToFixed(entry.value));
    auto n = place - first;
    Sums got = history.SumsOf(first, place);
    ASSERT_EQ(RoundSum(got), RoundSum(sums));
    if (n < 2 || !moments) continue;
    ASSERT_EQ(RoundVariance(got, n), RoundVariance(sums, n));
    // The history counts x from another origin; the slope must not notice.
    double slope = RoundSlopePerHour(got, n);
    double expected_slope = RoundSlopePerHour(sums, n);
    ASSERT_TRUE(slope == expected_slope || (std::isnan(slope) && std::isnan(expected_slope)));
  }
}

TEST(HistoryTest, KeepsOrderAndSumsThroughCorrections) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 20; ++round) {
    bool moments = round % 4 < 2;
    History history(true, moments);
    std::vector<Entry> entries;
    int64_t forgotten_to = -1000000, sums_forgotten_to = -1000000;
    for (int64_t step = 0; step < 400; ++step) {
      uint64_t key = random() % 200;
      std::erase_if(entries, [&](const Entry& e) { return e.key == key; });
      if (random() % 5 == 0) {
        history.Remove(key);
      } else {
        Entry entry{step * 10 - static_cast<int64_t>(random() % 120), key,
                    static_cast<double>(random() % 1000) / 7};
        history.Put(key, entry.time, entry.value);
        entries.push_back(entry);
      }
      if (random() % 10 == 0) {
        if (round % 2 == 0) forgotten_to = std::max(forgotten_to, step * 10 - 900);
        if (round % 2 == 0) history.Forget(forgotten_to);
        sums_forgotten_to = std::max(sums_forgotten_to, step * 10 - 400);
        history.ForgetSums(sums_forgotten_to);
      }
      if (step % 7 == 0) ExpectEqual(history, entries, forgotten_to, sums_forgotten_to, moments);
    }
    ExpectEqual(history, entries, forgotten_to, sums_forgotten_to, moments);
  }
}

// By hand: 5 and 3 are late, of equal times the one that came later stands behind.
TEST(HistoryTest, LateRecordsFallIntoPlaceAtOnce) {
  History history(true, false);
  history.Put(1, 10, 1);
  history.Put(2, 30, 2);
  history.Put(3, 20, 4);
  history.Put(4, 30, 8);
  history.Put(5, 10, 16);
  history.Settle();
  std::vector<double> values;
  for (int64_t place = history.begin(); place < history.end(); ++place) {
    values.push_back(history.value(place));
  }
  EXPECT_EQ(values, (std::vector<double>{1, 16, 4, 2, 8}));
  EXPECT_EQ(history.changed_from(), 1);
  EXPECT_EQ(RoundSum(history.SumsOf(1, 4)), 22);
  history.MarkSeen();
  history.Put(6, 40, 32);  // in order: changes nothing before it
  history.Settle();
  EXPECT_EQ(history.changed_from(), History::kNothingChanged);
  history.Remove(3);
  EXPECT_EQ(history.changed_from(), 2);
}

// Half a million records, every one earlier than the last, and one question: what would take
// minutes if each one moved those behind it.
TEST(HistoryTest, ManyLateRecordsAreMergedOnce) {
  constexpr int64_t kCount = 500000;
  History history(true, false);
  for (int64_t i = 0; i < kCount; ++i) history.Put(static_cast<uint64_t>(i), kCount - i, 1);
  history.Settle();
  ASSERT_EQ(history.end() - history.begin(), kCount);
  for (int64_t i = 0; i < kCount; ++i) ASSERT_EQ(history.time(history.begin() + i), i + 1);
  EXPECT_EQ(RoundSum(history.SumsOf(history.begin(), history.end())), kCount);
}

TEST(HistoryTest, AnEndlessStreamNeedsBoundedMemory) {
  History history(true);
  int64_t most = 0;
  for (int64_t i = 0; i < 100000; ++i) {
    history.Put(static_cast<uint64_t>(i), i, 1);
    history.Forget(i - 100);
    most = std::max(most, history.num_bytes());
  }
  EXPECT_LT(most, 200000);
}

}  // namespace
}  // namespace codman::features
