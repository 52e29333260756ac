// What an aggregate is called, over which window it works, and what its result measures.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "events/concepts.h"
#include "features/feature_set.h"

namespace codman::features {

// "6h", "30m", "7d" in µs; "ever" is kNoWindow. The error names the cure, not the place.
Result<int64_t> ParseWindow(std::string_view text);

// "min_6h", "hours_since": an aggregate and, where given, its window.
struct AggregateOverWindow {
  Aggregate aggregate = Aggregate::kLast;
  int64_t window_us = kNoWindow;
};
Result<AggregateOverWindow> ParseColumn(std::string_view text);

// Why this aggregate cannot be had of this concept over this window, and the cure; "" where it can.
std::string WhyImpossible(const AggregateOverWindow& wanted, const events::Concept& concept_of);

// Unit of the result: that of the concept, "1", "h" or, for a slope, "<unit>/h".
std::string UnitOf(Aggregate aggregate, const std::string& unit);
// What the result can be where values lie in [low, high]; infinite where nothing bounds it.
std::pair<double, double> RangeOf(Aggregate aggregate, double low, double high);

}  // namespace codman::features
