// A synthetic hospital: patients, ICU stays and their feeds as NDJSON files, deterministic by seed,
// with stated faults.
//
// Physiology is linked: a patient who becomes septic shows it across signals (heart rate,
// breathing, temperature, pressure, lactate, white cells, creatinine, platelets) over the hours
// before onset, with individual strength, noise, missingness, treatment, and patients who look ill
// without becoming septic. Drugs move the body and do harm: opioids slow breathing, anticoagulants
// let bleed, nephrotoxins fail the kidney, insulin lowers sugar. Signs of harm come hours before
// it; some pass, and some harm comes without. It proves plumbing, never accuracy.
//
// Files in `folder`: admissions.ndjson (age, sex, icu_admission, body, diagnoses of earlier
// encounters, step_down), patient-vitals.ndjson, lab-results.ndjson, bedside.ndjson (urine, coma
// scale, ventilation and norepinephrine every six hours, rarer tests of the first day),
// medications.ndjson (doses by ATC code), adverse-events.ndjson (bleeds, falls and their kin,
// sepsis_onset, hospital_death, icu_discharge), claims.ndjson (what a stay is billed for in the
// terms of FHIR, and what it cost), manifest.json. One record:
//   {"record_id":"V-1-17","patient_id":"SYN-000001","encounter_id":"SYN-000001-1",
//    "event_time":"…Z","stored_at":"…Z","status":"final",
//    "measurements":[{"code":"8867-4","value":88,"unit":"/min"},…]}
// Records lie in order of stored_at within a file. Equal options (with a start) give equal bytes;
// patient k is the same whatever the number of patients and the rates of faults. Memory does not
// grow with the number of patients: only records of stays that are not over wait for their turn.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/json.h"
#include "base/result.h"
#include "events/concepts.h"

namespace codman::simulation {

// Shares of records, or of measurements where it says so. A record carries at most one fault beside
// being late; faults that would take more than all records are cut.
struct FaultRates {
  double late = 0.05;            // stored 2 to 24 hours after the event
  double duplicate = 0.01;       // the same record sent again
  double corrected = 0.005;      // a later version, "corrected", with another value of one entry
  double out_of_range = 0.004;   // of measurements
  double wrong_unit = 0.004;     // of measurements: a unit that the concept does not know
  double converted_unit = 0.01;  // of measurements: another unit that it knows, to be converted
  double unparsable = 0.0005;    // cut off
  double missing_time = 0.0005;
  // One more entry: free text with a made-up name and telephone number, under an unmapped code.
  double identifier_bearing = 0.0005;
  double unmapped_code = 0.002;  // of measurements: one more entry with a code of no concept
};

struct SimulationOptions {
  int patients = 1000;     // one admission an hour
  double mean_hours = 48;  // length of stay, 12 to 96; individual, 12 to 240
  uint64_t seed = 1;       // up to 2^53
  double septic_share = 0.12;
  // First admission; 0: `patients` hours and twelve days before now, cut to the hour, so that every
  // stay has ended and no event lies in the future.
  int64_t start_us = 0;
  FaultRates faults;
};

// The manifest, also written to the folder: seed, options, counts of patients, stays, septic,
// adverse events by kind, records and measurements by feed, and for each fault how many were
// injected; `expected`: {measurements, stored, duplicates, quarantined by reason,
// unparsable_records, corrected} as ingest and build must find them, once `last_event_time` has
// passed. Errors: options outside their limits, concepts that lack a signal, a folder that cannot
// be written.
Result<Json> Simulate(const SimulationOptions& options, const events::Concepts& concepts,
                      const std::string& folder, const std::function<void(double)>& progress = {});

}  // namespace codman::simulation
