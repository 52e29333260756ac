// Which record a key names: an open-addressed table from key to event time. A hash table of its own
// because a subject's state adds one entry per event, and Reset must keep the memory.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace codman::features {

class RecordKeys {
 public:
  std::optional<int64_t> Find(uint64_t key) const;
  // Sets the key's event time and gives back the one it had.
  std::optional<int64_t> Exchange(uint64_t key, int64_t event_time);
  void Erase(uint64_t key);
  void Clear();
  int64_t num_bytes() const { return static_cast<int64_t>(entries_.capacity() * sizeof(Entry)); }

 private:
  static constexpr int64_t kEmpty = std::numeric_limits<int64_t>::min();  // no event time
  struct Entry {
    uint64_t key = 0;
    int64_t event_time = kEmpty;
  };

  size_t Home(uint64_t key) const;
  // Where the key stands, or the empty place where it would.
  size_t Locate(uint64_t key) const;
  void Grow();

  std::vector<Entry> entries_;  // a power of two of them, at most half full
  size_t size_ = 0;
};

}  // namespace codman::features
