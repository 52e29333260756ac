// A synthetic hospital: patients, ICU stays and their feeds as NDJSON files, deterministic by seed, with stated faults.
//
// Physiology is linked: a patient who becomes septic shows it across signals (heart rate, breathing, temperature, pressure,
// lactate, white cells, creatinine, platelets) over the hours before onset, with individual strength, noise, missingness,
// treatment, and patients who look ill without becoming septic. It proves plumbing, never accuracy.
//
// Files in `folder`: admissions.ndjson (age, sex, icu_admission), patient-vitals.ndjson, lab-results.ndjson,
// adverse-events.ndjson (sepsis_onset, icu_discharge), manifest.json. One record:
//   {"record_id":"V-1-17","patient_id":"SYN-000001","encounter_id":"SYN-000001-1","event_time":"…Z","stored_at":"…Z",
//    "status":"final","measurements":[{"code":"8867-4","value":88,"unit":"/min"},…]}
// Records lie in order of stored_at within a file.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "events/concepts.h"

namespace codman::simulation {

// Share of measurements (or records) that carry the fault.
struct FaultRates {
  double late = 0.05;               // stored hours after the event
  double duplicate = 0.01;          // the same record sent again
  double corrected = 0.005;         // a second version with status "corrected" and another value
  double out_of_range = 0.004;
  double wrong_unit = 0.004;        // a unit that the concept does not know
  double converted_unit = 0.01;     // another unit that it does know: must arrive converted
  double unparsable = 0.0005;       // a record cut off
  double missing_time = 0.0005;
  double identifier_bearing = 0.0005;  // free text with a made-up name and number, in a text measurement
  double unmapped_code = 0.002;     // a code that no concept has
};

struct SimulationOptions {
  int patients = 1000;
  double mean_hours = 48;           // length of stay; individual, 12 to 240
  uint64_t seed = 1;
  double septic_share = 0.12;
  int64_t start_us = 0;             // first admission; 0: `patients` hours before now, cut to the hour
  FaultRates faults;
};

// The manifest, also written to the folder: seed, options, counts of patients, stays, septic, records and measurements by
// feed, and for each fault how many were injected; `expected`: {measurements, stored, duplicates, quarantined by reason,
// unparsable_records, corrected} as ingest and build must find them.
Result<Json> Simulate(const SimulationOptions& options, const events::Concepts& concepts, const std::string& folder,
                      const std::function<void(double)>& progress = {});

}  // namespace codman::simulation
