// What is given to a patient during a stay, and the harms that come of it or of the illness.
//
// A harm casts its signs ahead over some hours, and some such signs pass without harm: staff saw
// them, or they meant nothing. Some harms come without signs. It has random numbers of its own.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "simulation/formulary_internal.h"
#include "simulation/patient_internal.h"

namespace codman::simulation {

enum HarmKind : int {
  kRespiratoryDepression,
  kBleed,
  kAki,  // of KDIGO stage 2 or more
  kHypoglycaemia,
  kArrhythmia,
  kCardiacArrest,
  kFall,
  kIcuTransfer,  // unplanned, after the step down to a ward bed
  kDeath,
  kNumHarms
};

// Which blood is taken when a harm is there.
enum class HarmCheck { kNone, kChemistry, kBloodCount, kGas };

struct HarmModel {
  std::string_view name;       // of the concept
  double per_hour;             // of the well who are given nothing
  double severity, decade;     // its growth per unit of severity, and per ten years beyond 60
  double lead_low, lead_high;  // hours of signs
  double recovery_low, recovery_high;  // hours until only `residual` is left of them
  double residual;
  HarmCheck check;
  int stops;  // the drug effect whose drugs are not given any more; -1: none
};
const std::array<HarmModel, kNumHarms>& Harms();

struct Dose {
  double hour = 0;
  const Drug* drug = nullptr;
  double amount = 0;
  bool first = false;  // of its course, and not a drug that the patient has at home
};

struct Harm {
  HarmKind kind = kBleed;
  Course course;
  bool happens = false;  // else its signs pass
};

struct Therapy {
  std::vector<Dose> doses;  // in order of time
  std::vector<Harm> harms;
  double step_down_hour = 0;           // to a ward bed; 0: never
  bool earlier_adverse_event = false;  // within the month before the stay

  // How much of each effect works at this hour: a usual dose counts 1 when given and fades over 12
  // hours.
  DrugEffects ExposureAt(double hour) const;
  // What drugs and harms move of a signal, as the columns of SignalModel do.
  double ShiftOf(int signal, double hour, const DrugEffects& exposure) const;
  // How far glucose has fallen towards kLowSugar: 0 to 1, whatever else moves it.
  double SugarFallAt(double hour) const;
  // How ill the signs of harm make the patient look.
  double IllnessAt(double hour) const;
};

// Where a fall of glucose ends: Growth(-0.9) of 122 mg/dL is 44.
constexpr double kLowSugar = -0.9;

Therapy DrawTherapy(const Patient& patient, bool dies, uint64_t seed);

}  // namespace codman::simulation
