// What a re-drive of the quarantine must give is what another lake holds that is built from the
// same bronze with the new declarations; counts are by hand from the records written down here.
#include "lakehouse/redriver.h"

#include <gmock/gmock.h>

#include "base/yaml.h"
#include "lakehouse/lake_testing.h"
#include "lakehouse/lineage.h"

namespace codman::lakehouse {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kHeartRate[] = "8867-4";
constexpr char kFeed[] = "patient-vitals";

// Every column but the month of the build.
constexpr char kEvents[] = "select * exclude (month) from silver.events order by all";
constexpr char kQuarantine[] = "select * from silver.quarantine order by all";
constexpr char kSubjects[] = "select * from silver.subjects order by all";
constexpr char kQuality[] =
    "select source, feed, sum(records), sum(unparsable_records), sum(measurements), sum(stored), "
    "sum(duplicates), sum(quarantined), sum(voided), sum(markers) from silver.quality "
    "group by source, feed order by all";

class Redrive : public testing::Test {
 protected:
  // Heart rates up to 5,000 a minute are believed, and "bpm" is understood.
  void PutConceptsRight() {
    std::vector<std::pair<std::string, Json>> files;
    for (const auto& name : Must(base::ListFolder(test->clinic + "/concepts"))) {
      std::string path = test->clinic + "/concepts/" + name;
      std::string text = Must(base::ReadFile(path));
      text = base::ReplaceAll(text, "unit: /min, range: [10, 350]",
                              "unit: /min, conversions: [{unit: bpm}], range: [10, 5000]");
      files.emplace_back(path, Must(base::ParseYaml(text, path)));
    }
    test->concepts = Must(events::Concepts::FromDocuments(files));
    test->sources = Must(events::LoadSources(test->clinic + "/sources", test->concepts));
  }

  RedriveReport Run() {
    return Must(Redriver(test->lake, test->engine.get(), test->identity.get(), &test->concepts,
                         &test->sources, test->database.get())
                    .Redrive());
  }

  std::vector<std::vector<std::string>> Content() {
    return {test->Rows(kEvents), test->Rows(kQuarantine), test->Rows(kSubjects),
            test->Rows(kQuality)};
  }

  std::vector<std::vector<std::string>> RebuiltContent() {
    Lake other(test->home + "/rebuilt-" + base::ToHex(base::RandomBytes(4)));
    std::filesystem::create_directories(other.root());
    std::filesystem::copy(test->lake.root() + "/bronze", other.root() + "/bronze",
                          std::filesystem::copy_options::recursive);
    std::swap(test->lake, other);
    test->BuildSilver();
    auto content = Content();
    std::swap(test->lake, other);
    return content;
  }

  void ExpectAsRebuilt() {
    auto ours = Content(), rebuilt = RebuiltContent();
    EXPECT_EQ(ours[0], rebuilt[0]);
    EXPECT_EQ(ours[1], rebuilt[1]);
    EXPECT_EQ(ours[2], rebuilt[2]);
    EXPECT_EQ(ours[3], rebuilt[3]);
  }

  void Take(const std::vector<std::string>& records) {
    test->TakeRecords(kFeed, records);
    test->BuildSilver();
  }

  // Hourly rows of one member of an archive, with the header that it came with.
  void TakeRows(const std::string& member, const std::string& header,
                const std::vector<std::string>& rows) {
    Delivery delivery{.source = "physionet2019",
                      .feed = "physionet2019",
                      .file_sha256 = base::Sha256Hex(base::RandomBytes(16)),
                      .member = member,
                      .file_rows = static_cast<int64_t>(rows.size()),
                      .ends_file = true,
                      .content_type = "text/psv;header=" + header};
    delivery.rows.assign(rows.begin(), rows.end());
    Must(test->log->Sync(Must(test->log->Append(EncodeDelivery(delivery), base::NowUs()))));
    Must(BronzeWriter(test->lake, test->engine.get(), test->log.get()).Flush());
    test->BuildSilver();
  }

