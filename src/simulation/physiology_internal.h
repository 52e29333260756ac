// The body over time: latent severity, autocorrelated signals, day and night, sepsis, oxygen, drugs
// and harms.
#pragma once

#include <array>

#include "simulation/patient_internal.h"
#include "simulation/therapy_internal.h"

namespace codman::simulation {

// Hours go forward only. Patient, therapy and random numbers must outlive it.
class Physiology {
 public:
  Physiology(const Patient& patient, const Therapy& therapy, Random* random);

  void AdvanceTo(double hour);
  // What an instrument would show now, within the model's limits, in the canonical unit.
  double Measure(Signal signal);
  // How ill the patient looks to the staff: decides how closely they watch.
  double apparent_illness() const { return apparent_illness_; }
  double oxygen_fraction() const { return oxygen_fraction_; }

 private:
  void StepHour();
  void StepEpisode();
  void StepOxygen();
  double Effects(int signal) const;
  double ConditionEffect(const SignalModel& model) const;
  double Level(int signal) const;
  double DerivedLevel(Signal signal) const;

  const Patient& patient_;
  const Therapy& therapy_;
  Random* const random_;
  int stepped_hours_ = 0;
  double hour_ = 0;
  double diurnal_ = 0;  // −1 at 5 h, 1 at 17 h
  double severity_ = 0, severity_drift_ = 0;
  double sepsis_ = 0;
  // A passing deterioration that is not sepsis (pain, atelectasis, bleeding): from 0 to
  // `episode_peak_` and back.
  double episode_ = 0, episode_peak_ = 0, episode_start_ = -1, episode_hours_ = 0;
  std::array<double, kNumSignals> episode_response_{};
  double fibrillating_ = 0;  // 0 sinus rhythm, 1 fast
  DrugEffects exposure_{};
  double oxygen_fraction_ = 0.21;
  double apparent_illness_ = 0;
  std::array<double, kNumSignals> drift_{};
};

}  // namespace codman::simulation
