// What the synthetic hospital measures: one row per signal with its physiology, and its place in
// the clinic's concepts.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "events/concepts.h"

namespace codman::simulation {

// In the order of Models().
enum Signal : int {
  kHeartRate,
  kRespRate,
  kSpo2,
  kSbp,
  kDbp,
  kMap,
  kTemperature,
  kFio2,
  kEtco2,  // vital signs
  kPh,
  kPaco2,
  kSao2,
  kBaseExcess,
  kLactate,  // blood gas
  kSodium,
  kPotassium,
  kChloride,
  kBicarbonate,
  kBun,
  kCreatinine,
  kGlucose,  // chemistry
  kCalcium,
  kMagnesium,
  kPhosphate,  // minerals
  kWbc,
  kHemoglobin,
  kHematocrit,
  kPlatelets,  // blood count
  kAst,
  kAlp,
  kBilirubinTotal,
  kBilirubinDirect,  // liver
  kAptt,
  kFibrinogen,
  kTroponinI,  // coagulation, heart
  kInr,
  kNumSignals,
};
constexpr bool IsVital(int signal) { return signal < kPh; }

// How a signal behaves, in the canonical unit of its concept. Effects are added to `base`; where
// the signal is skewed, they are relative and the value is base · Growth(sum of effects).
struct SignalModel {
  const char* name;  // of the concept
  int decimals;      // as charted
  bool skewed;
  double base;         // of a healthy adult
  double spread;       // standard deviation between people
  double drift;        // standard deviation of the hourly autocorrelated part within a person
  double persistence;  // its correlation from hour to hour
  double noise;        // standard deviation of one measurement
  double diurnal;      // half of the swing between 5 h and 17 h
  double severity;     // per unit of latent severity
  double sepsis;       // at the onset of an average case
  double post_operative, copd, fibrillation;
  double low, high;  // limits of what a monitor or laboratory would report here
};
const std::array<SignalModel, kNumSignals>& Models();

// A signal in the words of the clinic's files.
struct CodedSignal {
  const events::Concept* concept_of = nullptr;  // owned by the Concepts given to Resolve
  std::string code;                             // without its system: "8867-4"
};
// Errors name the concepts that are missing or have no code.
Result<std::vector<CodedSignal>> ResolveSignals(const events::Concepts& concepts);

// Charted numbers are whole multiples of a decimal place; kept so, they print and compare exactly.
int64_t ToScaled(double value, int decimals);
double FromScaled(int64_t scaled, int decimals);
void AppendScaled(std::string* out, int64_t scaled, int decimals);  // "37.2"

}  // namespace codman::simulation
