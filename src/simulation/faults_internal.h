// Faults on the way from the ward to the feed: which befall a record, and what they do to a
// measurement.
//
// A record carries at most one fault beside being stored late, so that every count is the sum of
// what was injected.
#pragma once

#include <string>
#include <string_view>

#include "simulation/chart_internal.h"

namespace codman::simulation {

enum class Fault {
  kNone,
  kDuplicate,
  kCorrected,
  kOutOfRange,
  kWrongUnit,
  kConvertedUnit,
  kUnparsable,
  kMissingTime,
  kIdentifierBearing,
  kUnmappedCode,
  kLate,
};
constexpr int kNumFaults = 11;
const char* NameOf(Fault fault);  // as in FaultRates

// Which fault, if any, befalls a record of so many measurements; never kLate. Rates of measurements
// weigh by their number. Where the rates add up to more than 1, the later faults of the list are
// cut.
Fault DrawFault(const FaultRates& rates, size_t measurements, Random* random);

// A measurement as it is sent.
struct Sent {
  Signal signal;
  const CodedSignal* coded;
  int64_t scaled;
  int decimals;
  std::string_view unit;  // of the concept, of one of its conversions, or a static text

  double value() const { return FromScaled(scaled, decimals); }
};

// Each changes one measurement and gives whether it could. All ask events::ToCanonical what a
// reader will conclude, so a fault that would not be seen as that fault is not injected.
bool PutOutOfRange(Sent* sent, Random* random);
bool PutWrongUnit(Sent* sent);
bool PutConvertedUnit(Sent* sent);
bool PutOtherValue(Sent* sent, Random* random);  // plausible and different

}  // namespace codman::simulation
