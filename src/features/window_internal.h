// One window of one concept as it stood at the last t: its bounds, and where its extremes stand, so
// that an hour without news costs two comparisons and a new record costs itself.
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include "features/history_internal.h"
#include "features/plan_internal.h"

namespace codman::features {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

class Window {
 public:
  // Writes the aggregates as of t. `end` is the first place after t; t never goes back.
  void Compute(const History& history, const WindowPlan& plan, events::Worst worst, int64_t t,
               int64_t end, std::span<double> slots);
  // What Compute writes where the records are as they were at the last one: t before SameUntil, and
  // no news since.
  void ComputeClock(const History& history, const WindowPlan& plan, int64_t t,
                    std::span<double> slots) const;
  // The first t at which one of the records that the last Compute used has left, or kNever.
  int64_t SameUntil(const History& history, const WindowPlan& plan) const;
  void Clear() { known_ = false; }

 private:
  // Moves the bounds to t; false where the window is as it was.
  bool Move(const History& history, const WindowPlan& plan, int64_t t, int64_t end);
  void FindExtremes(const History& history);
  double Aggregated(const History& history, const SlotPlan& slot, events::Worst worst,
                    const Sums& sums) const;
  double Change(const History& history) const;
  double Distinct(const History& history) const;

  bool known_ = false;  // the rest says something
  bool extremes_known_ = false;
  bool has_before_ = false;  // a value for `change` stands at begin_ − 1
  int64_t begin_ = 0, end_ = 0;
  int64_t looked_at_ = 0;  // extremes cover the records before this place
  int64_t min_at_ = 0, max_at_ = 0;
};

}  // namespace codman::features
