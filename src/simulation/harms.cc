#include <algorithm>

#include "simulation/therapy_internal.h"

namespace codman::simulation {
namespace {

using enum HarmCheck;

// clang-format off
constexpr std::array<HarmModel, kNumHarms> kHarms = {{
  // The columns are the members of HarmModel, in their order.
  {"respiratory_depression", 0.0002, 0.4,  0.15, 4,  14, 2,  6,  0.05, kGas,       kSlowsBreathing},
  {"bleed",                  0.0003, 0.7,  0.1,  8,  26, 20, 60, 0.35, kBloodCount, kThinsBlood},
  {"aki_stage_2",            0.0002, 0.9,  0.15, 20, 44, 40, 90, 0.6,  kChemistry,  kHarmsKidney},
  {"hypoglycaemia",          0.0002, 0.4,  0.1,  3,  10, 1,  3,  0,    kChemistry,  kLowersSugar},
  {"arrhythmia",             0.0004, 0.7,  0.2,  4,  16, 4,  16, 0.15, kChemistry,  kProlongsQt},
  {"cardiac_arrest",         0.0003, 1.5,  0.15, 8,  24, 12, 40, 0.5,  kGas,        -1},
  {"fall",                   0.0003, -0.1, 0.35, 3,  10, 4,  10, 0.1,  kNone,       kSedates},
  {"unplanned_icu_transfer", 0.0025, 1.4,  0.1,  10, 28, 10, 40, 0.3,  kGas,        -1},
  {"hospital_death",         0,      0,    0,    12, 36, 1,  2,  1,    kNone,       -1},
}};

struct Sign {
  HarmKind harm;
  int signal;
  double shift;  // at the harm, of an average case
};
constexpr Sign kSigns[] = {
  {kRespiratoryDepression, kRespRate, -6},  {kRespiratoryDepression, kSpo2, -5},
  {kRespiratoryDepression, kPaco2, 14},     {kRespiratoryDepression, kPh, -0.07},
  {kRespiratoryDepression, kEtco2, 10},
  {kBleed, kHemoglobin, -2.8}, {kBleed, kHeartRate, 17}, {kBleed, kSbp, -18}, {kBleed, kDbp, -9},
  {kBleed, kLactate, 0.4},     {kBleed, kBun, 0.2},
  {kAki, kCreatinine, 0.95},   {kAki, kBun, 0.5},        {kAki, kPotassium, 0.7},
  {kAki, kBicarbonate, -3},    {kAki, kPhosphate, 0.9},
  {kHypoglycaemia, kHeartRate, 9},
  {kArrhythmia, kHeartRate, 26},    {kArrhythmia, kPotassium, -0.5}, {kArrhythmia, kSbp, -10},
  {kCardiacArrest, kHeartRate, 16}, {kCardiacArrest, kRespRate, 6},  {kCardiacArrest, kSbp, -24},
  {kCardiacArrest, kDbp, -11},      {kCardiacArrest, kSpo2, -6},
  {kCardiacArrest, kLactate, 0.9},
  {kCardiacArrest, kPh, -0.06},     {kCardiacArrest, kBaseExcess, -4},
  {kFall, kSbp, -7},
  {kIcuTransfer, kHeartRate, 14},   {kIcuTransfer, kRespRate, 6},    {kIcuTransfer, kSbp, -13},
  {kIcuTransfer, kSpo2, -5},        {kIcuTransfer, kTemperature, 0.5},
  {kIcuTransfer, kLactate, 0.4},
  {kDeath, kHeartRate, 12},         {kDeath, kRespRate, 5},          {kDeath, kSbp, -26},
  {kDeath, kDbp, -12},              {kDeath, kSpo2, -6},             {kDeath, kLactate, 0.9},
  {kDeath, kPh, -0.06},             {kDeath, kBaseExcess, -4},
};
// clang-format on

}  // namespace

const std::array<HarmModel, kNumHarms>& Harms() { return kHarms; }

double Therapy::ShiftOf(int signal, double hour, const DrugEffects& exposure) const {
  double sum = DrugShift(signal, exposure);
  for (const Harm& harm : harms) {
    const double level = harm.course.LevelAt(hour);
    if (level == 0) continue;
    for (const Sign& sign : kSigns) {
      if (sign.harm == harm.kind && sign.signal == signal) sum += level * sign.shift;
    }
  }
  return sum;
}

double Therapy::SugarFallAt(double hour) const {
  double fall = 0;
  for (const Harm& harm : harms) {
    if (harm.kind == kHypoglycaemia) fall += harm.course.LevelAt(hour);
  }
  return std::min(1.0, fall);
}

double Therapy::IllnessAt(double hour) const {
  double sum = 0;
  for (const Harm& harm : harms) {
    if (harm.kind != kFall) sum += 0.5 * harm.course.LevelAt(hour);
  }
  return std::min(2.0, sum);
}

}  // namespace codman::simulation
