#include <gtest/gtest.h>

#include <algorithm>

#include "base/clock.h"
#include "simulation/therapy_internal.h"

namespace codman::simulation {
namespace {

constexpr int64_t kStart = 1'600'000'000 * base::kSecondUs;

template <typename Look>
void ForPatients(int patients, const Look& look) {
  SimulationOptions options;
  for (int k = 1; k <= patients; ++k) {
    const Patient patient = DrawPatient(options, kStart, k);
    look(patient, DrawTherapy(patient, k % 10 == 0, options.seed));
  }
}

bool Has(const Therapy& therapy, HarmKind kind) {
  return std::any_of(therapy.harms.begin(), therapy.harms.end(),
                     [&](const Harm& harm) { return harm.kind == kind && harm.happens; });
}

TEST(Therapy, DosesLieWithinTheStayAndItsOrder) {
  ForPatients(500, [](const Patient& patient, const Therapy& therapy) {
    double before = 0;
    for (const Dose& dose : therapy.doses) {
      EXPECT_TRUE(dose.hour >= before && dose.hour < patient.hours);
      EXPECT_TRUE(dose.amount >= dose.drug->dose_low && dose.amount <= dose.drug->dose_high);
      before = dose.hour;
    }
    EXPECT_LT(therapy.step_down_hour, patient.hours);
  });
}

TEST(Therapy, NoHarmIsTwiceInAStayAndDeathEndsIt) {
  ForPatients(500, [](const Patient& patient, const Therapy& therapy) {
    std::array<int, kNumHarms> times{};
    for (const Harm& harm : therapy.harms) {
      ++times[harm.kind];
      EXPECT_LE(harm.course.onset_hour, patient.hours);
      if (harm.kind == kIcuTransfer) {
        EXPECT_GE(harm.course.onset_hour, therapy.step_down_hour);
      }
    }
    EXPECT_LE(*std::max_element(times.begin(), times.end()), 1);
    EXPECT_EQ(Has(therapy, kDeath), patient.number % 10 == 0);
  });
}

// The direction that each class of drugs is known for; the share of the exposed that are harmed is
// at least half as large again.
TEST(Therapy, DrugsBringTheHarmThatTheyAreKnownFor) {
  const std::pair<DrugEffect, HarmKind> cases[] = {{kSlowsBreathing, kRespiratoryDepression},
                                                   {kThinsBlood, kBleed},
                                                   {kHarmsKidney, kAki},
                                                   {kLowersSugar, kHypoglycaemia},
                                                   {kProlongsQt, kArrhythmia}};
  std::array<std::array<double, 2>, 5> harmed{}, all{};
  ForPatients(6000, [&](const Patient&, const Therapy& therapy) {
    for (size_t i = 0; i < 5; ++i) {
      const unsigned effect = Does(cases[i].first);
      const bool exposed =
          std::any_of(therapy.doses.begin(), therapy.doses.end(),
                      [&](const Dose& dose) { return (dose.drug->effects & effect) != 0; });
      ++all[i][exposed];
      harmed[i][exposed] += Has(therapy, cases[i].second);
    }
  });
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_GT(harmed[i][1] / all[i][1], 1.5 * harmed[i][0] / all[i][0])
        << Harms()[cases[i].second].name;
  }
}

TEST(Therapy, WhatHarmedIsNotGivenAgain) {
  int bleeds = 0, naloxone = 0, depressed = 0;
  ForPatients(3000, [&](const Patient& patient, const Therapy& therapy) {
    for (const Harm& harm : therapy.harms) {
      if (!harm.happens) continue;
      const double hour = harm.course.onset_hour;
      bleeds += harm.kind == kBleed;
      depressed += harm.kind == kRespiratoryDepression && hour + 0.1 < patient.hours;
      for (const Dose& dose : therapy.doses) {
        naloxone += harm.kind == kRespiratoryDepression && dose.drug->atc == "V03AB15";
        if (harm.kind != kBleed || dose.hour <= hour) continue;
        EXPECT_EQ(dose.drug->effects & Does(kThinsBlood), 0u);
      }
    }
  });
  EXPECT_GT(bleeds, 20);
  EXPECT_GT(depressed, 20);
  EXPECT_EQ(naloxone, depressed);
}

TEST(Therapy, ABleedLowersHaemoglobinAheadOfItself) {
  Therapy therapy;
  therapy.harms.push_back({.kind = kBleed,
                           .course = {.onset_hour = 20,
                                      .lead_hours = 10,
                                      .strength = 1,
                                      .recovery_hours = 20,
                                      .residual = 0.5},
                           .happens = true});
  EXPECT_EQ(therapy.ShiftOf(kHemoglobin, 9, {}), 0);
  const double half = therapy.ShiftOf(kHemoglobin, 15, {});
  const double there = therapy.ShiftOf(kHemoglobin, 20, {});
  EXPECT_LT(there, half);
  EXPECT_LT(half, 0);
  EXPECT_GT(therapy.ShiftOf(kHeartRate, 20, {}), 0);
  EXPECT_LT(therapy.ShiftOf(kSbp, 20, {}), 0);
  EXPECT_GT(therapy.IllnessAt(20), therapy.IllnessAt(9));
}

TEST(Therapy, ADoseFadesOverTwelveHours) {
  const Drug drug = {"N02AA01", "mg", 0, 10, 10, Given::kAll,          1,
                     0,         0,    0, 6,  1,  Does(kSlowsBreathing)};
  Therapy therapy;
  therapy.doses.push_back({4, &drug, 10, true});
  EXPECT_EQ(therapy.ExposureAt(3)[kSlowsBreathing], 0);
  EXPECT_DOUBLE_EQ(therapy.ExposureAt(4)[kSlowsBreathing], 1);
  EXPECT_DOUBLE_EQ(therapy.ExposureAt(10)[kSlowsBreathing], 0.5);
  EXPECT_EQ(therapy.ExposureAt(16)[kSlowsBreathing], 0);
}

}  // namespace
}  // namespace codman::simulation