  std::unique_ptr<TestLake> test = std::make_unique<TestLake>();
};

std::string HeartRate(const std::string& id, const std::string& value, const std::string& stored,
                      const std::string& unit = "/min") {
  return Record(id, kHeartRate, value, "08:00:00", stored, "final", unit);
}

std::vector<std::string> MixedRecords() {
  return {
      HeartRate("V1", "80", "08:01:00"),
      HeartRate("V2", "4000", "08:02:00"),  // good with the new range
      HeartRate("V3", "9000", "08:03:00"),  // still out of range
      HeartRate("V4", "70", "08:04:00", "bpm"),
      HeartRate("V5", "6000", "08:05:00", "bpm"),           // now known, but out of range
      Record("V6", kHeartRate, "77", "", "08:06:00"),       // no time
      Record("V7", "2345-7", "5", "08:00:00", "08:07:00"),  // another concept, another unit
      "{\"record_id\":\"V8\",",                             // torn
  };
}

TEST_F(Redrive, WhatIsNowGoodEntersAsARebuildWouldHavePutIt) {
  Take(MixedRecords());
  EXPECT_EQ(test->Rows(kQuarantine).size(), 7u);
  PutConceptsRight();
  auto report = Run();
  EXPECT_EQ(report.looked_at, 7);
  EXPECT_EQ(report.accepted, 2);
  EXPECT_EQ(report.still_refused, 5);
  EXPECT_THAT(test->Rows("select known_time, value, source_record_id from silver.events "
                         "order by known_time"),
              ElementsAre("2026-03-01 08:01:00+00|80.0|V1", "2026-03-01 08:02:00+00|4000.0|V2",
                          "2026-03-01 08:04:00+00|70.0|V4"));
  EXPECT_THAT(
      test->Rows("select reason, regexp_extract(source_position, '#.*') from silver.quarantine "
                 "order by payload_ref"),
      ElementsAre("out_of_range|#3", "out_of_range|#5", "missing_time|#6", "unknown_unit|#7",
                  "unparsable|#8"));
  ExpectAsRebuilt();
}

TEST_F(Redrive, NothingNewLeavesEveryTableAtItsVersion) {
  Take(MixedRecords());
  auto report = Run();
  EXPECT_EQ(report.looked_at, 7);
  EXPECT_EQ(report.accepted, 0);
  PutConceptsRight();
  Run();
  EXPECT_EQ(Run().accepted, 0);
  for (const char* table :
       {"silver.events", "silver.quality", "silver.quarantine", "silver.subjects"})
    EXPECT_EQ(Must(test->lake.Newest(table)).version, 1) << table;
}

TEST_F(Redrive, SilverMustBeBuiltFirst) {
  Take(MixedRecords());
  test->TakeRecords(kFeed, {HeartRate("V9", "80", "09:00:00")});
  auto refused = Redriver(test->lake, test->engine.get(), test->identity.get(), &test->concepts,
                          &test->sources)
                     .Redrive();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind(), ErrorKind::kConflict);
}

TEST_F(Redrive, LeavesALineageRunWhereSomethingChanged) {
  Take(MixedRecords());
  Run();
  EXPECT_THAT(Must(Must(Lineage::Open(test->database.get())).Latest(5)), IsEmpty());
  PutConceptsRight();
  Run();
  auto runs = Must(Must(Lineage::Open(test->database.get())).Latest(5));
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].job, "re-drive quarantine");
}

