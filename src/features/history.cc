#include <algorithm>

#include "features/history_internal.h"

namespace codman::features {
namespace {

// Dropping moves what stays, so it waits until at least as much goes.
constexpr size_t kFewestDropped = 32;

constexpr auto kTimeBelow = [](int64_t time, const auto& record) {
  return time < record.event_time;
};

}  // namespace

void History::Put(uint64_t key, int64_t event_time, double value) {
  if (event_time <= forgotten_to_) return Remove(key);
  if (auto earlier = keys_.Exchange(key, event_time)) EraseRecord(key, *earlier);
  bool in_order = records_.empty() || records_.back().event_time <= event_time;
  (in_order ? records_ : late_).push_back({event_time, key, value});
}

void History::Remove(uint64_t key) {
  auto event_time = keys_.Find(key);
  if (!event_time) return;
  keys_.Erase(key);
  EraseRecord(key, *event_time);
}

void History::EraseRecord(uint64_t key, int64_t event_time) {
  MergeLate();
  auto before = [](const Record& other, int64_t time) { return other.event_time < time; };
  auto at = std::lower_bound(records_.begin(), records_.end(), event_time, before);
  while (at->key != key) ++at;
  auto place = static_cast<size_t>(at - records_.begin());
  records_.erase(at);
  Changed(place);
  if (place < totals_.begin()) {
    totals_.Shift(-1);
  } else {
    totals_.Truncate(place);
  }
}

void History::MergeLate() {
  if (late_.empty()) return;
  if (late_.size() > 1) {
    std::stable_sort(late_.begin(), late_.end(),
                     [](const Record& a, const Record& b) { return a.event_time < b.event_time; });
  }
  auto place_of = [&](size_t late) {
    int64_t time = late_[late].event_time;
    auto at = std::upper_bound(records_.begin(), records_.end(), time, kTimeBelow);
    return static_cast<size_t>(at - records_.begin());
  };
  Changed(place_of(0));
  // Those that fall among records without totals only move the others' places.
  size_t uncounted = 0;
  while (uncounted < late_.size() && place_of(uncounted) < totals_.begin()) ++uncounted;
  if (uncounted < late_.size()) totals_.Truncate(place_of(uncounted));
  totals_.Shift(static_cast<int64_t>(uncounted));
  // From the end, so that each record moves once. Of equal times the late one came later.
  size_t from = records_.size(), to = from + late_.size();
  records_.resize(to);
  for (size_t left = late_.size(); left > 0;) {
    bool is_late = from == 0 || records_[from - 1].event_time <= late_[left - 1].event_time;
    records_[--to] = is_late ? late_[--left] : records_[--from];
  }
  late_.clear();
}

void History::Settle() {
  MergeLate();
  if (!keeps_sums_ || totals_.end() == records_.size()) return;
  if (totals_.end() == 0) origin_ = records_[0].event_time;
  for (size_t i = totals_.end(); i < records_.size(); ++i) {
    totals_.Append(records_[i].event_time - origin_, ToFixed(records_[i].value));
  }
}

size_t History::Droppable(int64_t time, size_t from) const {
  if (records_.size() - from < kFewestDropped) return 0;
  size_t old = Local(FirstAfter(time, begin() + static_cast<int64_t>(from))) - from;
  return old >= kFewestDropped && 2 * old >= records_.size() - from ? old : 0;
}

void History::ForgetSums(int64_t time) {
  if (!keeps_sums_) return;
  Settle();
  totals_.Drop(Droppable(time, totals_.begin()));
}

void History::Forget(int64_t time) {
  Settle();
  forgotten_to_ = std::max(forgotten_to_, time);
  ForgetSums(time);
  size_t dropped = Droppable(time, 0);
  // Totals go first; what still has some waits for the next time.
  if (keeps_sums_) dropped = std::min(dropped, totals_.begin());
  for (size_t i = 0; i < dropped; ++i) keys_.Erase(records_[i].key);
  auto count = static_cast<int64_t>(dropped);
  records_.erase(records_.begin(), records_.begin() + count);
  if (keeps_sums_) totals_.Shift(-count);
  forgotten_ += count;
}

void History::Clear() {
  records_.clear();
  late_.clear();
  totals_.Clear();
  keys_.Clear();
  forgotten_ = 0;
  forgotten_to_ = -kTimeLimit - 1;
  changed_from_ = kNothingChanged;
}

int64_t History::FirstAfter(int64_t time, int64_t from) const {
  size_t at = Local(from);
  // Windows mostly move by a record or two.
  for (int step = 0; step < 4; ++step, ++at) {
    if (at == records_.size() || records_[at].event_time > time) return begin() + int64_t(at);
  }
  auto found = std::upper_bound(records_.begin() + int64_t(at), records_.end(), time, kTimeBelow);
  return begin() + (found - records_.begin());
}

Sums History::SumsOf(int64_t begin, int64_t end) const {
  return totals_.Of(Local(begin), Local(end));
}

int64_t History::num_bytes() const {
  return static_cast<int64_t>((records_.capacity() + late_.capacity()) * sizeof(Record)) +
         totals_.num_bytes() + keys_.num_bytes();
}

}  // namespace codman::features
