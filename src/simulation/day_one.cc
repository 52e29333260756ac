#include <algorithm>
#include <array>

#include "base/text.h"
#include "simulation/day_one_internal.h"

namespace codman::simulation {
namespace {

// A bedside value or rare test: `base` of the well, `spread` between people, `illness` per unit of
// severity; kept within [low, high].
struct BedsideModel {
  const char* name;  // of the concept
  const char* unit;
  int decimals;
  double base, spread, illness, low, high;
};

// clang-format off
constexpr std::array<BedsideModel, 16> kTests = {{
  {"pao2",            "mm[Hg]", 0, 95,   12,   -9,   40,  300},
  {"methemoglobin",   "%",      1, 0.8,  0.3,  0.1,  0,   5},
  {"calcium_ionised", "mmol/L", 2, 1.18, 0.06, -0.04,0.7, 1.6},
  {"albumin",         "g/dL",   1, 3.8,  0.4,  -0.4, 1.2, 5.5},
  {"alt",             "U/L",    0, 35,   12,   25,   5,   2000},
  {"crp",             "mg/L",   0, 20,   15,   45,   0,   400},
  {"ck",              "U/L",    0, 130,  50,   90,   20,  9000},
  {"ck_mb",           "ng/mL",  1, 2.5,  1,    1.2,  0.1, 90},
  {"troponin_t",      "ng/mL",  3, 0.02, 0.01, 0.03, 0,   5},
  {"mch",             "pg",     1, 30,   1.8,  0,    22,  38},
  {"mchc",            "g/dL",   1, 33.5, 1,    -0.1, 28,  37},
  {"mcv",             "fL",     0, 90,   5,    0.5,  65,  120},
  {"neutrophils_pct", "%",      0, 66,   8,    6,    20,  97},
  {"lymphocytes_pct", "%",      0, 24,   6,    -5,   1,   60},
  {"bands_pct",       "%",      0, 2,    1.5,  3,    0,   40},
  {"inr",             "{INR}",  1, 1.1,  0.1,  0.15, 0.8, 8},
}};
constexpr BedsideModel kUrine = {"urine_output", "mL/h", 0, 75, 15, -16, 0, 300};
constexpr BedsideModel kComa = {"gcs_total", "{score}", 0, 15, 0.4, -1.6, 3, 15};
constexpr BedsideModel kPressor = {"norepinephrine_rate", "ug/kg/min", 2, -0.05, 0.05, 0.07, 0, 1};
// clang-format on

// Diagnoses of earlier encounters, each with its share of patients.
constexpr std::array<std::pair<const char*, double>, 6> kDiagnoses = {{{"ICD10CM//I10", 0.5},
                                                                       {"ICD10CM//I50.9", 0.18},
                                                                       {"ICD10CM//E11.9", 0.2},
                                                                       {"ICD10CM//J44.9", 0.15},
                                                                       {"ICD10CM//N18.3", 0.1},
                                                                       {"ICD10CM//C34.9", 0.05}}};

constexpr double kFirstRound = 2, kHoursBetweenRounds = 6;
constexpr double kTestsHour = 4;

void Measure(const BedsideModel& model, double illness, Random* random, Entries* entries) {
  double value = model.base + model.spread * random->Normal() + model.illness * illness;
  entries->Add(model.name, std::clamp(value, model.low, model.high), model.decimals, model.unit);
}

}  // namespace

void Entries::Add(std::string_view code, double value, int decimals, std::string_view unit) {
  if (count++ > 0) text += ',';
  text += format(R"({{"code":"{}","value":{:.{}f},"unit":"{}"}})", code, value, decimals, unit);
}

void Entries::AddText(std::string_view code, std::string_view value) {
  if (count++ > 0) text += ',';
  text += format(R"({{"code":"{}","value":"{}"}})", code, value);
}

DayOne DrawDayOne(const Patient& patient, uint64_t seed) {
  Random random(seed, static_cast<uint64_t>(patient.number), kBedsideStream);
  DayOne day;
  for (const auto& [code, share] : kDiagnoses) {
    if (random.Chance(share)) day.history.Add(code, 1, 0, "1");
  }
  const double height = std::clamp((patient.male ? 176 : 163) + 7 * random.Normal(), 140.0, 205.0);
  day.body.Add("height", height, 0, "cm");
  day.body.Add("weight", std::max(40.0, height - 98 + 14 * random.Normal()), 0, "kg");
  const bool planned = patient.condition == Condition::kPostOperative && random.Chance(0.7);
  day.body.Add("admission_type", planned ? 0 : 1, 0, "1");
  const double illness = patient.severity + (patient.sepsis ? 0.5 * patient.sepsis->strength : 0);
  const bool ventilated = random.Chance(std::min(0.9, 0.05 + 0.22 * illness));
  day.ventilated = ventilated;
  auto chart = [&](double hour) {
    BedsideRecord record{hour, {}};
    for (const auto& model : {kUrine, kComa, kPressor}) {
      Measure(model, illness, &random, &record.entries);
    }
    record.entries.Add("mech_vent", ventilated ? 1 : 0, 0, "1");
    return record;
  };
  for (double hour = kFirstRound; hour < patient.hours; hour += kHoursBetweenRounds)
    day.bedside.push_back(chart(hour));
  BedsideRecord tests{kTestsHour, {}};
  for (const auto& model : kTests) Measure(model, illness, &random, &tests.entries);
  day.bedside.insert(day.bedside.begin() + 1, std::move(tests));  // stays last twelve hours or more
  day.dies = random.Chance(std::clamp(
      0.01 + 0.13 * illness * illness + 0.003 * (patient.age - 60) + (ventilated ? 0.08 : 0), 0.005,
      0.9));
  return day;
}

}  // namespace codman::simulation
