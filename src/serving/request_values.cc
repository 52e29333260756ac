#include "serving/request_values.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"

namespace codman::serving {
namespace {

using features::ContractFeature;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// The concept that a feature's unit is converted by. A count or an age of a value has a unit of its
// own, which no conversion is for: null.
const events::Concept* MeasuredBy(const ServedModel& model, const ContractFeature& feature) {
  if (feature.concept_index < 0) return nullptr;
  const auto& known = (*model.concepts)[feature.concept_index];
  return known.unit == feature.unit ? &known : nullptr;
}

// Why a unit cannot be used, whatever the value; "" where it can.
std::string RefusalOfUnit(const ContractFeature& feature, const events::Concept* known,
                          const std::string& unit) {
  if (known == nullptr) {
    if (unit == feature.unit) return "";
    return format("unit '{}' is not known for it; use {}", unit, feature.unit);
  }
  if (events::ToCanonical(*known, known->low, unit).reason != events::Reason::kUnknownUnit)
    return "";
  std::string units = known->unit;
  for (const auto& conversion : known->conversions) units += ", " + conversion.unit;
  return format("unit '{}' is not known for it; use one of: {}", unit, units);
}

// Converts to the canonical unit from one that is known; a refusal is told, not given.
bool Convert(const events::Concept& known, const std::string& unit, double* number,
             std::string* refusal) {
  auto checked = events::ToCanonical(known, *number, unit);
  if (checked.reason == events::Reason::kAmbiguousUnit) {
    *refusal = format("{} {} is probably in another unit; give it as {{\"value\": …, \"unit\": …}}",
                      *number, unit);
    return false;
  }
  *number = checked.value;
  return true;
}

// Reads one value of a request into the canonical unit, or says what is wrong with it.
double ReadValue(const ServedModel& model, const ContractFeature& feature, const Json& given,
                 std::vector<FieldError>* errors) {
  auto refuse = [&](std::string message) {
    errors->push_back({feature.id, std::move(message)});
    return kNaN;
  };
  if (!feature.levels.empty()) {
    auto level = std::find(feature.levels.begin(), feature.levels.end(), given.AsString());
    if (given.is_null()) return kNaN;
    if (given.is_string() && level != feature.levels.end())
      return static_cast<double>(level - feature.levels.begin());
    return refuse("must be null or one of: " + base::Join(feature.levels, ", "));
  }
  if (!feature.words.empty() && given.is_string()) {
    auto word = std::find(feature.words.begin(), feature.words.end(), given.AsString());
    if (word != feature.words.end()) return static_cast<double>(word - feature.words.begin());
    return refuse("must be a number, null or one of: " + base::Join(feature.words, ", "));
  }
  for (const auto& [name, part] : given.members()) {
    if (name != "value" && name != "unit")
      return refuse(format("'{}' is not known here; give value and unit", name));
  }
  if (given.is_object() && given.Find("value") == nullptr)
    return refuse("as an object it needs a value: {\"value\": …, \"unit\": …}");
  if (given.is_object() && given.Find("unit") != nullptr && !given["unit"].is_string())
    return refuse("'unit' must be a text");
  const Json& value = given.is_object() ? given["value"] : given;
  std::string unit =
      given.is_object() && given["unit"].is_string() ? given["unit"].AsString() : feature.unit;
  const auto* known = MeasuredBy(model, feature);
  std::string refusal = RefusalOfUnit(feature, known, unit);
  if (!refusal.empty()) return refuse(refusal);
  if (value.is_null()) return kNaN;
  if (!value.is_number()) return refuse("must be a number or null");
  double number = value.AsDouble();
  if (known != nullptr && !Convert(*known, unit, &number, &refusal)) return refuse(refusal);
  if (number < feature.low || number > feature.high) {
    return refuse(format("is outside the plausible range {} to {} {}", feature.low, feature.high,
                         feature.unit));
  }
  return number;
}

}  // namespace

void ReadFeatures(const ServedModel& model, const Json& features, std::span<double> values,
                  std::vector<FieldError>* errors) {
  const auto& contract = model.plan->contract();
  std::fill(values.begin(), values.end(), kNaN);
  if (!features.is_object()) {
    errors->push_back(
        {"features", "is missing: give an object of named values, {\"heart_rate\": 112, …}"});
    return;
  }
  std::vector<std::string> ids;
  for (const auto& feature : contract) ids.push_back(feature.id);
  for (const auto& [id, given] : features.members()) {
    int index = model.plan->FindContract(id);
    if (index < 0) {
      std::string nearest = base::NearestWord(id, ids);
      errors->push_back(
          {id, nearest.empty()
                   ? "is not a feature of this task"
                   : format("is not a feature of this task; did you mean '{}'?", nearest)});
      continue;
    }
    auto at = static_cast<size_t>(index);
    values[at] = ReadValue(model, contract[at], given, errors);
  }
}

}  // namespace codman::serving
