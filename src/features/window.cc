#include <algorithm>
#include <cmath>
#include <limits>

#include "base/clock.h"
#include "features/window_internal.h"

namespace codman::features {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// a + b, at most kNever; b > 0.
int64_t Later(int64_t a, int64_t b) { return a > kNever - b ? kNever : a + b; }

// a − b, no lower than any event time can be.
int64_t Earlier(int64_t a, int64_t b) { return a < -kTimeLimit + b ? -kTimeLimit - 1 : a - b; }

}  // namespace

bool Window::Move(const History& history, const WindowPlan& plan, int64_t t, int64_t end) {
  int64_t changed_from = history.changed_from();
  bool same_records = known_ && changed_from >= end_;
  // What stands before both was too old already.
  int64_t from = std::max(known_ ? std::min(begin_, changed_from) : 0, history.begin());
  int64_t begin = from;
  bool has_before = false;
  if (plan.window_us != kNoWindow) {
    begin = history.FirstAfter(Earlier(t, plan.window_us), from);
    has_before = plan.change && begin > history.begin() &&
                 history.time(begin - 1) > Earlier(t, 2 * plan.window_us);
  }
  bool changed = !same_records || begin != begin_ || end != end_ || has_before != has_before_;
  extremes_known_ &= known_ && min_at_ < changed_from && max_at_ < changed_from;
  known_ = true;
  looked_at_ = std::min(looked_at_, changed_from);
  begin_ = begin;
  end_ = end;
  has_before_ = has_before;
  return changed;
}

void Window::FindExtremes(const History& history) {
  if (begin_ == end_) {
    extremes_known_ = false;
    return;
  }
  if (!extremes_known_ || min_at_ < begin_ || max_at_ < begin_) {
    min_at_ = max_at_ = begin_;
    looked_at_ = begin_ + 1;
  }
  for (; looked_at_ < end_; ++looked_at_) {
    // Of equal ones the latest: it stays longest.
    if (history.value(looked_at_) <= history.value(min_at_)) min_at_ = looked_at_;
    if (history.value(looked_at_) >= history.value(max_at_)) max_at_ = looked_at_;
  }
  extremes_known_ = true;
}

double Window::Change(const History& history) const {
  if (!has_before_ || begin_ == end_) return kMissing;
  return history.value(end_ - 1) - history.value(begin_ - 1);
}

double Window::Distinct(const History& history) const {
  std::vector<double> values;
  for (int64_t place = begin_; place < end_; ++place) values.push_back(history.value(place));
  std::sort(values.begin(), values.end());
  return static_cast<double>(std::unique(values.begin(), values.end()) - values.begin());
}

double Window::Aggregated(const History& history, const SlotPlan& slot, events::Worst worst,
                          const Sums& sums) const {
  int64_t n = end_ - begin_;
  bool some = n > 0;
  switch (slot.aggregate) {
    case Aggregate::kIsMissing:
      return some ? 0 : 1;
    case Aggregate::kCount:
      return static_cast<double>(n);
    case Aggregate::kAny:
      return some && (history.value(min_at_) != 0 || history.value(max_at_) != 0) ? 1 : 0;
    case Aggregate::kLast:
      return some ? history.value(end_ - 1) : kMissing;
    case Aggregate::kFirst:
      return some ? history.value(begin_) : kMissing;
    case Aggregate::kMin:
      return some ? history.value(min_at_) : kMissing;
    case Aggregate::kMax:
      return some ? history.value(max_at_) : kMissing;
    case Aggregate::kWorst:
      return some ? history.value(worst == events::Worst::kHigh ? max_at_ : min_at_) : kMissing;
    case Aggregate::kSum:
      return some ? RoundSum(sums) : kMissing;
    case Aggregate::kMean:
      return some ? RoundMean(sums, n) : kMissing;
    case Aggregate::kSd:
      return n > 1 ? std::sqrt(RoundVariance(sums, n)) : kMissing;
    case Aggregate::kSlope:
      return n > 1 ? RoundSlopePerHour(sums, n) : kMissing;
    case Aggregate::kDelta:
      return n > 1 ? history.value(end_ - 1) - history.value(end_ - 2) : kMissing;
    case Aggregate::kChange:
      return Change(history);
    case Aggregate::kDistinct:
      return Distinct(history);
    case Aggregate::kHoursSince:
      break;  // depends on t and is kept apart
  }
  return kMissing;
}

void Window::Compute(const History& history, const WindowPlan& plan, events::Worst worst, int64_t t,
                     int64_t end, std::span<double> slots) {
  if (Move(history, plan, t, end)) {
    if (plan.extremes) FindExtremes(history);
    Sums sums;
    if (plan.sums && end_ > begin_) sums = history.SumsOf(begin_, end_);
    for (const SlotPlan& slot : plan.slots) {
      slots[static_cast<size_t>(slot.slot)] = Aggregated(history, slot, worst, sums);
    }
  }
  ComputeClock(history, plan, t, slots);
}

void Window::ComputeClock(const History& history, const WindowPlan& plan, int64_t t,
                          std::span<double> slots) const {
  for (int slot : plan.hours_since_slots) {
    double& hours = slots[static_cast<size_t>(slot)];
    hours = kMissing;
    if (end_ == begin_) continue;
    // Never negative; the difference of two far ones needs the 64th bit.
    uint64_t since = static_cast<uint64_t>(t) - static_cast<uint64_t>(history.time(end_ - 1));
    hours = static_cast<double>(since) / static_cast<double>(base::kHourUs);
  }
}

int64_t Window::SameUntil(const History& history, const WindowPlan& plan) const {
  if (plan.window_us == kNoWindow) return kNever;
  int64_t until = begin_ < end_ ? Later(history.time(begin_), plan.window_us) : kNever;
  if (!has_before_) return until;
  return std::min(until, Later(history.time(begin_ - 1), 2 * plan.window_us));
}

}  // namespace codman::features
