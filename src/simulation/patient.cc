#include <algorithm>
#include <cmath>

#include "base/clock.h"
#include "base/text.h"
#include "simulation/patient_internal.h"

namespace codman::simulation {
namespace {

constexpr double kShortestStay = 12, kLongestStay = 240;
constexpr double kShortestSepticStay =
    20;  // leaves room for an onset after hour 8 and for treatment
constexpr double kEarliestOnset = 8, kLeastTreatmentHours = 4;

Condition DrawCondition(Random* random) {
  const double draw = random->Uniform();
  if (draw < 0.24) return Condition::kPostOperative;
  if (draw < 0.39) return Condition::kCopd;
  if (draw < 0.52) return Condition::kFibrillation;
  return Condition::kNone;
}

SepticCourse DrawCourse(double hours, Random* random) {
  SepticCourse course;
  course.onset_hour = random->Between(kEarliestOnset, hours - kLeastTreatmentHours);
  course.lead_hours = random->Between(6, 14);
  course.strength = random->Between(0.45, 1.55);
  course.recovery_hours = random->Between(12, 60);
  course.residual = random->Between(0.05, 0.7);
  for (auto& response : course.response) response = std::max(0.0, 1 + 0.5 * random->Normal());
  return course;
}

// Men have more haemoglobin and creatinine; pressure and urea nitrogen rise with age.
void AdjustForAgeAndSex(Patient* patient) {
  const double decades = (patient->age - 60) / 10.0;
  patient->base[kHemoglobin] += patient->male ? 0.6 : -0.6;
  patient->base[kCreatinine] += (patient->male ? 0.08 : -0.08) + 0.04 * decades;
  patient->base[kBun] += 0.06 * decades;
  patient->base[kSbp] += 2.5 * decades;
  patient->base[kHeartRate] -= 1.0 * decades;
}

}  // namespace

double Growth(double x) {
  const double root = std::max(0.1, 1 + x / 4);
  return root * root * root * root;
}

int64_t Patient::TimeAt(double hour) const {
  return admission_us + static_cast<int64_t>(hour * 3600) * base::kSecondUs;
}

Patient DrawPatient(const SimulationOptions& options, int64_t start_us, int64_t number) {
  Random random(options.seed, static_cast<uint64_t>(number), kPersonStream);
  Patient patient;
  patient.number = number;
  patient.id = format("SYN-{:06}", number);
  patient.encounter = patient.id + "-1";
  // One admission an hour, at some second within it: the order of admission is the order of
  // numbers.
  patient.admission_us =
      start_us + (number - 1) * base::kHourUs + random.Whole(0, 3599) * base::kSecondUs;
  patient.age = static_cast<int>(std::clamp(64 + 16 * random.Normal(), 18.0, 98.0));
  patient.male = random.Chance(0.56);
  patient.condition = DrawCondition(&random);
  patient.severity = std::min(2.5, std::abs(0.2 + 0.8 * random.Normal()));
  const double stay = kShortestStay + (options.mean_hours - kShortestStay) * random.Skewed();
  const bool septic = random.Chance(options.septic_share);
  patient.hours = std::clamp(stay, septic ? kShortestSepticStay : kShortestStay, kLongestStay);
  for (size_t i = 0; i < kNumSignals; ++i) patient.base[i] = Models()[i].spread * random.Normal();
  AdjustForAgeAndSex(&patient);
  if (septic) patient.sepsis = DrawCourse(patient.hours, &random);
  return patient;
}

double Course::LevelAt(double hour) const {
  constexpr double kUntreatedHours = 2;
  const double since = hour - onset_hour;
  if (since < -lead_hours) return 0;
  if (since < 0) {
    const double x = 1 + since / lead_hours;
    return strength * x * x * (3 - 2 * x);
  }
  const double treated = std::clamp((since - kUntreatedHours) / recovery_hours, 0.0, 1.0);
  return strength * (1 - (1 - residual) * treated);
}

double SepsisLevel(const Patient& patient, double hour) {
  return patient.sepsis ? patient.sepsis->LevelAt(hour) : 0;
}

}  // namespace codman::simulation
