// Lines of any bytes as NDJSON records: every measurement becomes an event or a reason, and a
// record that is read in place becomes what its copy becomes.
//
// Input: one byte of flags (1 the record itself is the measurement, 2 a feed of facts), and lines.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/text.h"
#include "events/normalizer_fuzzing_internal.h"

namespace codman::events {
namespace {

constexpr size_t kPadding = 64;

SourceMapping Source(bool one_by_one) {
  SourceMapping source;
  source.name = "fuzz";
  source.format = Format::kNdjson;
  source.feeds = {{"facts", "facts*", true}, {"records", "*", false}};
  source.record = {.id = "id",
                   .subject = "patient.id",
                   .encounter = "patient.stay",
                   .event_time = "time",
                   .known_time = "stored",
                   .status = "status",
                   .measurements = one_by_one ? "" : "values",
                   .code = "code",
                   .value = "value",
                   .unit = "unit",
                   .code_system = "LOINC"};
  return source;
}

void Try(uint8_t flags, std::string_view text) {
  SourceMapping source = Source((flags & 1) != 0);
  std::string padded(text);
  padded.append(kPadding, 'x');
  std::string_view within = std::string_view(padded).substr(0, text.size());
  Normalized copied, in_place;
  auto normalizer = Normalizer::Create(source, FuzzConcepts(), kFuzzNowUs);
  auto other = Normalizer::Create(source, FuzzConcepts(), kFuzzNowUs);
  int64_t seq = 0;
  for (auto line : base::Split(within, '\n')) {
    RawRecord record{.feed = (flags & 2) != 0 ? "facts" : "records",
                     .source_position = "file:0/0#1",
                     .received_time_us = kFuzzNowUs,
                     .received_seq = ++seq,
                     .payload = line,
                     .content_type = "application/json"};
    normalizer->Add(record, &copied);
    record.readable_after =
        static_cast<size_t>(padded.data() + padded.size() - line.data()) - line.size();
    other->Add(record, &in_place);
  }
  RequireSound(copied, seq);
  Require(SameRows(copied.events, in_place.events));
  Require(SameRows(copied.quarantine, in_place.quarantine));
  Require(copied.measurements == in_place.measurements);
  int64_t facts = 0, labels = 0;
  const auto& status = *copied.events.Find("status");
  for (size_t i = 0; i < status.valid.size(); ++i) {
    facts += status.strings[i] == "static" ? 1 : 0;
    labels += status.strings[i] == "label" ? 1 : 0;
  }
  int64_t booked = copied.events.num_rows() - facts - labels + copied.quarantine.num_rows() -
                   copied.unparsable_records;
  // Refused facts and labels stand in quarantine too, but are no measurements.
  Require(copied.measurements <= booked);
}

}  // namespace
}  // namespace codman::events

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  codman::events::Try(data[0], {reinterpret_cast<const char*>(data + 1), size - 1});
  return 0;
}
