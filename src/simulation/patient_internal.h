// One synthetic person and stay: who they are, why they are ill, and when, if ever, sepsis begins.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "simulation/random_internal.h"
#include "simulation/signals_internal.h"
#include "simulation/simulation.h"

namespace codman::simulation {

// Reasons for abnormal vital signs other than sepsis.
enum class Condition { kNone, kPostOperative, kCopd, kFibrillation };

// How the signs of something rise before it is there and fall again, in hours since admission.
struct Course {
  double onset_hour = 0;
  double lead_hours = 0;      // signs rise over this time before onset
  double strength = 0;        // 1 is the average case
  double recovery_hours = 0;  // of treatment, until only `residual` is left
  double residual = 0;

  // 0 before the signs begin, `strength` at onset, falling under treatment.
  double LevelAt(double hour) const;
};

struct SepticCourse : Course {  // its onset is after hour 8
  std::array<double, kNumSignals>
      response{};  // how much of the effect this person shows per signal
};

struct Patient {
  int64_t number = 0;         // from 1
  std::string id, encounter;  // "SYN-000001", "SYN-000001-1"
  int age = 0;
  bool male = false;
  Condition condition = Condition::kNone;
  int64_t admission_us = 0;  // whole seconds
  double hours = 0;          // length of stay, 12 to 240
  double severity = 0;       // latent, at admission; 0 well, 1 ill, 2 very ill
  std::array<double, kNumSignals>
      base{};  // personal usual values, relative where the signal is skewed
  std::optional<SepticCourse> sepsis;

  int64_t TimeAt(double hour) const;  // hours since admission as µs, whole seconds
};

// The streams of one patient's random numbers: faults draw apart, so that a clean and a faulty file
// hold the same people.
enum Stream : uint64_t {
  kPersonStream,
  kCourseStream,
  kFaultStream,
  kBedsideStream,
  kTherapyStream,
  kBillStream
};

// Depends on seed, septic share, length of stay and start alone, never on how many patients there
// are.
Patient DrawPatient(const SimulationOptions& options, int64_t start_us, int64_t number);

// 0 where there is no sepsis.
double SepsisLevel(const Patient& patient, double hour);

// (1 + x/4)^4, which stands for e^x: positive, skewed and the same on every machine.
double Growth(double x);

}  // namespace codman::simulation
