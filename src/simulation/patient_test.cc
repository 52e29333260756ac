#include <gtest/gtest.h>

#include "base/clock.h"
#include "simulation/patient_internal.h"

namespace codman::simulation {
namespace {

constexpr int64_t kStart = 1'600'000'000 * base::kSecondUs;

TEST(Patient, StaysAgesAndOnsetsKeepTheirLimits) {
  SimulationOptions options;
  double hours = 0;
  int septic = 0;
  constexpr int kPatients = 5000;
  for (int k = 1; k <= kPatients; ++k) {
    const Patient patient = DrawPatient(options, kStart, k);
    EXPECT_TRUE(patient.hours >= 12 && patient.hours <= 240);
    EXPECT_TRUE(patient.age >= 18 && patient.age <= 98);
    // One admission an hour keeps the windows of the files in order.
    EXPECT_EQ((patient.admission_us - kStart) / base::kHourUs, k - 1);
    hours += patient.hours;
    if (!patient.sepsis) continue;
    ++septic;
    EXPECT_GE(patient.sepsis->onset_hour, 8);
    EXPECT_LE(patient.sepsis->onset_hour, patient.hours - 4);
    EXPECT_TRUE(patient.sepsis->lead_hours >= 6 && patient.sepsis->lead_hours <= 14);
  }
  // The options' mean and share, within four standard errors (a stay's deviation is about 25 h).
  EXPECT_NEAR(hours / kPatients, options.mean_hours, 1.5);
  EXPECT_NEAR(septic / double{kPatients}, options.septic_share, 0.019);
}

TEST(Patient, SepsisRisesToOnsetAndFallsUnderTreatment) {
  Patient patient;
  patient.sepsis = SepticCourse{
      {.onset_hour = 20, .lead_hours = 10, .strength = 1, .recovery_hours = 20, .residual = 0.25}};
  EXPECT_EQ(SepsisLevel(patient, 9.9), 0);
  EXPECT_DOUBLE_EQ(SepsisLevel(patient, 15), 0.5);  // smoothstep is 1/2 in the middle
  EXPECT_DOUBLE_EQ(SepsisLevel(patient, 20), 1);
  EXPECT_DOUBLE_EQ(SepsisLevel(patient, 32), 0.625);  // half of the way from 1 to 0.25
  EXPECT_DOUBLE_EQ(SepsisLevel(patient, 60), 0.25);
  patient.sepsis.reset();
  EXPECT_EQ(SepsisLevel(patient, 20), 0);
}

TEST(Patient, GrowthIsPositiveAndOneAtZero) {
  EXPECT_DOUBLE_EQ(Growth(0), 1);
  EXPECT_DOUBLE_EQ(Growth(1), 2.44140625);  // 1.25^4
  EXPECT_GT(Growth(-100), 0);
}

}  // namespace
}  // namespace codman::simulation
