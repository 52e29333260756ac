// The live records of one concept of one subject, by event time (of equal ones: by arrival), with
// running totals.
//
// Places are absolute: they count from the first record since Clear, so that forgetting the oldest
// ones moves none of the others. A record at the end costs O(1); one in the middle costs its
// suffix. Not thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "features/exact_internal.h"
#include "features/record_keys_internal.h"

namespace codman::features {

class History {
 public:
  explicit History(bool keeps_sums) : keeps_sums_(keeps_sums) {}

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

  int64_t begin() const { return forgotten_; }
  int64_t end() const { return forgotten_ + static_cast<int64_t>(records_.size()); }
  int64_t time(int64_t place) const { return records_[Local(place)].event_time; }
  double value(int64_t place) const { return records_[Local(place)].value; }
  // First place at or after `from` with an event time above `time`.
  int64_t FirstAfter(int64_t time, int64_t from) const;
  // Totals of the records in [begin, end), x relative to a fixed time. Only where the history keeps
  // sums.
  Sums SumsOf(int64_t begin, int64_t end) const;
  // Grows whenever something else happened than a record added at the end.
  uint64_t version() const { return version_; }
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
  size_t Local(int64_t place) const { return static_cast<size_t>(place - forgotten_); }
  // Totals again reach from `sums_begin_` to the last record; those before the first `intact`
  // records are right.
  void Resum(size_t intact);
  // A record came to (+1) or went from (−1) `place`.
  void Moved(size_t place, int by);

  bool keeps_sums_;
  std::vector<Record> records_;
  std::vector<Sums> sums_;  // sums_[i]: of all before record sums_begin_ + i, plus some constant
  size_t sums_begin_ = 0;   // records before it have no totals any more
  RecordKeys keys_;
  int64_t origin_ = 0;     // x = 0
  int64_t forgotten_ = 0;  // how many records were dropped in front
  int64_t forgotten_to_ = -kTimeLimit - 1;
  uint64_t version_ = 0;
};

}  // namespace codman::features
