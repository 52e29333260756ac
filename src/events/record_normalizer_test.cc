#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "events/normalizer.h"

// Expected rows by hand from normalizer.h and source_mapping.h; HL7 result states C, D, W.
namespace codman::events {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const int64_t kNow = *base::ParseTime("2026-11-21T12:00:00Z");

const Concepts& Clinic() {
  static const Concepts kConcepts =
      Concepts::Load(std::string(CODMAN_SOURCE_DIR) + "/clinic/concepts").value();
  return kConcepts;
}

const std::string kNested = R"(name: hl7
kind: files
format: ndjson
identifiers: protected
feeds:
  - {feed: facts, pattern: "facts*", static: true}
  - {feed: labs, pattern: "*"}
record:
  id: meta.id
  subject: patient.id
  encounter: patient.stay
  event_time: times.taken
  known_time: times.stored
  status: status
  measurements: results
  code: code
  value: value.number
  unit: value.unit
  code_system: LOINC
)";

SourceMapping Source(const std::string& text) {
  std::string path = format("{}codman_record_{}.yaml", testing::TempDir(), getpid());
  EXPECT_TRUE(base::WriteFileAtomically(path, text, {.sync = false}).ok());
  auto source = SourceMapping::Load(path, Clinic());
  EXPECT_TRUE(source.ok()) << source.error().ToString();
  return source.value();
}

Normalized Normalize(const std::vector<std::string>& payloads, const std::string& feed = "labs",
                     const std::string& source_text = kNested) {
  SourceMapping source = Source(source_text);
  auto normalizer = Normalizer::Create(source, Clinic(), kNow);
  Normalized out;
  int64_t seq = 0;
  for (const auto& payload : payloads) {
    ++seq;
    normalizer->Add({feed, format("file:f/x#{}", seq), kNow, seq, payload, "application/json"},
                    &out);
  }
  return out;
}

std::vector<std::string> EventsOf(const Normalized& out) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < size_t(out.events.num_rows()); ++i) {
    auto text = [&](const char* name) { return std::string(out.events.Find(name)->strings[i]); };
    std::string line = text("identifier") + " ";
    line += text("concept").empty() ? text("source_code") : text("concept");
    line += " " + text("status");
    int64_t late = out.events.Find("known_time")->ints[i] - out.events.Find("event_time")->ints[i];
    line += " +" + base::FormatDuration(late);
    if (out.events.Find("value")->valid[i] != 0)
      line += format(" {}", out.events.Find("value")->doubles[i]);
    if (out.events.Find("text")->valid[i] != 0) line += " '" + text("text") + "'";
    if (out.events.Find("unit")->valid[i] != 0) line += " [" + text("unit") + "]";
    lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> RefusedOf(const Normalized& out) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < size_t(out.quarantine.num_rows()); ++i) {
    lines.push_back(format("{}: {} ({})", out.quarantine.Find("field")->strings[i],
                           out.quarantine.Find("reason")->strings[i],
                           out.quarantine.Find("rule")->strings[i]));
  }
  return lines;
}

std::string Record(const std::string& results, const std::string& status = "final") {
  return R"({"meta":{"id":"r1"},"patient":{"id":"a","stay":77},"status":")" + status +
         R"(","times":{"taken":"2026-11-21T08:00:00Z",)" +
         R"("stored":"2026-11-21T08:20:00Z"},"results":[)" + results + "]}";
}

