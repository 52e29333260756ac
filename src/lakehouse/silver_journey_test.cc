// Records through log, bronze and silver. Expected counts and values are by hand from the records
// that each test writes down.
#include <gmock/gmock.h>

#include <filesystem>

#include "lakehouse/lake_testing.h"

namespace codman::lakehouse {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kHeartRate[] = "8867-4";
constexpr char kEvents[] =
    "select event_time, known_time, concept, value, status, source_record_id from silver.events "
    "order by known_time, received_seq, concept";

std::vector<std::string> MixedRecords() {
  return {
      Record("V1", kHeartRate, "80", "08:00:00", "08:01:00"),
      Record("V1", kHeartRate, "80", "08:00:00", "08:01:00"),  // duplicate
      Record("V2", kHeartRate, "90", "09:00:00", "09:01:00"),
      Record("V2", kHeartRate, "95", "09:00:00", "10:00:00", "corrected"),  // supersedes
      Record("V3", kHeartRate, "70", "07:00:00", "12:00:00"),               // late
      Record("V4", kHeartRate, "60", "10:00:00", "10:01:00"),
      Record("V4", kHeartRate, "61", "10:00:00", "10:01:00"),    // conflict
      Record("V5", kHeartRate, "4000", "11:00:00", "11:01:00"),  // out of range
      Record("V6", kHeartRate, "77", "", "11:01:00"),            // no time
      Record("V7", kHeartRate, "77", "11:00:00", "11:01:00", "final", "furlong"),
      "{\"record_id\":\"V8\",",  // torn
  };
}

TEST(SilverJourney, EveryMeasurementIsBookedOnce) {
  TestLake test;
  test.TakeRecords("patient-vitals", MixedRecords());
  SilverCounts counts = test.BuildSilver();
  EXPECT_EQ(counts.records, 11);
  EXPECT_EQ(counts.unparsable_records, 1);
  EXPECT_EQ(counts.measurements, 10);
  EXPECT_EQ(counts.stored, 5);
  EXPECT_EQ(counts.duplicates, 1);
  EXPECT_EQ(counts.quarantined, 4);
  EXPECT_EQ(counts.voided, 1);
  EXPECT_EQ(counts.measurements, counts.stored + counts.duplicates + counts.quarantined);
}

TEST(SilverJourney, ConflictVoidsAndCorrectionIsAFurtherVersion) {
  TestLake test;
  test.TakeRecords("patient-vitals", MixedRecords());
  test.BuildSilver();
  EXPECT_THAT(
      test.Rows(kEvents),
      ElementsAre("2026-03-01 08:00:00+00|2026-03-01 08:01:00+00|heart_rate|80.0|final|V1",
                  "2026-03-01 09:00:00+00|2026-03-01 09:01:00+00|heart_rate|90.0|final|V2",
                  "2026-03-01 09:00:00+00|2026-03-01 10:00:00+00|heart_rate|95.0|corrected|V2",
                  "2026-03-01 10:00:00+00|2026-03-01 10:01:00+00|heart_rate|60.0|final|V4",
                  "2026-03-01 10:00:00+00|2026-03-01 10:01:00+00|heart_rate|-|conflict|V4",
                  "2026-03-01 07:00:00+00|2026-03-01 12:00:00+00|heart_rate|70.0|final|V3"));
}

TEST(SilverJourney, QuarantineTellsReasonAndPosition) {
  TestLake test;
  test.TakeRecords("patient-vitals", MixedRecords());
  test.BuildSilver();
  EXPECT_THAT(test.Rows("select reason, regexp_extract(source_position, '[^/]*$'), field "
                        "from silver.quarantine order by payload_ref"),
              ElementsAre("duplicate_conflict|patient-vitals.ndjson#7|heart_rate",
                          "out_of_range|patient-vitals.ndjson#8|8867-4",
                          "missing_time|patient-vitals.ndjson#9|8867-4",
                          "unknown_unit|patient-vitals.ndjson#10|8867-4",
                          "unparsable|patient-vitals.ndjson#11|-"));
}

TEST(SilverJourney, DuplicatesAreFoundAcrossDeliveries) {
  TestLake test;
  auto first = Record("V1", kHeartRate, "80", "08:00:00", "08:01:00");
  test.TakeRecords("patient-vitals", {first});
  test.BuildSilver();
  test.TakeRecords("patient-vitals",
                   {first, Record("V1", kHeartRate, "81", "08:00:00", "09:00:00", "corrected"),
                    Record("V1", kHeartRate, "82", "08:00:00", "09:00:00", "corrected")});
  SilverCounts counts = test.BuildSilver();
  EXPECT_EQ(counts.duplicates, 1);
  EXPECT_EQ(counts.stored, 1);
  EXPECT_EQ(counts.voided, 1);
  EXPECT_EQ(test.Rows(kEvents).size(), 3u);
}

TEST(SilverJourney, ARetractionIsKeptAsAVersionWithoutValue) {
  TestLake test;
  test.TakeRecords("patient-vitals",
                   {Record("V1", kHeartRate, "80", "08:00:00", "08:01:00"),
                    Record("V1", kHeartRate, "null", "08:00:00", "09:00:00", "retracted")});
  EXPECT_EQ(test.BuildSilver().stored, 2);
  EXPECT_THAT(test.Rows("select status, value from silver.events order by known_time"),
              ElementsAre("final|80.0", "retracted|-"));
}

TEST(SilverJourney, RunningTwiceChangesNothing) {
  TestLake test;
  test.TakeRecords("patient-vitals", MixedRecords());
  test.BuildSilver();
  auto events = test.Rows(kEvents);
  SilverCounts again = test.BuildSilver();
  EXPECT_EQ(again.records, 0);
  EXPECT_EQ(test.Rows(kEvents), events);
  for (const char* table : {"silver.events", "silver.quarantine", "silver.quality"})
    EXPECT_EQ(Must(test.lake.Newest(table)).version, 0) << table;
}

// The tables are committed in this order; a kill leaves the first few of them.
TEST(SilverJourney, AKillBetweenTwoTablesIsCompletedWithTheSameRows) {
  const std::vector<std::string> order = {"silver.subjects", "silver.quarantine", "silver.events",
                                          "silver.quality"};
  const std::string quarantine = "select * from silver.quarantine order by payload_ref, field";
  for (size_t committed = 0; committed < order.size(); ++committed) {
    SCOPED_TRACE(committed);
    TestLake test;
    test.TakeRecords("patient-vitals", {Record("V1", kHeartRate, "80", "08:00:00", "08:01:00")});
    test.BuildSilver();
    test.TakeRecords("patient-vitals", MixedRecords());
    test.BuildSilver();
    auto events = test.Rows(kEvents), refused = test.Rows(quarantine);
    auto quality = test.Rows("select * from silver.quality order by bronze_version");
    for (size_t i = committed; i < order.size(); ++i) test.ForgetNewestCommit(order[i]);
    test.BuildSilver();
    EXPECT_EQ(test.Rows(kEvents), events);
    EXPECT_EQ(test.Rows(quarantine), refused);
    EXPECT_EQ(test.Rows("select * from silver.quality order by bronze_version"), quality);
  }
}

// delta_scan is the reader of another maker: DuckDB's delta extension over delta-kernel-rs.
TEST(SilverJourney, AnotherReaderSeesTheSameRows) {
  std::error_code code;
  auto beside = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  std::filesystem::create_symlink(
      std::filesystem::absolute(CODMAN_SOURCE_DIR) / ".deps/duckdb/delta.duckdb_extension",
      beside / "delta.duckdb_extension", code);
  TestLake test;
  test.TakeRecords("patient-vitals", MixedRecords());
  test.TakeRecords("patient-vitals", {Record("V9", kHeartRate, "99", "13:00:00", "13:01:00")});
  test.TakeRecords("admissions",
                   {Record("A1", "age", "70", "06:00:00", "06:00:00", "final", "a"),
                    Record("A2", "icu_admission", "1", "06:00:00", "06:00:00", "final", "1")});
  test.BuildSilver();
  ASSERT_TRUE(Must(test.BuildTables(test.clinic)).ToResult().ok());
  Must(test.engine->LoadDelta());
  for (const std::string table :
       {"bronze.patient-vitals", "silver.events", "silver.quarantine", "silver.subjects",
        "silver.quality", "silver.patients", "gold.hourly_vitals", "gold.icu_stays"}) {
    auto snapshot = Must(test.lake.Newest(table));
    std::string fields;
    for (const auto& field : snapshot.schema)
      fields += (fields.empty() ? "" : ", ") + engine::QuoteName(field.name);
    size_t dot = table.find('.');
    auto ours = test.Rows(format("select {} from {}.\"{}\" order by all", fields,
                                 table.substr(0, dot), table.substr(dot + 1)));
    auto theirs = test.Rows(format("select {} from delta_scan({}) order by all", fields,
                                   base::QuoteSql(test.lake.RootOf(table))));
    EXPECT_THAT(ours, testing::Not(IsEmpty())) << table;
    EXPECT_EQ(ours, theirs) << table;
  }
}

}  // namespace
}  // namespace codman::lakehouse
