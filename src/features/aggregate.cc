#include <array>
#include <limits>

#include "base/clock.h"
#include "base/text.h"
#include "features/aggregate_internal.h"

namespace codman::features {
namespace {

// In the order of the enum.
constexpr std::array<const char*, 16> kNames = {
    "is_missing", "last", "first", "mean",   "min",         "max",   "sd",  "slope",
    "count",      "sum",  "delta", "change", "hours_since", "worst", "any", "distinct"};

constexpr int64_t kLongestWindow = 200 * 366 * base::kDayUs;  // longer than any life

std::vector<std::string> AllNames() { return {kNames.begin(), kNames.end()}; }

Error UnknownAggregate(std::string_view text) {
  std::string nearest = base::NearestWord(text, AllNames());
  return base::InvalidInput(
      nearest.empty()
          ? format("unknown aggregate '{}'; known are: {}", text, base::Join(AllNames(), ", "))
          : format("unknown aggregate '{}'; did you mean '{}'?", text, nearest));
}

}  // namespace

std::optional<Aggregate> ParseAggregate(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (name == kNames[i]) return static_cast<Aggregate>(i);
  }
  return {};
}

const char* NameOf(Aggregate aggregate) { return kNames[static_cast<size_t>(aggregate)]; }

Result<int64_t> ParseWindow(std::string_view text) {
  if (text == "ever") return kNoWindow;
  auto window = base::ParseDuration(text);
  if (window && *window > 0 && *window <= kLongestWindow) return *window;
  return base::InvalidInput(
      format("'{}' is not a window; write a whole number and m, h or d (30m, 6h, 7d), at most 200 "
             "years, or ever",
             text));
}

Result<AggregateOverWindow> ParseColumn(std::string_view text) {
  if (auto aggregate = ParseAggregate(text)) return AggregateOverWindow{*aggregate, kNoWindow};
  size_t cut = text.rfind('_');
  if (cut == text.npos) return UnknownAggregate(text);
  auto aggregate = ParseAggregate(text.substr(0, cut));
  auto window = ParseWindow(text.substr(cut + 1));
  // "hours_sinc" is a misspelt aggregate, not an aggregate with a misspelt window.
  if (!aggregate) return UnknownAggregate(window.ok() ? text.substr(0, cut) : text);
  if (!window.ok()) return std::move(window).error();
  return AggregateOverWindow{*aggregate, *window};
}

std::string WhyImpossible(const AggregateOverWindow& wanted, const events::Concept& concept_of) {
  if (wanted.aggregate == Aggregate::kChange && wanted.window_us == kNoWindow) {
    return "change compares a window with the one before and needs one; write change_6h or window: "
           "6h";
  }
  if (wanted.aggregate == Aggregate::kWorst && concept_of.worst == events::Worst::kNone) {
    return format("worst needs a direction of harm: add worst: high or worst: low to '{}' ({}:{})",
                  concept_of.name, concept_of.file, concept_of.line);
  }
  return "";
}

std::string UnitOf(Aggregate aggregate, const std::string& unit) {
  switch (aggregate) {
    case Aggregate::kIsMissing:
    case Aggregate::kCount:
    case Aggregate::kAny:
    case Aggregate::kDistinct:
      return "1";
    case Aggregate::kHoursSince:
      return "h";
    case Aggregate::kSlope:
      return unit.empty() ? "1/h" : unit + "/h";
    default:
      return unit;
  }
}

std::pair<double, double> RangeOf(Aggregate aggregate, double low, double high) {
  constexpr double kUnbounded = std::numeric_limits<double>::infinity();
  switch (aggregate) {
    case Aggregate::kIsMissing:
    case Aggregate::kAny:
      return {0, 1};
    case Aggregate::kCount:
    case Aggregate::kDistinct:
    case Aggregate::kHoursSince:
      return {0, kUnbounded};
    case Aggregate::kSd:
      return {0, high - low};
    case Aggregate::kSlope:
      return {-kUnbounded, kUnbounded};
    case Aggregate::kSum:
      return {low < 0 ? -kUnbounded : 0, kUnbounded};
    case Aggregate::kDelta:
    case Aggregate::kChange:
      return {low - high, high - low};
    default:
      return {low, high};
  }
}

}  // namespace codman::features