TEST(RecordNormalizer, ReadsNestedMembers) {
  auto out = Normalize({Record(R"({"code":"8867-4","value":{"number":80,"unit":"/min"}},
                                  {"code":"8310-5","value":{"number":98.6,"unit":"[degF]"}},
                                  {"code":"lactate","value":{"number":2.5,"unit":"mmol/L"}})")});
  EXPECT_THAT(EventsOf(out),
              ElementsAre("a heart_rate final +20m 80", "a temperature final +20m 37",
                          "a lactate final +20m 2.5"));
  EXPECT_EQ(out.measurements, 3);
  EXPECT_EQ(out.records, 1);
  EXPECT_EQ(out.events.Find("encounter_ref")->strings[0], "77") << "numbers may identify";
  EXPECT_EQ(out.events.Find("source_record_id")->strings[2], "r1");
}

TEST(RecordNormalizer, RefusesEachFaultWithItsReason) {
  const std::string kGood = R"({"code":"8867-4","value":{"number":80,"unit":"/min"}})";
  struct Case {
    std::string payload;
    std::vector<std::string> refused;
    int64_t measurements;
  };
  const Case kCases[] = {
      {"{\"patient\":", {": unparsable (json)"}, 0},
      {"[1,2]", {": unparsable (json)"}, 0},
      {"", {": unparsable (json)"}, 0},
      {R"({"patient":{"id":"a"}})", {"results: unparsable (measurements)"}, 0},
      {R"({"patient":{"id":"a"},"results":{}})", {"results: unparsable (measurements)"}, 0},
      {base::ReplaceAll(Record(kGood), R"("id":"a")", R"("id":"")"),
       {"8867-4: missing_subject (subject)"},
       1},
      {base::ReplaceAll(Record(kGood), R"("id":"a")", R"("id":null)"),
       {"8867-4: missing_subject (subject)"},
       1},
      {base::ReplaceAll(Record(kGood), R"("patient":{"id":"a","stay":77})", R"("patient":"a")"),
       {"8867-4: missing_subject (subject)"},
       1},
      {base::ReplaceAll(Record(kGood), "2026-11-21T08:00:00Z", "yesterday"),
       {"8867-4: missing_time (event_time)"},
       1},
      {base::ReplaceAll(Record(kGood), "2026-11-21T08:00:00Z", "2026-11-21T08:00:00"),
       {"8867-4: missing_time (event_time)"},
       1},
      {base::ReplaceAll(Record(kGood + "," + kGood), "2026-11-21T08:00:00Z",
                        "2026-11-21T12:05:01Z"),
       {"8867-4: future_time (event_time)", "8867-4: future_time (event_time)"},
       2},
      {Record(R"({"code":"8867-4","value":{"number":"fast","unit":"/min"}})"),
       {"8867-4: type_mismatch (number)"},
       1},
      {Record(R"({"value":{"number":80,"unit":"/min"}})"), {"code: type_mismatch (code)"}, 1},
      {Record(R"({"code":"8867-4","value":{"number":80}})"), {"8867-4: unknown_unit (unit)"}, 1},
      {Record(R"({"code":"8867-4","value":{"number":80,"unit":"bpm"}})"),
       {"8867-4: unknown_unit (unit)"},
       1},
      {Record(R"({"code":"8867-4","value":{"number":8,"unit":"/min"}})"),
       {"8867-4: out_of_range (range)"},
       1},
      {Record(R"({"code":"8310-5","value":{"number":99,"unit":"Cel"}})"),
       {"8310-5: ambiguous_unit (unit)"},
       1},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.payload);
    auto out = Normalize({test.payload});
    EXPECT_EQ(RefusedOf(out), test.refused);
    EXPECT_EQ(out.measurements, test.measurements);
    EXPECT_EQ(out.events.num_rows(), 0);
    EXPECT_EQ(out.unparsable_records, test.measurements == 0 ? 1 : 0);
  }
}

TEST(RecordNormalizer, UnmappedCodesAreKeptUnderTheirSystem) {
  auto out = Normalize({Record(R"({"code":"99999-9","value":{"number":4,"unit":"g"}},
                                  {"code":"88888-8","value":{"number":"positive"}})")});
  EXPECT_THAT(EventsOf(out), ElementsAre("a LOINC//99999-9 final +20m 4 [g]",
                                         "a LOINC//88888-8 final +20m 'positive'"));
  EXPECT_EQ(out.measurements, 2);
  auto local = Normalize({Record(R"({"code":"Na","value":{"number":140,"unit":"mmol/L"}})")},
                         "labs", base::ReplaceAll(kNested, "  code_system: LOINC\n", ""));
  EXPECT_THAT(EventsOf(local), ElementsAre("a hl7//Na final +20m 140 [mmol/L]"));
}

TEST(RecordNormalizer, ReadsStates) {
  const std::string kResult = R"({"code":"8867-4","value":{"number":80,"unit":"/min"}})";
  for (const char* state : {"corrected", "amended", "C"}) {
    EXPECT_THAT(EventsOf(Normalize({Record(kResult, state)})),
                ElementsAre("a heart_rate corrected +20m 80"));
  }
  for (const char* state : {"entered-in-error", "retracted", "D", "W"}) {
    EXPECT_THAT(EventsOf(Normalize({Record(kResult, state)})),
                ElementsAre("a heart_rate retracted +20m"));
    EXPECT_THAT(EventsOf(Normalize({Record(R"({"code":"8867-4"})", state)})),
                ElementsAre("a heart_rate retracted +20m"))
        << "a retraction needs no value";
  }
}

TEST(RecordNormalizer, ACodeWithoutValueIsNoMeasurement) {
  auto out = Normalize({Record(R"({"code":"8867-4","value":{"number":null,"unit":"/min"}},
                                  {"code":"8867-4"})"),
                        Record("")});
  EXPECT_EQ(out.measurements, 0);
  EXPECT_THAT(EventsOf(out), IsEmpty());
  EXPECT_THAT(RefusedOf(out), IsEmpty());
}

TEST(RecordNormalizer, KnownTimeIsStoredTimeElseLatencyAndNeverBeforeTheEvent) {
  const std::string kResult = R"({"code":"2524-7","value":{"number":2,"unit":"mmol/L"}})";
  std::string stored = R"(,"stored":"2026-11-21T08:20:00Z")";
  EXPECT_THAT(EventsOf(Normalize({base::ReplaceAll(Record(kResult), stored, "")})),
              ElementsAre("a lactate final +30m 2"));
  EXPECT_THAT(EventsOf(Normalize({base::ReplaceAll(Record(kResult), "T08:20", "T07:00")})),
              ElementsAre("a lactate final +0s 2"));
}

TEST(RecordNormalizer, FactsAndOutcomesAreNoMeasurements) {
  auto facts = Normalize({Record(R"({"code":"age","value":{"number":95,"unit":"a"}})")}, "facts");
  EXPECT_THAT(EventsOf(facts), ElementsAre("a age static +20m 90"));
  EXPECT_EQ(facts.measurements, 0);
  auto outcome = Normalize({Record(R"({"code":"sepsis_onset","value":{"number":1,"unit":"1"}})")});
  EXPECT_THAT(EventsOf(outcome), ElementsAre("a sepsis_onset label +20m 1"));
  EXPECT_EQ(outcome.measurements, 0);
}

TEST(RecordNormalizer, ARecordMayBeItsOwnMeasurement) {
  auto out = Normalize(
      {R"({"pid":12345678901,"at":"2026-11-21T08:00:00+00:00","c":"8867-4","v":70,"u":"/min"})",
       R"({"pid":" b ","at":"2026-11-21 08:00Z","c":"8867-4","v":7e1,"u":"/min","more":[1]})"},
      "flat", R"(name: flat
kind: files
format: ndjson
identifiers: protected
record: {subject: pid, event_time: at, code: c, value: v, unit: u, code_system: LOINC}
)");
  EXPECT_THAT(EventsOf(out),
              ElementsAre("12345678901 heart_rate final +0s 70", "b heart_rate final +0s 70"));
}

}  // namespace
}  // namespace codman::events