// Versions of one record around the refused one: duplicates, conflicts and later versions of it.
TEST_F(Redrive, KeysThatSilverHoldsAreJudgedAnewInTheOrderOfTheirArrival) {
  const std::vector<std::vector<std::string>> cases = {
      // The same value later was stored and becomes a duplicate.
      {HeartRate("V1", "80", "08:01:00", "bpm"), HeartRate("V1", "80", "09:00:00")},
      // Another value at the same time was stored and becomes a conflict.
      {HeartRate("V1", "80", "08:01:00", "bpm"), HeartRate("V1", "90", "08:01:00")},
      // The refused one was the second of two: it is the conflict.
      {HeartRate("V1", "90", "08:01:00"), HeartRate("V1", "80", "08:01:00", "bpm")},
      {HeartRate("V1", "80", "08:01:00"), HeartRate("V1", "80", "09:00:00", "bpm")},
      // A dropped duplicate becomes a version: 80, 90, 80.
      {HeartRate("V1", "80", "08:01:00"), HeartRate("V1", "90", "09:00:00", "bpm"),
       HeartRate("V1", "80", "10:00:00")},
      // A conflict is one no longer.
      {HeartRate("V1", "80", "08:01:00"), HeartRate("V1", "90", "08:01:00", "bpm"),
       HeartRate("V1", "90", "08:01:00")},
      // Refused ones among themselves, and a retraction.
      {HeartRate("V1", "80", "08:01:00", "bpm"), HeartRate("V1", "80", "08:02:00", "bpm"),
       HeartRate("V1", "4000", "08:03:00"),
       Record("V1", kHeartRate, "null", "08:00:00", "09:00:00", "retracted")},
  };
  for (size_t i = 0; i < cases.size(); ++i) {
    for (bool apart : {false, true}) {
      SCOPED_TRACE(format("case {}, {}", i, apart ? "one commit each" : "one commit"));
      test = std::make_unique<TestLake>();
      if (apart) {
        for (const auto& record : cases[i]) Take({record});
      } else {
        Take(cases[i]);
      }
      PutConceptsRight();
      EXPECT_GT(Run().accepted, 0);
      ExpectAsRebuilt();
    }
  }
}

TEST_F(Redrive, TheSameCodeTwiceInOneRecord) {
  std::string record =
      R"({"record_id":"V1","patient_id":"P1","encounter_id":"E1","event_time":)"
      R"("2026-03-01T08:00:00Z","stored_at":"2026-03-01T08:01:00Z","status":"final",)"
      R"("measurements":[{"code":"8867-4","value":80,"unit":"/min"},)"
      R"({"code":"8867-4","value":4000,"unit":"/min"}]})";
  Take({record});
  PutConceptsRight();
  Run();
  ExpectAsRebuilt();
}

TEST_F(Redrive, RecordsThatCouldNotBeReadAreCounted) {
  auto read = test->sources;
  for (auto& source : test->sources) source.record.measurements = "values";
  Take({HeartRate("V1", "80", "08:01:00"), HeartRate("V2", "4000", "08:02:00")});
  EXPECT_EQ(test->Rows("select unparsable_records, measurements from silver.quality"),
            std::vector<std::string>{"2|0"});
  test->sources = read;
  auto report = Run();
  EXPECT_EQ(report.accepted, 1);
  EXPECT_EQ(report.still_refused, 1);
  ExpectAsRebuilt();
}

TEST_F(Redrive, ARowThatIsReadableNowBringsItsMarkerAndFacts) {
  auto now = test->sources;
  for (auto& source : test->sources) {
    if (source.name != "physionet2019") continue;
    for (auto& column : source.columns) column.optional = column.column != "Age";
  }
  for (auto& source : now) {
    for (auto& column : source.columns) column.optional = true;
  }
  TakeRows("p000001.psv", "HR|Gender|ICULOS|SepsisLabel", {"80|1|1|0", "4000|1|2|0"});
  TakeRows("p000002.psv", "HR|Age|ICULOS", {"70|61|1", "4000|62|2", "72|62|3", "NaN|61|4"});
  EXPECT_THAT(test->Rows("select reason, count(*) from silver.quarantine group by reason "
                         "order by reason"),
              ElementsAre("out_of_range|1", "schema_drift|2"));
  test->sources = now;
  auto report = Run();
  EXPECT_EQ(report.accepted, 1);
  ExpectAsRebuilt();
  PutConceptsRight();
  for (auto& source : test->sources) {
    for (auto& column : source.columns) column.optional = true;
  }
  EXPECT_EQ(Run().accepted, 2);
  ExpectAsRebuilt();
}

