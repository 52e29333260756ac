// What the ward writes of a stay beside vital signs and the daily laboratory: the history of the
// patient, body, bedside charting, rarer tests of the first day, and whether the patient dies.
//
// It has random numbers of its own: the other feeds of a patient are the same with and without it.
#pragma once

#include <string>
#include <vector>

#include "simulation/patient_internal.h"
#include "simulation/random_internal.h"

namespace codman::simulation {

// Entries as a record has them, and how many.
struct Entries {
  std::string text;
  int64_t count = 0;

  void Add(std::string_view code, double value, int decimals, std::string_view unit);
  void AddText(std::string_view code, std::string_view text);  // free of quotes
};

struct BedsideRecord {
  double hour = 0;  // of the stay
  Entries entries;
};

struct DayOne {
  Entries history;                     // diagnoses of earlier encounters; may be empty
  Entries body;                        // weight, height, kind of admission
  std::vector<BedsideRecord> bedside;  // in order of time, none after the stay
  bool ventilated = false;
  bool dies = false;  // in hospital, as the stay ends
};

DayOne DrawDayOne(const Patient& patient, uint64_t seed);

}  // namespace codman::simulation
