// The drugs of the synthetic hospital: code, dose, who is given them, and what they do to the body.
//
// Between them they are of every class of drugs that clinic/concepts/drug_classes.yaml declares and
// make every pair of drug_interactions.yaml possible, the dangerous ones rarely.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "simulation/signals_internal.h"

namespace codman::simulation {

// What a dose does; a drug may do several.
enum DrugEffect : int {
  kSlowsBreathing,  // opioids
  kSedates,         // sedatives
  kThinsBlood,      // anticoagulants
  kLowersSugar,     // insulin
  kHarmsKidney,     // nephrotoxins
  kProlongsQt,      // drugs with a risk of torsades de pointes
  kConfuses,        // anticholinergics
  kHoldsHeart,      // drugs that slow the heart and lower the pressure
  kNumDrugEffects
};
constexpr unsigned Does(DrugEffect effect) { return 1U << static_cast<unsigned>(effect); }
using DrugEffects = std::array<double, kNumDrugEffects>;

enum class Given {
  kAll,
  kOperated,
  kArrhythmic,
  kCopdOnly,
  kInfected,  // the septic from onset on, and some whose infection proves to be none
  kHome,      // before the stay: goes on from the first hours and starts nothing new
};

struct Drug {
  std::string_view atc;   // "N02AA01"
  std::string_view unit;  // of the dose
  int decimals;
  double dose_low, dose_high;
  Given given;
  double share, share_ill;       // of those: of the well, and more per unit of severity
  double first_hour, last_hour;  // when it begins
  double interval_hours;         // between doses
  int doses;                     // of a course, at most
  unsigned effects;              // of Does()

  bool IsAntibiotic() const { return atc.starts_with("J01"); }
};

std::span<const Drug> Formulary();

// What one unit of each effect changes of a signal, as the columns of SignalModel do.
double DrugShift(int signal, const DrugEffects& exposure);

}  // namespace codman::simulation
