// Writes the chart of one patient as NDJSON lines, with faults, and counts both.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "simulation/bill_internal.h"
#include "simulation/day_one_internal.h"
#include "simulation/faults_internal.h"
#include "simulation/therapy_internal.h"

namespace codman::simulation {

struct FeedCounts {
  int64_t records = 0, measurements = 0;  // lines, and readable measurements in them
};

// What was written and injected, and what ingest and build must therefore find. Measurements unless
// said otherwise.
struct Tally {
  std::array<FeedCounts, kNumFeeds> feeds;
  // Measurements for the faults of a measurement (out of range, units, unmapped codes), records for
  // the others.
  std::array<int64_t, kNumFaults> injected{};
  int64_t stored = 0, duplicates = 0, corrected = 0;
  int64_t missing_time = 0, unknown_unit = 0, out_of_range = 0;
  int64_t unparsable_records = 0;
  int64_t last_event_us = 0;
};

using LineSink = std::function<void(Feed feed, int64_t stored_at_us, std::string line)>;

// The objects behind the references must outlive it.
class RecordWriter {
 public:
  RecordWriter(const SimulationOptions& options, const std::vector<CodedSignal>& signals,
               const Patient& patient, Tally* tally, const LineSink& sink);

  // A record of vital signs or laboratory values.
  void Write(const ChartRecord& record);
  // Age, sex and admission; and what became of the stay. These carry no faults and are not
  // measurements.
  void WriteAdmission(const DayOne& day, const Therapy& therapy);
  void WriteOutcomes(const DayOne& day);
  // Measurements without faults.
  void WriteBedside(const BedsideRecord& record);
  void WriteDose(const Dose& dose);
  void WriteBill(const Bill& bill);
  // The outcome, which is no measurement, and that something happened, which is one.
  void WriteHarm(const Harm& harm);

 private:
  // What changes between the versions of a record.
  struct Envelope {
    Feed feed;
    std::string id;
    std::string_view status;
    int64_t event_time_us, stored_at_us;
    bool has_time;
    std::string encounter = {};  // "": the stay
  };

  void WriteAs(Fault fault, Envelope envelope, std::vector<Sent> sent);
  void WriteTwice(const Envelope& envelope, const std::vector<Sent>& sent);
  void WriteUnparsable(const Envelope& envelope, const std::vector<Sent>& sent);
  void WriteCorrection(Envelope envelope, const Sent& corrected);
  // Injects a fault of one measurement; false where no measurement of the record can carry it.
  bool Spoil(Fault fault, std::vector<Sent>* sent);
  // An entry that no concept has: a number, or free text with a made-up name and telephone number.
  std::string UnmappedEntry(Fault fault);
  std::string Line(const Envelope& envelope, std::string_view entries) const;
  void Emit(const Envelope& envelope, std::string line, size_t measurements);
  // A record without faults, of so many measurements: 0 where it tells facts of the stay.
  void WritePlain(Feed feed, int64_t event_us, int64_t stored_us, std::string_view entries,
                  int64_t measurements, std::string_view encounter = {});
  int64_t& Injected(Fault fault) { return tally_->injected[static_cast<size_t>(fault)]; }

  const SimulationOptions& options_;
  const std::vector<CodedSignal>& signals_;
  const Patient& patient_;
  Tally* const tally_;
  const LineSink& sink_;
  Random random_;
  std::array<int64_t, kNumFeeds> written_{};  // records of each feed, for their ids
};

}  // namespace codman::simulation
