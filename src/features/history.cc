#include <algorithm>

#include "features/history_internal.h"

namespace codman::features {
namespace {

// Dropping moves what stays, so it waits until at least as much goes.
constexpr size_t kFewestDropped = 32;

}  // namespace

void History::Put(uint64_t key, int64_t event_time, double value) {
  if (event_time <= forgotten_to_) return Remove(key);
  if (auto earlier = keys_.Exchange(key, event_time)) EraseRecord(key, *earlier);
  Record record{event_time, key, value};
  if (records_.empty() || records_.back().event_time <= event_time) {
    records_.push_back(record);
    return Resum(records_.size() - 1);
  }
  auto after = [](int64_t time, const Record& other) { return time < other.event_time; };
  auto at = std::upper_bound(records_.begin(), records_.end(), event_time, after);
  auto place = static_cast<size_t>(at - records_.begin());
  records_.insert(at, record);
  Moved(place, +1);
}

void History::Remove(uint64_t key) {
  auto event_time = keys_.Find(key);
  if (!event_time) return;
  keys_.Erase(key);
  EraseRecord(key, *event_time);
}

void History::EraseRecord(uint64_t key, int64_t event_time) {
  auto before = [](const Record& other, int64_t time) { return other.event_time < time; };
  auto at = std::lower_bound(records_.begin(), records_.end(), event_time, before);
  while (at->key != key) ++at;
  auto place = static_cast<size_t>(at - records_.begin());
  records_.erase(at);
  Moved(place, -1);
}

void History::Moved(size_t place, int by) {
  ++version_;
  if (place >= sums_begin_) return Resum(place);
  // Totals are right up to a constant, and what stands before them is only that.
  sums_begin_ = by > 0 ? sums_begin_ + 1 : sums_begin_ - 1;
}

void History::Resum(size_t intact) {
  if (!keeps_sums_) return;
  if (sums_.empty()) {
    sums_.emplace_back();
    origin_ = records_.empty() ? 0 : records_[0].event_time;
  }
  sums_.resize(intact - sums_begin_ + 1);
  for (size_t i = intact; i < records_.size(); ++i) {
    Sums next = sums_.back();
    next.Add(records_[i].event_time - origin_, ToFixed(records_[i].value));
    sums_.push_back(next);
  }
}

size_t History::Droppable(int64_t time, size_t from) const {
  if (records_.size() - from < kFewestDropped) return 0;
  size_t old = Local(FirstAfter(time, begin() + static_cast<int64_t>(from))) - from;
  return old >= kFewestDropped && 2 * old >= records_.size() - from ? old : 0;
}

void History::ForgetSums(int64_t time) {
  size_t dropped = keeps_sums_ ? Droppable(time, sums_begin_) : 0;
  sums_.erase(sums_.begin(), sums_.begin() + static_cast<int64_t>(dropped));
  sums_begin_ += dropped;
}

void History::Forget(int64_t time) {
  forgotten_to_ = std::max(forgotten_to_, time);
  ForgetSums(time);
  size_t dropped = Droppable(time, 0);
  // Totals go first; what still has some waits for the next time.
  if (keeps_sums_) dropped = std::min(dropped, sums_begin_);
  for (size_t i = 0; i < dropped; ++i) keys_.Erase(records_[i].key);
  auto count = static_cast<int64_t>(dropped);
  records_.erase(records_.begin(), records_.begin() + count);
  if (keeps_sums_) sums_begin_ -= dropped;
  forgotten_ += count;
}

void History::Clear() {
  records_.clear();
  sums_.clear();
  sums_begin_ = 0;
  keys_.Clear();
  forgotten_ = 0;
  forgotten_to_ = -kTimeLimit - 1;
  ++version_;
}

int64_t History::FirstAfter(int64_t time, int64_t from) const {
  size_t at = Local(from);
  // Windows mostly move by a record or two.
  for (int step = 0; step < 4; ++step, ++at) {
    if (at == records_.size() || records_[at].event_time > time) return begin() + int64_t(at);
  }
  auto after = [](int64_t t, const Record& other) { return t < other.event_time; };
  auto found = std::upper_bound(records_.begin() + int64_t(at), records_.end(), time, after);
  return begin() + (found - records_.begin());
}

Sums History::SumsOf(int64_t begin, int64_t end) const {
  return sums_[Local(end) - sums_begin_] - sums_[Local(begin) - sums_begin_];
}

int64_t History::num_bytes() const {
  return static_cast<int64_t>(records_.capacity() * sizeof(Record) +
                              sums_.capacity() * sizeof(Sums)) +
         keys_.num_bytes();
}

}  // namespace codman::features
