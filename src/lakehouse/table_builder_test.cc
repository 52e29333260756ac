// Derived tables of the repository's clinic and of clinics made by the test. Expected rows are by
// hand from the records that each test writes down.
#include "lakehouse/table_builder.h"

#include <gmock/gmock.h>

#include "lakehouse/lake_testing.h"
#include "lakehouse/quality_report.h"

namespace codman::lakehouse {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kHeartRate[] = "8867-4";
constexpr char kLactate[] = "2524-7";

class Tables : public testing::Test {
 protected:
  void SetUp() override {
    test.TakeRecords("admissions",
                     {Record("A1", "age", "70", "06:00:00", "06:00:00", "final", "a"),
                      Record("A2", "sex", "1", "06:00:00", "06:00:00", "final", "1"),
                      Record("A3", "icu_admission", "1", "06:00:00", "06:00:00", "final", "1"),
                      Record("A1", "age", "71", "06:00:00", "11:00:00", "corrected", "a")});
    test.TakeRecords("patient-vitals",
                     {Record("V1", kHeartRate, "80", "08:00:00", "08:01:00"),
                      Record("V2", kHeartRate, "90", "09:00:00", "09:01:00"),
                      Record("V2", kHeartRate, "95", "09:00:00", "10:00:00", "corrected"),
                      Record("V3", kHeartRate, "88", "08:30:00", "08:31:00"),
                      Record("V4", kHeartRate, "60", "10:00:00", "10:01:00"),
                      Record("V4", kHeartRate, "61", "10:00:00", "10:01:00"),
                      Record("V5", kHeartRate, "66", "11:00:00", "11:01:00"),
                      Record("V5", kHeartRate, "null", "11:00:00", "11:30:00", "retracted")});
    test.TakeRecords("lab-results",
                     {Record("L1", kLactate, "1", "07:00:00", "07:40:00", "final", "mmol/L"),
                      Record("L2", kLactate, "4", "12:00:00", "12:40:00", "final", "mmol/L"),
                      Record("L3", kLactate, "3", "09:00:00", "09:40:00", "final", "mmol/L")});
    test.TakeRecords("adverse-events",
                     {Record("E1", "sepsis_onset", "1", "10:00:00", "13:00:00", "final", "1"),
                      Record("E2", "icu_discharge", "1", "14:00:00", "14:05:00", "final", "1")});
    test.BuildSilver();
  }

  // A clinic of the test's own with the repository's concepts.
  std::string Clinic(const std::vector<std::pair<std::string, std::string>>& tables) {
    std::string folder = test.home + "/clinic";
    std::filesystem::create_directories(folder + "/gold");
    std::filesystem::create_directories(folder + "/silver");
    std::filesystem::copy(test.clinic + "/concepts", folder + "/concepts",
                          std::filesystem::copy_options::overwrite_existing |
                              std::filesystem::copy_options::recursive);
    for (const auto& [name, sql] : tables)
      Must(base::WriteFileAtomically(folder + "/gold/" + name + ".sql", sql));
    return folder;
  }

