#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "events/normalizer.h"

// Expected rows by hand from the sentences of normalizer.h and source_mapping.h and from the
// clinic's concepts.
namespace codman::events {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Concepts& Clinic() {
  static const Concepts kConcepts =
      Concepts::Load(std::string(CODMAN_SOURCE_DIR) + "/clinic/concepts").value();
  return kConcepts;
}

SourceMapping Source(const std::string& text) {
  std::string path = format("{}codman_tabular_{}.yaml", testing::TempDir(), getpid());
  EXPECT_TRUE(base::WriteFileAtomically(path, text, {.sync = false}).ok());
  auto source = SourceMapping::Load(path, Clinic());
  EXPECT_TRUE(source.ok()) << source.error().ToString();
  return source.value();
}

const int64_t kNow = *base::ParseTime("2026-11-21T12:00:00Z");

// "concept status event_time known_time value text" of every event, without what is absent.
std::vector<std::string> EventsOf(const Normalized& out) {
  std::vector<std::string> lines;
  const auto& events = out.events;
  for (size_t i = 0; i < size_t(events.num_rows()); ++i) {
    auto text = [&](const char* name) { return std::string(events.Find(name)->strings[i]); };
    std::string line = text("identifier") + " ";
    line += text("concept").empty() ? text("source_code") : text("concept");
    line += " " + text("status") + " " + base::FormatTime(events.Find("event_time")->ints[i]);
    int64_t late = events.Find("known_time")->ints[i] - events.Find("event_time")->ints[i];
    if (late != 0) line += " +" + base::FormatDuration(late);
    if (events.Find("value")->valid[i] != 0)
      line += format(" {}", events.Find("value")->doubles[i]);
    if (events.Find("text")->valid[i] != 0) line += " '" + text("text") + "'";
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

struct Feeding {
  SourceMapping source;
  std::string header;
  std::unique_ptr<Normalizer> normalizer = Normalizer::Create(source, Clinic(), kNow);
  Normalized out;
  int64_t row = 0;
  std::string content_type = "text/csv;header=" + header;

  Feeding& Add(const std::string& payload, const std::string& file = "p1.psv") {
    ++row;
    std::string position = format("file:abc/{}#{}", file, row);
    normalizer->Add({"feed", position, kNow, row, payload, content_type}, &out);
    return *this;
  }
};

const char* const kWard = R"(name: ward
kind: files
format: csv
identifiers: protected
subject: {column: patient}
time: {column: at}
zone: "+01:00"
missing: [NaN, "-"]
columns:
  patient: {role: subject}
  at: {role: time}
  stay: {role: encounter, optional: true}
  HR: {concept: heart_rate, unit: /min}
  Temp: {concept: temperature, unit: Cel}
  Lactate: {concept: lactate, unit: mmol/L}
  Sex: {static: sex, unit: "1", optional: true}
  Ward: {static: true, optional: true}
)";

TEST(TabularNormalizer, MakesOneEventPerFilledCell) {
  Feeding run{Source(kWard), "patient,at,stay,HR,Temp,Lactate"};
  run.Add("a,2026-11-21T08:00,s1,80,37.5,2").Add("b,2026-11-21T08:30:00Z,s2,,NaN,-");
  run.Add("a, 2026-11-21T09:00 ,s1, 90 ,,");
  EXPECT_THAT(EventsOf(run.out), ElementsAre("a heart_rate final 2026-11-21T07:00:00Z 80",
                                             "a temperature final 2026-11-21T07:00:00Z 37.5",
                                             "a lactate final 2026-11-21T07:00:00Z +30m 2",
                                             "a heart_rate final 2026-11-21T08:00:00Z 90"));
  EXPECT_THAT(RefusedOf(run.out), IsEmpty());
  EXPECT_EQ(run.out.records, 3);
  EXPECT_EQ(run.out.measurements, 4);
  EXPECT_EQ(run.out.events.Find("encounter_ref")->strings[0], "s1");
  EXPECT_EQ(run.out.events.Find("received_seq")->ints[3], 3);
  EXPECT_EQ(run.out.events.Find("feed")->strings[3], "feed");
  run.out.Clear();
  EXPECT_EQ(run.out.events.num_rows() + run.out.records + run.out.measurements, 0);
}

TEST(TabularNormalizer, RefusesEachFaultWithItsReasonAndLosesNoMeasurement) {
  struct Case {
    const char* payload;
    std::vector<std::string> refused;
    int64_t measurements;
  };
  const std::string kHeader = "patient,at,stay,HR,Temp,Lactate";
  const Case kCases[] = {
      {"a,2026-11-21T08:00,s,80,37", {": unparsable (fields)"}, 0},
      {"a,2026-11-21T08:00,s,80,37,2,9", {": unparsable (fields)"}, 0},
      {"a,\"2026-11-21T08:00,s,80,37,2", {": unparsable (fields)"}, 0},
      {"", {": unparsable (fields)"}, 0},
      {",2026-11-21T08:00,s,80,37,",
       {"HR: missing_subject (subject)", "Temp: missing_subject (subject)"},
       2},
      {"  ,2026-11-21T08:00,s,,,", {": missing_subject (subject)"}, 0},
      {"a,,s,80,,2", {"HR: missing_time (time)", "Lactate: missing_time (time)"}, 2},
      {"a,2026-02-30T08:00,s,80,,", {"HR: missing_time (time)"}, 1},
      {"a,2026-11-21T13:06,s,80,,", {"HR: future_time (time)"}, 1},
      {"a,2026-11-21T08:00,s,fast,37,", {"HR: type_mismatch (number)"}, 2},
      {"a,2026-11-21T08:00,s,<80,37,", {"HR: type_mismatch (number)"}, 2},
      {"a,2026-11-21T08:00,s,500,37,", {"HR: out_of_range (range)"}, 2},
      {"a,2026-11-21T08:00,s,80,98.6,", {"Temp: ambiguous_unit (unit)"}, 2},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.payload);
    Feeding run{Source(kWard), kHeader};
    run.Add(test.payload);
    EXPECT_EQ(RefusedOf(run.out), test.refused);
    EXPECT_EQ(run.out.measurements, test.measurements);
    EXPECT_EQ(
        run.out.measurements,
        run.out.events.num_rows() + (test.measurements == 0 ? 0 : run.out.quarantine.num_rows()));
    EXPECT_EQ(run.out.unparsable_records, test.refused[0] == ": unparsable (fields)" ? 1 : 0);
    EXPECT_EQ(run.out.quarantine.Find("payload_ref")->ints[0], 1);
    EXPECT_EQ(run.out.quarantine.Find("source_position")->strings[0], "file:abc/p1.psv#1");
  }
  Feeding tolerated{Source(kWard), kHeader};
  tolerated.Add("a,2026-11-21T13:04,s,80,,");
  EXPECT_THAT(RefusedOf(tolerated.out), IsEmpty()) << "five minutes ahead are a clock's fault";
}

TEST(TabularNormalizer, AHeaderThatDoesNotFitQuarantinesItsRows) {
  for (const char* header : {"patient,at,HR,Temp", "patient,at,HR,HR,Temp,Lactate"}) {
    Feeding run{Source(kWard), header};
    size_t fields = base::Split(header, ',').size();
    run.Add("a,2026-11-21T08:00,80,37" + std::string(fields - 4, ','));
    ASSERT_GE(run.out.quarantine.num_rows(), 1) << header;
    EXPECT_EQ(run.out.quarantine.Find("reason")->strings[0], "schema_drift");
    EXPECT_EQ(run.out.events.num_rows(), 0);
  }
  std::vector<std::string> extra;
  EXPECT_TRUE(CheckHeader(Source(kWard), "patient,at,HR,Temp,Lactate,New", &extra).ok());
  EXPECT_THAT(extra, ElementsAre("New"));
  auto lacking = CheckHeader(Source(kWard), "patient,at,HR,Temp", &extra);
  EXPECT_THAT(lacking.error().message(), testing::HasSubstr("'Lactate'"));
}

TEST(TabularNormalizer, ColumnsMayComeInAnyOrderAndUnknownOnesAreIgnored) {
  Feeding run{Source(kWard), "Lactate,New,Temp,at,patient,HR"};
  run.Add("2,whatever,37,2026-11-21T08:00,a,80");
  EXPECT_THAT(EventsOf(run.out), ElementsAre("a heart_rate final 2026-11-21T07:00:00Z 80",
                                             "a temperature final 2026-11-21T07:00:00Z 37",
                                             "a lactate final 2026-11-21T07:00:00Z +30m 2"));
}

TEST(TabularNormalizer, AFactIsToldOncePerSubjectAndChange) {
  Feeding run{Source(kWard), "patient,at,HR,Temp,Lactate,Sex,Ward"};
  for (const char* fact : {"1,\"A, north\"", "1,\"A, north\"", "1,B", ",", "1,B", "7,B"}) {
    run.Add(format("a,2026-11-21T08:00,,,,{}", fact));
  }
  run.Add("b,2026-11-21T08:00,,,,1,B");
  EXPECT_THAT(EventsOf(run.out), ElementsAre("a sex static 2026-11-21T07:00:00Z 1",
                                             "a ward//Ward static 2026-11-21T07:00:00Z 'A, north'",
                                             "a ward//Ward static 2026-11-21T07:00:00Z 'B'",
                                             "b sex static 2026-11-21T07:00:00Z 1",
                                             "b ward//Ward static 2026-11-21T07:00:00Z 'B'"));
  EXPECT_THAT(RefusedOf(run.out), ElementsAre("Sex: out_of_range (range)"));
  EXPECT_EQ(run.out.measurements, 0) << "facts are no measurements";
}

TEST(TabularNormalizer, FactsOfInterleavedSubjectsAreToldOnce) {
  Feeding run{Source(kWard), "patient,at,HR,Temp,Lactate,Sex,Ward"};
  for (int i = 0; i < 3; ++i) {
    run.Add("a,2026-11-21T08:00,,,,1,A").Add("b,2026-11-21T08:00,,,,0,B");
  }
  EXPECT_EQ(run.out.events.num_rows(), 4);
}

TEST(TabularNormalizer, HandlesQuotesAndCarriageReturns) {
  Feeding run{Source(kWard), "patient,at,HR,Temp,Lactate,Ward"};
  run.Add("\"a\",\"2026-11-21T08:00\",\"80\",,,\"say \"\"no\"\"\"");
  run.Add("a,2026-11-21T09:00,81,,,say \"no\"\r");
  EXPECT_THAT(EventsOf(run.out),
              ElementsAre("a heart_rate final 2026-11-21T07:00:00Z 80",
                          "a ward//Ward static 2026-11-21T07:00:00Z 'say \"no\"'",
                          "a heart_rate final 2026-11-21T08:00:00Z 81"));
}

TEST(TabularNormalizer, SplitsFieldsAsRfc4180Says) {
  std::vector<std::string_view> fields;
  std::string unquoted;
  auto split = [&](std::string_view record, bool quoted = true) {
    EXPECT_TRUE(SplitFields(record, ',', quoted, &fields, &unquoted)) << record;
    return std::vector<std::string>(fields.begin(), fields.end());
  };
  EXPECT_THAT(split("a,b,c"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(split(""), ElementsAre(""));
  EXPECT_THAT(split(",,"), ElementsAre("", "", ""));
  EXPECT_THAT(split("\"a,b\",\"c\"\"d\",\"\","), ElementsAre("a,b", "c\"d", "", ""));
  EXPECT_THAT(split("\"line\nbreak\",x"), ElementsAre("line\nbreak", "x"));
  EXPECT_THAT(split("\"a\",b", false), ElementsAre("\"a\"", "b"));
  for (const char* broken : {"\"a", "\"a\"b,c", "x,\"", "\"a\"\""}) {
    EXPECT_FALSE(SplitFields(broken, ',', true, &fields, &unquoted)) << broken;
  }
}

const char* const kAnchored = R"(name: anchored
kind: files
format: psv
identifiers: public
subject: {file_name: '^(p[0-9]+)\.psv$'}
missing: [NaN]
relative_time: {column: Hour, unit: h, anchor: "2000-01-01T00:00Z"}
latency: 10m
prediction_rows: true
admission: icu_admission
columns:
  HR: {concept: heart_rate, unit: /min}
  Age: {static: age, unit: a}
  Hour: {role: time}
  Sepsis: {label: sepsis_label, unit: "1", optional: true}
)";

TEST(TabularNormalizer, AnchoredRowsGiveMarkersAdmissionAndLabels) {
  Feeding run{Source(kAnchored), "HR|Age|Hour|Sepsis"};
  run.Add("80|95|1|0").Add("NaN|95|2.5|1").Add("NaN|60|1|0", "p2.psv");
  EXPECT_THAT(EventsOf(run.out), ElementsAre("p1 icu_admission static 2000-01-01T00:00:00Z +70m 1",
                                             "p1 source_row marker 2000-01-01T01:00:00Z +10m 1",
                                             "p1 heart_rate final 2000-01-01T01:00:00Z +10m 80",
                                             "p1 age static 2000-01-01T01:00:00Z +10m 90",
                                             "p1 sepsis_label label 2000-01-01T01:00:00Z +10m 0",
                                             "p1 source_row marker 2000-01-01T02:30:00Z +10m 2",
                                             "p1 sepsis_label label 2000-01-01T02:30:00Z +10m 1",
                                             "p2 icu_admission static 2000-01-01T00:00:00Z +70m 1",
                                             "p2 source_row marker 2000-01-01T01:00:00Z +10m 3",
                                             "p2 age static 2000-01-01T01:00:00Z +10m 60",
                                             "p2 sepsis_label label 2000-01-01T01:00:00Z +10m 0"));
  EXPECT_EQ(run.out.markers, 3);
  EXPECT_EQ(run.out.measurements, 1);
}

// A file may begin hours before the admission, which is not known before it happened.
TEST(TabularNormalizer, RowsFromBeforeTheAdmissionDoNotKnowIt) {
  Feeding run{Source(kAnchored), "HR|Age|Hour"};
  run.Add("80|50|-3").Add("81|50|1");
  EXPECT_THAT(EventsOf(run.out), ElementsAre("p1 icu_admission static 2000-01-01T00:00:00Z 1",
                                             "p1 source_row marker 1999-12-31T21:00:00Z +10m 1",
                                             "p1 heart_rate final 1999-12-31T21:00:00Z +10m 80",
                                             "p1 age static 1999-12-31T21:00:00Z +10m 50",
                                             "p1 source_row marker 2000-01-01T01:00:00Z +10m 2",
                                             "p1 heart_rate final 2000-01-01T01:00:00Z +10m 81"));
}

TEST(TabularNormalizer, AnchoredRowsMayLieInTheFutureButNeedSubjectAndTime) {
  Feeding run{Source(kAnchored), "HR|Age|Hour"};
  run.Add("80|50|999999").Add("80|50|NaN").Add("80|50|1e300").Add("80|50|1", "notes.psv");
  EXPECT_THAT(RefusedOf(run.out), ElementsAre("HR: missing_time (time)", "HR: missing_time (time)",
                                              "HR: missing_subject (subject)"));
  EXPECT_EQ(run.out.markers, 1);
}

const char* const kVisits = R"(name: visits
kind: files
format: csv
identifiers: public
subject: {column: Scan, pattern: '^(.+?)(_MR[0-9]+)?$'}
rows: {record: Scan}
time: {anchor: "2000-01-01T00:00Z"}
prediction_rows: true
columns:
  Scan: {role: subject}
  Stage: {field: text, levels: [CN, AD]}
  Age: {field: number, range: [0, 120], missing: ["888"]}
  Abeta: {field: number, censored: true}
)";

// Facts that repeat from visit to visit are told for each; the record is the scan, not the person.
TEST(TabularNormalizer, RowsOfATableAreRecordsOfTheirOwn) {
  Feeding feeding{Source(kVisits), "Scan,Stage,Age,Abeta"};
  feeding.Add("p1_MR1,CN,71,>1700").Add("p1_MR2,CN,71,");
  EXPECT_THAT(EventsOf(feeding.out),
              ElementsAre("p1 source_row marker 2000-01-01T00:00:00Z 1",
                          "p1 visits//Stage final 2000-01-01T00:00:00Z 'CN'",
                          "p1 visits//Age final 2000-01-01T00:00:00Z 71",
                          "p1 visits//Abeta final 2000-01-01T00:00:00Z 1700 '>1700'",
                          "p1 source_row marker 2000-01-01T00:00:00Z 2",
                          "p1 visits//Stage final 2000-01-01T00:00:00Z 'CN'",
                          "p1 visits//Age final 2000-01-01T00:00:00Z 71"));
  const auto& records = *feeding.out.events.Find("source_record_id");
  EXPECT_EQ(records.strings[1], "p1_MR1");
  EXPECT_EQ(records.strings[5], "p1_MR2");
  EXPECT_EQ(feeding.out.measurements, 5);
}

TEST(TabularNormalizer, FieldsAreCheckedByTheirRules) {
  Feeding feeding{Source(kVisits), "Scan,Stage,Age,Abeta"};
  feeding.Add("p1_MR1,MCI,888,12x").Add("p2_MR1,AD,140,");
  EXPECT_THAT(RefusedOf(feeding.out),
              ElementsAre("Stage: type_mismatch (levels)", "Abeta: type_mismatch (number)",
                          "Age: out_of_range (range)"));
  EXPECT_EQ(feeding.out.measurements, 4) << "888 is no age";
}

TEST(TabularNormalizer, ARowWithoutAnIdentifierIsASubjectOfItsOwn) {
  std::string text = kVisits;
  text = base::ReplaceAll(text, "subject: {column: Scan, pattern: '^(.+?)(_MR[0-9]+)?$'}",
                          "subject: {row: true}");
  text = base::ReplaceAll(text, "rows: {record: Scan}", "rows: {}");
  text = base::ReplaceAll(text, "  Scan: {role: subject}\n", "");
  Feeding feeding{Source(text), "Stage,Age,Abeta"};
  feeding.Add("CN,71,").Add("CN,71,");
  EXPECT_THAT(EventsOf(feeding.out)[1], testing::StartsWith("abc/p1.p#1 visits//Stage"));
  EXPECT_THAT(EventsOf(feeding.out)[4], testing::StartsWith("abc/p1.p#2 visits//Stage"));
}

}  // namespace
}  // namespace codman::events