// A fact that a refused row told first was booked under the row after it.
TEST_F(Redrive, AFactMovesToTheRowThatToldItFirst) {
  auto now = test->sources;
  for (auto* sources : {&now, &test->sources}) {
    for (auto& source : *sources) {
      for (auto& column : source.columns) column.optional = true;
    }
  }
  for (auto& source : test->sources) {
    source.relative_time = source.name != "physionet2019";
    source.zone_offset_minutes = 0;
  }
  // Read as dates, the hours 1 and 2 are none, and the rows are refused.
  TakeRows("p000001.psv", "HR|Age|ICULOS", {"80|61|1", "81|61|2"});
  EXPECT_EQ(test->Rows("select reason from silver.quarantine"),
            (std::vector<std::string>{"missing_time", "missing_time"}));
  test->sources = now;
  EXPECT_EQ(Run().accepted, 2);
  ExpectAsRebuilt();
}

TEST_F(Redrive, OtherFeedsAndConflictsKeepTheirPlace) {
  Take({HeartRate("V1", "80", "08:01:00"), HeartRate("V1", "81", "08:01:00"),
        HeartRate("V2", "80", "08:01:00", "bpm")});
  test->TakeRecords("lab-results", {HeartRate("V3", "99", "08:01:00", "furlong")});
  test->BuildSilver();
  PutConceptsRight();
  auto report = Run();
  EXPECT_EQ(report.looked_at, 2);
  EXPECT_EQ(report.accepted, 1);
  EXPECT_THAT(test->Rows("select feed, reason from silver.quarantine order by all"),
              ElementsAre("lab-results|unknown_unit", "patient-vitals|duplicate_conflict"));
  ExpectAsRebuilt();
}

// The tables are committed in this order; a kill leaves the first few of them.
TEST_F(Redrive, AKillBetweenTwoCommitsIsCompletedByTheNextRun) {
  const std::vector<std::string> order = {"silver.subjects", "silver.events", "silver.quality",
                                          "silver.quarantine"};
  for (size_t committed = 0; committed < order.size(); ++committed) {
    SCOPED_TRACE(committed);
    test = std::make_unique<TestLake>();
    Take(MixedRecords());
    Take({HeartRate("V4", "70", "09:04:00")});
    PutConceptsRight();
    auto first = Run();
    auto content = Content();
    for (size_t i = committed; i < order.size(); ++i) test->ForgetNewestCommit(order[i]);
    auto again = Run();
    EXPECT_EQ(again.looked_at, first.looked_at);
    EXPECT_EQ(again.accepted, first.accepted);
    EXPECT_EQ(Content(), content);
    ExpectAsRebuilt();
  }
}

// Killed before quarantine was rewritten, and then new records came first.
TEST_F(Redrive, AKilledRunIsCompletedAfterFurtherRecordsToo) {
  Take(MixedRecords());
  PutConceptsRight();
  Run();
  test->ForgetNewestCommit("silver.quarantine");
  test->ForgetNewestCommit("silver.quality");
  Take({HeartRate("V9", "9000", "10:00:00"), HeartRate("V10", "90", "10:00:00")});
  EXPECT_EQ(Run().accepted, 2);
  ExpectAsRebuilt();
}

TEST(RedriveReport, AsJson) {
  EXPECT_EQ((RedriveReport{.looked_at = 7, .accepted = 2, .still_refused = 5}).ToJson().ToString(),
            R"({"looked_at":7,"accepted":2,"still_refused":5})");
}

}  // namespace
}  // namespace codman::lakehouse
