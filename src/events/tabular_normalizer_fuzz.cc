// Any bytes as a delimited file: the header is refused with its reason or fits, and every cell of a
// measured column becomes an event or a reason, also under a header that does not fit.
//
// Input: one byte of flags (1 CSV instead of PSV, 2 hours instead of times), and lines, the first
// of which is the header.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "events/normalizer_fuzzing_internal.h"

namespace codman::events {
namespace {

SourceMapping Source(bool csv, bool hours) {
  const Concepts& concepts = FuzzConcepts();
  SourceMapping source;
  source.name = "fuzz";
  source.file = "fuzz.yaml";
  source.format = csv ? Format::kCsv : Format::kPsv;
  source.feeds = {{"rows", "*", false}};
  source.missing = {"NaN"};
  source.subject_column = "id";
  source.time_column = "time";
  source.relative_time = hours;
  source.relative_unit_us = base::kHourUs;
  source.zone_offset_minutes = 0;
  source.rows_are_prediction_times = true;
  source.admission_concept = concepts.Find("age");
  source.columns = {
      {.column = "id", .role = Role::kSubject},
      {.column = "time", .role = Role::kTime},
      {.column = "HR",
       .role = Role::kConcept,
       .concept_index = concepts.Find("heart_rate"),
       .unit = "/min"},
      {.column = "Temp",
       .role = Role::kConcept,
       .concept_index = concepts.Find("temperature"),
       .unit = "[degF]",
       .optional = true},
      {.column = "Age",
       .role = Role::kStatic,
       .concept_index = concepts.Find("age"),
       .unit = "a",
       .optional = true},
      {.column = "Ward", .role = Role::kStatic, .optional = true},
      {.column = "Died",
       .role = Role::kLabel,
       .concept_index = concepts.Find("died"),
       .unit = "1",
       .optional = true},
  };
  return source;
}

void Try(uint8_t flags, std::string_view text) {
  SourceMapping source = Source((flags & 1) != 0, (flags & 2) != 0);
  auto lines = base::Split(text, '\n');
  std::vector<std::string> extra;
  auto fits = CheckHeader(source, lines[0], &extra);
  Require(!fits.ok() || extra.size() <= lines[0].size() + 1);
  std::string content_type = format("text/x;header={}", lines[0]);
  auto normalizer = Normalizer::Create(source, FuzzConcepts(), kFuzzNowUs);
  Normalized out;
  for (size_t i = 1; i < lines.size(); ++i) {
    std::string position = format("file:0/p1.psv#{}", i);
    normalizer->Add({.feed = "rows",
                     .source_position = position,
                     .received_time_us = kFuzzNowUs,
                     .received_seq = static_cast<int64_t>(i),
                     .payload = lines[i],
                     .content_type = content_type},
                    &out);
  }
  RequireSound(out, static_cast<int64_t>(lines.size()) - 1);
  int64_t booked = 0;
  const auto& status = *out.events.Find("status");
  for (size_t i = 0; i < status.valid.size(); ++i) booked += status.strings[i] == "final" ? 1 : 0;
  const auto& field = *out.quarantine.Find("field");
  for (size_t i = 0; i < field.valid.size(); ++i)
    booked += field.strings[i] == "HR" || field.strings[i] == "Temp" ? 1 : 0;
  Require(out.measurements == booked);
}

}  // namespace
}  // namespace codman::events

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  codman::events::Try(data[0], {reinterpret_cast<const char*>(data + 1), size - 1});
  return 0;
}
