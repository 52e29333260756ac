// What the ward writes down of a stay: which signals are measured when, and when each record is
// stored.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "simulation/patient_internal.h"
#include "simulation/therapy_internal.h"

namespace codman::simulation {

enum class Feed { kAdmissions, kVitals, kLabs, kEvents, kBedside, kMedications, kClaims };
constexpr int kNumFeeds = 7;

struct Charted {
  Signal signal;
  int64_t scaled;  // value in the decimals of its model
};

// Several measurements of one time. No signal is twice in a record.
struct ChartRecord {
  Feed feed;
  int64_t event_time_us, stored_at_us;
  std::vector<Charted> measurements;  // at least one
};

using ChartSink = std::function<void(const ChartRecord&)>;

// Gives the records of a stay in order of event time. Vital signs come about every hour to hour and
// a half, more often from the ill; laboratory panels every 6 to 12 hours, with the panels that the
// ill need, and when harm is there. All have gaps.
void ChartStay(const Patient& patient, const Therapy& therapy, uint64_t seed,
               const ChartSink& sink);

}  // namespace codman::simulation
