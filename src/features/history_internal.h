// The live records of one concept of one subject, by event time (of equal ones: by arrival), with
// running totals.
//
// Places are absolute: they count from the first record since Clear, so that forgetting the oldest
// ones moves none of the others. A record costs O(1) when it arrives, in order or late; late ones
// wait until Settle merges all of them in one pass over the suffix that they fall into. Only a
// record that is replaced or removed costs its suffix at once. Not thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "features/exact_internal.h"
#include "features/record_keys_internal.h"
#include "features/running_totals_internal.h"

namespace codman::features {

class History {
 public:
  static constexpr int64_t kNothingChanged = std::numeric_limits<int64_t>::max();

  // Without moments SumsOf tells the sum of the values only.
  explicit History(bool keeps_sums, bool keeps_moments = true)
      : keeps_sums_(keeps_sums), totals_(keeps_moments) {}

  // The record known by `key` is from now on this one. Records at or before `forgotten_to()` are
  // not kept.
  void Put(uint64_t key, int64_t event_time, double value);
  // `key` has no value any more.
  void Remove(uint64_t key);
  // Records with event_time <= time will never be asked for again.
  void Forget(int64_t time);
  // Sums over records with event_time <= time will never be asked for again. They are most of what
  // a record weighs.
  void ForgetSums(int64_t time);
  void Clear();

  // Everything below tells of the records that were there at the last Settle.
  void Settle();
  int64_t begin() const { return forgotten_; }
  int64_t end() const { return forgotten_ + static_cast<int64_t>(records_.size()); }
  int64_t time(int64_t place) const { return records_[Local(place)].event_time; }
  double value(int64_t place) const { return records_[Local(place)].value; }
  // First place at or after `from` with an event time above `time`.
  int64_t FirstAfter(int64_t time, int64_t from) const;
  // Totals of the records in [begin, end), x relative to a fixed time. Only where the history keeps
  // sums.
  Sums SumsOf(int64_t begin, int64_t end) const;
  // The records before this place are those of the last MarkSeen; records added at the end are no
  // change.
  int64_t changed_from() const { return changed_from_; }
  void MarkSeen() { changed_from_ = kNothingChanged; }
  int64_t num_bytes() const;

 private:
  struct Record {
    int64_t event_time;
    uint64_t key;
    double value;
  };

  // How many records after the first `from` are at or before `time`, if it is worth dropping them;
  // else 0.
  size_t Droppable(int64_t time, size_t from) const;
  void EraseRecord(uint64_t key, int64_t event_time);
  void MergeLate();
  size_t Local(int64_t place) const { return static_cast<size_t>(place - forgotten_); }
  void Changed(size_t place) {
    changed_from_ = std::min(changed_from_, forgotten_ + static_cast<int64_t>(place));
  }

  bool keeps_sums_;
  std::vector<Record> records_;
  std::vector<Record> late_;  // by arrival; each is earlier than some record was when it came
  RunningTotals totals_;
  RecordKeys keys_;
  int64_t origin_ = 0;     // x = 0
  int64_t forgotten_ = 0;  // how many records were dropped in front
  int64_t forgotten_to_ = -kTimeLimit - 1;
  int64_t changed_from_ = kNothingChanged;
};

}  // namespace codman::features