  TestLake test;
};

constexpr char kRates[] =
    "-- description: heart rates\n"
    "-- key: received_seq\n"
    "-- check: range value 0 350\n"
    "select received_seq, value from ref('silver.events')\n"
    "where concept = 'heart_rate' and value is not null\n";

TEST_F(Tables, PatientsCarryWhatWasKnownAtEachVersion) {
  ASSERT_TRUE(Must(test.BuildTables(test.clinic)).ToResult().ok());
  EXPECT_THAT(
      test.Rows("select identifier, version, known_time, age, sex from silver.patients "
                "order by version"),
      ElementsAre("P1|1|2026-03-01 06:00:00+00|70.0|1.0", "P1|2|2026-03-01 11:00:00+00|71.0|1.0"));
}

TEST_F(Tables, AStayHasAVersionForItsDischarge) {
  ASSERT_TRUE(Must(test.BuildTables(test.clinic)).ToResult().ok());
  EXPECT_THAT(test.Rows("select encounter_ref, version, known_time, icu_admission_time, "
                        "icu_discharge_time from silver.encounters order by version"),
              ElementsAre("E1|1|2026-03-01 06:00:00+00|2026-03-01 06:00:00+00|-",
                          "E1|2|2026-03-01 14:05:00+00|2026-03-01 06:00:00+00|"
                          "2026-03-01 14:00:00+00"));
  EXPECT_THAT(test.Rows("select hours, sepsis_onset_time, discharge_time from gold.icu_stays"),
              ElementsAre("8.0|2026-03-01 10:00:00+00|2026-03-01 14:00:00+00"));
}

TEST_F(Tables, HourlyVitalsTakeTheLastValueAndLeaveOutTheVoided) {
  ASSERT_TRUE(Must(test.BuildTables(test.clinic)).ToResult().ok());
  EXPECT_THAT(test.Rows("select hour, heart_rate, event_time, known_time from gold.hourly_vitals "
                        "order by hour"),
              ElementsAre("2026-03-01 08:00:00+00|88.0|2026-03-01 08:30:00+00|"
                          "2026-03-01 08:31:00+00",
                          "2026-03-01 09:00:00+00|95.0|2026-03-01 09:00:00+00|"
                          "2026-03-01 10:00:00+00"));
}

// Reference range of lactate in clinic/concepts: 0.5 to 2 mmol/L, so 4 and 3 are abnormal.
TEST_F(Tables, DailyLabsCountTheAbnormal) {
  ASSERT_TRUE(Must(test.BuildTables(test.clinic)).ToResult().ok());
  EXPECT_THAT(test.Rows("select concept, n, min_value, max_value, last_value, abnormal_count from "
                        "gold.daily_labs"),
              ElementsAre("lactate|3|1.0|4.0|4.0|2"));
}

TEST_F(Tables, AnUnchangedTableIsNotBuiltAgain) {
  Must(test.BuildTables(test.clinic));
  for (const auto& table : Must(test.BuildTables(test.clinic)).tables) {
    EXPECT_EQ(table.outcome, TableBuild::Outcome::kUnchanged) << table.table;
    EXPECT_EQ(table.version, 0) << table.table;
  }
  test.TakeRecords("patient-vitals", {Record("V9", kHeartRate, "70", "13:00:00", "13:01:00")});
  test.BuildSilver();
  auto report = Must(test.BuildTables(test.clinic, {"hourly_vitals"}));
  ASSERT_EQ(report.tables.size(), 1u);
  EXPECT_EQ(report.tables[0].outcome, TableBuild::Outcome::kBuilt);
  EXPECT_EQ(report.tables[0].rows, 3);
}

// As a kill leaves it between the making of the log's folder and the first commit.
TEST_F(Tables, ATableWhoseFirstCommitWasCutOffIsBuiltAsNew) {
  std::string clinic = Clinic({{"rates", kRates}, {"others", kRates}});
  for (const char* name : {"rates", "no_longer_declared"})
    std::filesystem::create_directories(test.lake.RootOf(format("gold.{}", name)) + "/_delta_log");
  EXPECT_THAT(Must(test.lake.GoldTables()), testing::IsEmpty());
  auto report = Must(test.BuildTables(clinic));
  for (const auto& table : report.tables) EXPECT_EQ(table.version, 0) << table.table;
  EXPECT_THAT(Must(test.lake.GoldTables()), testing::UnorderedElementsAre("rates", "others"));
}

TEST_F(Tables, AFailingCheckKeepsTheOldVersionAndTellsOnlyHowManyRows) {
  auto clinic = Clinic({{"rates", kRates}});
  ASSERT_TRUE(Must(test.BuildTables(clinic)).ToResult().ok());
  auto before = test.Rows("select * from gold.rates order by all");
  std::string strict = base::ReplaceAll(kRates, "0 350", "0 85");
  auto report = Must(test.BuildTables(Clinic({{"rates", strict}})));
  ASSERT_EQ(report.failed_checks.size(), 1u);
  EXPECT_EQ(report.failed_checks[0].rows, 3);  // 90, 95 and 88
  EXPECT_EQ(report.failed_checks[0].place, clinic + "/gold/rates.sql:3");
  EXPECT_EQ(report.tables[0].outcome, TableBuild::Outcome::kRefused);
  EXPECT_FALSE(report.ToResult().ok());
  EXPECT_EQ(test.Rows("select * from gold.rates order by all"), before);
  std::string warned = base::ReplaceAll(strict, "-- check:", "-- warn:");
  auto lenient = Must(test.BuildTables(Clinic({{"rates", warned}})));
  EXPECT_EQ(lenient.failed_checks.size(), 1u);
  EXPECT_TRUE(lenient.ToResult().ok());
  EXPECT_EQ(lenient.tables[0].version, 1);
}

TEST_F(Tables, AChangedSchemaReplacesTheOldOne) {
  Must(test.BuildTables(Clinic({{"rates", kRates}})));
  auto id = Must(test.lake.Newest("gold.rates")).table_id;
  Must(test.BuildTables(
      Clinic({{"rates", base::ReplaceAll(kRates, "value from", "value, status from")}})));
  auto snapshot = Must(test.lake.Newest("gold.rates"));
  EXPECT_EQ(snapshot.version, 1);
  EXPECT_EQ(snapshot.schema.size(), 3u);
  EXPECT_EQ(snapshot.files.size(), 1u);
  EXPECT_EQ(snapshot.table_id, id);
  EXPECT_EQ(test.Rows("select status from gold.rates").size(), 6u);
  engine::DeltaTable old(test.lake.RootOf("gold.rates"), {});
  EXPECT_EQ(Must(old.Load(0)).schema.size(), 2u);
}

TEST_F(Tables, AColumnThatTheLakeDoesNotHoldIsRefusedWithItsCure) {
  auto built = test.BuildTables(Clinic({{"sums",
                                         "-- description: sums\n-- key: concept\n"
                                         "select concept, sum(received_seq) as s\n"
                                         "from ref('silver.events') group by concept\n"}}));
  ASSERT_FALSE(built.ok());
  EXPECT_THAT(built.error().ToString(), HasSubstr("the column s is of type HUGEINT"));
}

TEST_F(Tables, EveryBuildLeavesItsLineage) {
  Must(test.BuildTables(test.clinic));
  auto runs = Must(Must(Lineage::Open(test.database.get())).Latest(10, "build gold.hourly_vitals"));
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].outcome, "complete");
  ASSERT_EQ(runs[0].inputs.size(), 1u);
  EXPECT_EQ(runs[0].inputs[0].table, "silver.events");
  EXPECT_EQ(runs[0].inputs[0].version, 3);  // four feeds, one commit each
  ASSERT_EQ(runs[0].outputs.size(), 1u);
  EXPECT_EQ(runs[0].outputs[0].rows, 2);
  EXPECT_FALSE(runs[0].outputs[0].row_hash_sum.empty());
}

TEST_F(Tables, TheQualityReportBooksEveryMeasurement) {
  auto report = Must(MakeQualityReport(test.lake, test.engine.get()));
  Must(KeepQualityReport(test.database.get(), 0, report));
  const Json& overall = report["overall"];
  EXPECT_EQ(overall["measurements"].AsInt(), 11);  // facts and outcomes are none
  EXPECT_EQ(overall["stored"].AsInt(), 10);
  EXPECT_EQ(overall["superseded"].AsInt(), 2);  // V2 by its correction, V5 by its retraction
  EXPECT_EQ(overall["voided"].AsInt(), 1);
  EXPECT_EQ(overall["quarantined_by_reason"]["duplicate_conflict"].AsInt(), 1);
  EXPECT_NEAR(overall["score"].AsDouble(), 10.0 / 11, 1e-12);
  EXPECT_EQ(report["feeds"].size(), 4u);
  auto kept = Must(LatestQualityReports(test.database.get(), 5));
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept.items()[0]["time"].AsString(), "1970-01-01T00:00:00Z");
}

}  // namespace
}  // namespace codman::lakehouse
