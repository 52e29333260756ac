#include <algorithm>
#include <string_view>

#include "simulation/bill_internal.h"

namespace codman::simulation {
namespace {

// US dollars.
constexpr double kAdmission = 900, kWardHour = 38, kIntensiveHour = 160, kVentilatedHour = 95;
constexpr double kOperation = 5200, kDose = 18, kHarm = 1900;
constexpr double kShareWithEarlierCosts = 0.45;

// SNOMED CT.
constexpr std::string_view kVentilation = "SNOMED//40617009", kSurgery = "SNOMED//387713003",
                           kCardioversion = "SNOMED//250980009", kBronchoscopy = "SNOMED//10847001",
                           kTransfusion = "SNOMED//116859006";

std::string_view ReasonOf(const Patient& patient) {
  switch (patient.condition) {
    case Condition::kPostOperative:
      return "Fracture of neck of femur";
    case Condition::kCopd:
      return "Pulmonary emphysema";
    case Condition::kFibrillation:
      return "Cardiac arrhythmia";
    case Condition::kNone:
      return patient.sepsis ? "Pneumonia" : "Observation";
  }
  return "Observation";
}

struct Payer {
  std::string_view name;
  double factor;  // of the price list
};

Payer DrawPayer(int age, Random* random) {
  const double draw = random->Uniform();
  if (age >= 65 && draw < 0.9) return {"medicare", 1};
  if (draw < 0.6) return {"private", 1.2};
  if (draw < 0.92) return {"medicaid", 0.85};
  return {"no_insurance", 1};
}

bool Bled(const Therapy& therapy) {
  return std::any_of(therapy.harms.begin(), therapy.harms.end(),
                     [](const Harm& harm) { return harm.kind == kBleed && harm.happens; });
}

void AddProcedures(const Patient& patient, const DayOne& day, const Therapy& therapy,
                   Random* random, Entries* entries) {
  const bool fast = patient.condition == Condition::kFibrillation;
  const std::pair<std::string_view, bool> done[] = {
      {kVentilation, day.ventilated},
      {kSurgery, patient.condition == Condition::kPostOperative},
      {kCardioversion, random->Chance(fast ? 0.4 : 0)},
      {kBronchoscopy, random->Chance(day.ventilated ? 0.3 : 0.02)},
      {kTransfusion, Bled(therapy)}};
  for (const auto& [code, is_done] : done) {
    if (is_done) entries->Add(code, 1, 0, "1");
  }
}

}  // namespace

Bill DrawBill(const Patient& patient, const DayOne& day, const Therapy& therapy, uint64_t seed) {
  Random random(seed, static_cast<uint64_t>(patient.number), kBillStream);
  const double intensive = therapy.step_down_hour > 0 ? therapy.step_down_hour : patient.hours;
  const Payer payer = DrawPayer(patient.age, &random);
  Bill bill;
  bill.stay.Add("visit_hours", patient.hours, 2, "h");
  bill.stay.Add("icu_hours", intensive, 2, "h");
  bill.stay.AddText("FHIR//class", "IMP");
  bill.stay.AddText("FHIR//reason", ReasonOf(patient));
  AddProcedures(patient, day, therapy, &random, &bill.stay);
  const auto harms = std::count_if(therapy.harms.begin(), therapy.harms.end(),
                                   [](const Harm& harm) { return harm.happens; });
  const bool operated = patient.condition == Condition::kPostOperative;
  const double intensive_hour = kIntensiveHour + (day.ventilated ? kVentilatedHour : 0);
  const double listed = kAdmission + kWardHour * (patient.hours - intensive) +
                        intensive_hour * intensive + (operated ? kOperation : 0) +
                        kHarm * static_cast<double>(harms) +
                        kDose * static_cast<double>(therapy.doses.size());
  bill.amount.Add("claim_amount", payer.factor * listed * Growth(0.15 * random.Normal()), 2, "USD");
  bill.amount.AddText("FHIR//payer", payer.name);
  bill.days_to_claim = random.Between(0.2, 1.5);
  const double before = 3000 * random.Skewed() * (1 + patient.severity);
  if (random.Chance(kShareWithEarlierCosts)) bill.earlier.Add("claim_amount", before, 2, "USD");
  return bill;
}

}  // namespace codman::simulation
