#include <algorithm>
#include <bit>

#include "features/record_keys_internal.h"

namespace codman::features {

size_t RecordKeys::Home(uint64_t key) const {
  // Keys may be counters as well as digests: spread them (Fibonacci hashing, TAOCP 6.4).
  uint64_t spread = (key ^ (key >> 32)) * 0x9E3779B97F4A7C15u;
  return static_cast<size_t>(spread >> (64 - std::countr_zero(entries_.size())));
}

size_t RecordKeys::Locate(uint64_t key) const {
  size_t at = Home(key);
  while (entries_[at].event_time != kEmpty && entries_[at].key != key) {
    at = (at + 1) & (entries_.size() - 1);
  }
  return at;
}

std::optional<int64_t> RecordKeys::Find(uint64_t key) const {
  if (size_ == 0) return {};
  const Entry& entry = entries_[Locate(key)];
  if (entry.event_time == kEmpty) return {};
  return entry.event_time;
}

std::optional<int64_t> RecordKeys::Exchange(uint64_t key, int64_t event_time) {
  if (2 * (size_ + 1) > entries_.size()) Grow();
  Entry& entry = entries_[Locate(key)];
  int64_t earlier = entry.event_time;
  entry = {key, event_time};
  if (earlier != kEmpty) return earlier;
  ++size_;
  return {};
}

void RecordKeys::Erase(uint64_t key) {
  if (size_ == 0) return;
  size_t mask = entries_.size() - 1;
  size_t hole = Locate(key);
  if (entries_[hole].event_time == kEmpty) return;
  // Moves later entries of the run back, so that no probe meets the hole (TAOCP 6.4, algorithm R).
  for (size_t at = (hole + 1) & mask; entries_[at].event_time != kEmpty; at = (at + 1) & mask) {
    size_t home = Home(entries_[at].key);
    if (((at - home) & mask) < ((at - hole) & mask)) continue;
    entries_[hole] = entries_[at];
    hole = at;
  }
  entries_[hole] = {};
  --size_;
}

void RecordKeys::Clear() {
  if (size_ == 0) return;
  std::fill(entries_.begin(), entries_.end(), Entry{});
  size_ = 0;
}

void RecordKeys::Grow() {
  std::vector<Entry> old(std::max<size_t>(8, 2 * entries_.size()));
  old.swap(entries_);
  for (const Entry& entry : old) {
    if (entry.event_time != kEmpty) entries_[Locate(entry.key)] = entry;
  }
}

}  // namespace codman::features
