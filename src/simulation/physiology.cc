#include <algorithm>
#include <cmath>

#include "base/clock.h"
#include "simulation/physiology_internal.h"

namespace codman::simulation {
namespace {

constexpr double kRoomAir = 0.21;

// A day's swing from two parabolas instead of a sine: −1 at 5 h, 1 at 17 h.
double Diurnal(double hour_of_day) {
  double x = (hour_of_day - 11) / 12;
  x -= 2 * std::floor((x + 1) / 2);
  return 4 * x * (1 - std::abs(x));
}

// Rises to 1 in the middle of [0, 1] and falls again.
double Hump(double x) { return x <= 0 || x >= 1 ? 0 : 4 * x * (1 - x); }

// The effect of an operation is gone after a day and a half.
double AfterOperation(double hour) { return std::max(0.0, 1 - hour / 36); }

}  // namespace

Physiology::Physiology(const Patient& patient, const Therapy& therapy, Random* random)
    : patient_(patient), therapy_(therapy), random_(random) {
  for (int i = 0; i < kNumSignals; ++i) drift_[i] = Models()[i].drift * random_->Normal();
  AdvanceTo(0);
  StepOxygen();
}

void Physiology::AdvanceTo(double hour) {
  while (stepped_hours_ < hour) StepHour();
  hour_ = hour;
  const int64_t second_of_day = patient_.TimeAt(hour) / base::kSecondUs % 86400;
  diurnal_ = Diurnal(static_cast<double>(second_of_day) / 3600);
  const double recovered = std::min(0.7, 0.7 * hour / std::max(24.0, patient_.hours));
  severity_ = std::max(0.0, patient_.severity * (1 - recovered) + severity_drift_);
  sepsis_ = SepsisLevel(patient_, hour);
  episode_ = episode_peak_ * Hump((hour - episode_start_) / std::max(1.0, episode_hours_));
  exposure_ = therapy_.ExposureAt(hour);
  apparent_illness_ = severity_ + 0.7 * sepsis_ + 0.8 * episode_ + therapy_.IllnessAt(hour);
}

void Physiology::StepHour() {
  ++stepped_hours_;
  for (int i = 0; i < kNumSignals; ++i) {
    const SignalModel& model = Models()[i];
    if (model.drift == 0) continue;
    const double kept = model.persistence;
    drift_[i] = kept * drift_[i] + model.drift * std::sqrt(1 - kept * kept) * random_->Normal();
  }
  severity_drift_ = 0.92 * severity_drift_ + 0.12 * random_->Normal();
  if (patient_.condition == Condition::kFibrillation) {
    const bool fast = fibrillating_ > 0.5;
    if (random_->Chance(fast ? 0.12 : 0.06)) fibrillating_ = fast ? 0 : 1;
  }
  StepEpisode();
  StepOxygen();
}

void Physiology::StepEpisode() {
  const bool running = stepped_hours_ < episode_start_ + episode_hours_;
  if (running || !random_->Chance(0.008)) return;
  episode_start_ = stepped_hours_;
  episode_hours_ = random_->Between(4, 14);
  episode_peak_ = random_->Between(0.3, 1.3);
  for (auto& response : episode_response_) response = std::max(0.0, 0.6 + 0.6 * random_->Normal());
}

// Oxygen is given when saturation stays low and taken away slowly when it has recovered.
void Physiology::StepOxygen() {
  const double saturation = Level(kSpo2);
  const double target = patient_.condition == Condition::kCopd ? 90 : 94;
  if (saturation < target) oxygen_fraction_ = std::min(0.8, oxygen_fraction_ + 0.07);
  if (saturation > target + 3) oxygen_fraction_ = std::max(kRoomAir, oxygen_fraction_ - 0.05);
}

// All that moves a signal away from the person's usual value.
double Physiology::Effects(int signal) const {
  const SignalModel& model = Models()[signal];
  double sum = patient_.base[signal] + drift_[signal] + model.diurnal * diurnal_ +
               model.severity * severity_ + model.sepsis * episode_ * episode_response_[signal] +
               therapy_.ShiftOf(signal, hour_, exposure_);
  if (patient_.sepsis) {
    // Vasopressors and fluids hold the pressure some hours after onset.
    const bool treated = hour_ > patient_.sepsis->onset_hour + 3;
    const double held = treated && (signal == kSbp || signal == kDbp) ? 0.5 : 1;
    sum += held * model.sepsis * sepsis_ * patient_.sepsis->response[signal];
  }
  sum += ConditionEffect(model);
  if (signal == kGlucose) sum += therapy_.SugarFallAt(hour_) * (kLowSugar - sum);
  return sum;
}

double Physiology::ConditionEffect(const SignalModel& model) const {
  switch (patient_.condition) {
    case Condition::kPostOperative:
      return model.post_operative * AfterOperation(hour_);
    case Condition::kCopd:
      return model.copd;
    case Condition::kFibrillation:
      return model.fibrillation * fibrillating_;
    case Condition::kNone:
      return 0;
  }
  return 0;
}

double Physiology::Level(int signal) const {
  const SignalModel& model = Models()[signal];
  double level = model.skewed ? model.base * Growth(Effects(signal)) : model.base + Effects(signal);
  if (signal == kSpo2) level += 14 * (oxygen_fraction_ - kRoomAir);
  return level;
}

// Signals that follow from others.
double Physiology::DerivedLevel(Signal signal) const {
  switch (signal) {
    case kMap:
      return (Level(kSbp) + 2 * Level(kDbp)) / 3;
    case kFio2:
      return oxygen_fraction_;
    case kSao2:
      return std::min(100.0, Level(kSpo2));
    case kHematocrit:
      return 3 * Level(kHemoglobin);
    case kBilirubinDirect:
      return 0.28 * Level(kBilirubinTotal);
    default:
      return Level(signal);
  }
}

double Physiology::Measure(Signal signal) {
  const SignalModel& model = Models()[signal];
  double noise = model.noise * random_->Normal();
  // An irregular rhythm is counted less exactly.
  if (signal == kHeartRate && fibrillating_ > 0.5) noise *= 3;
  const double level = DerivedLevel(signal);
  return std::clamp(model.skewed ? level * (1 + noise) : level + noise, model.low, model.high);
}

}  // namespace codman::simulation
