#include <algorithm>
#include <array>

#include "simulation/faults_internal.h"

namespace codman::simulation {
namespace {

using events::Reason;
using events::ToCanonical;

std::optional<Reason> ReasonOf(const Sent& sent) {
  return ToCanonical(*sent.coded->concept_of, sent.value(), sent.unit).reason;
}

// Units that occur in hospitals for the wrong thing; the first that the concept does not know is
// used.
constexpr std::array<std::string_view, 3> kForeignUnits = {"mg", "K", "{arb'U}"};

}  // namespace

const char* NameOf(Fault fault) {
  static constexpr std::array<const char*, kNumFaults> names = {
      "none",          "duplicate",    "corrected",
      "out_of_range",  "wrong_unit",   "converted_unit",
      "unparsable",    "missing_time", "identifier_bearing",
      "unmapped_code", "late"};
  return names[static_cast<size_t>(fault)];
}

Fault DrawFault(const FaultRates& rates, size_t measurements, Random* random) {
  const auto n = static_cast<double>(measurements);
  const std::array<std::pair<Fault, double>, 9> shares = {{
      {Fault::kDuplicate, rates.duplicate},
      {Fault::kCorrected, rates.corrected},
      {Fault::kUnparsable, rates.unparsable},
      {Fault::kMissingTime, rates.missing_time},
      {Fault::kIdentifierBearing, rates.identifier_bearing},
      {Fault::kOutOfRange, rates.out_of_range * n},
      {Fault::kWrongUnit, rates.wrong_unit * n},
      {Fault::kConvertedUnit, rates.converted_unit * n},
      {Fault::kUnmappedCode, rates.unmapped_code * n},
  }};
  double draw = random->Uniform();
  for (const auto& [fault, share] : shares) {
    if (draw < share) return fault;
    draw -= share;
  }
  return Fault::kNone;
}

bool PutOutOfRange(Sent* sent, Random* random) {
  const events::Concept& concept_of = *sent->coded->concept_of;
  Sent spoilt = *sent;
  // A disconnected sensor reads 0, where 0 is not plausible; otherwise a decimal point has slipped.
  const bool zero = concept_of.low > 0 && random->Chance(0.5);
  const double slipped = 10 * concept_of.high + static_cast<double>(random->Whole(1, 99));
  spoilt.scaled = zero ? 0 : ToScaled(slipped, sent->decimals);
  if (ReasonOf(spoilt) != Reason::kOutOfRange) return false;
  *sent = spoilt;
  return true;
}

bool PutWrongUnit(Sent* sent) {
  Sent spoilt = *sent;
  for (std::string_view unit : kForeignUnits) {
    spoilt.unit = unit;
    if (ReasonOf(spoilt) != Reason::kUnknownUnit) continue;
    *sent = spoilt;
    return true;
  }
  return false;
}

bool PutConvertedUnit(Sent* sent) {
  const auto& conversions = sent->coded->concept_of->conversions;
  if (conversions.empty()) return false;
  const events::Conversion& conversion = conversions.front();
  Sent converted = *sent;
  converted.unit = conversion.unit;
  // Enough places that the value arrives as it was charted, but for rounding: large numbers need
  // none.
  const double value = (sent->value() - conversion.offset) / conversion.factor;
  converted.decimals = value >= 100 ? 1 : 3;
  converted.scaled = ToScaled(value, converted.decimals);
  if (ReasonOf(converted)) return false;
  *sent = converted;
  return true;
}

bool PutOtherValue(Sent* sent, Random* random) {
  const int64_t step = std::max<int64_t>(1, std::abs(sent->scaled) * random->Whole(3, 9) / 100);
  const int64_t first = random->Chance(0.5) ? step : -step;
  for (int64_t change : {first, -first}) {
    Sent other = *sent;
    other.scaled += change;
    if (ReasonOf(other)) continue;
    *sent = other;
    return true;
  }
  return false;
}

}  // namespace codman::simulation
