// The sources of the clinic that are made of several files, from files to gold: the samples in
// tests/data, and the whole data where CODMAN_DATA is set. Expected numbers: pandas 2 over the same
// files, joined and counted by hand-written code that shares nothing with the queries.
#include <gmock/gmock.h>

#include <cstdlib>

#include "ingest/ingest.h"
#include "lakehouse/lake_testing.h"
#include "lakehouse/unmapped_codes.h"

namespace codman::ingest {
namespace {

using lakehouse::Must;
using lakehouse::TestLake;
using testing::ElementsAre;

std::string Sample(const std::string& name) {
  return std::string(CODMAN_SOURCE_DIR) + "/tests/data/" + name;
}

// "" where the data are not there.
std::string Whole(const std::string& name) {
  const char* data = std::getenv("CODMAN_DATA");
  std::string path = data == nullptr ? "" : std::string(data) + "/" + name;
  return std::filesystem::is_directory(path) ? path : "";
}

class SourceSamples : public testing::Test {
 protected:
  void Build(const std::string& source, const std::string& folder,
             const std::vector<std::string>& tables) {
    Ingestor ingestor(test.lake, test.engine.get(), test.log.get());
    Must(ingestor.Ingest(test.Source(source), folder));
    test.BuildSilver();
    Must(test.BuildTables(test.clinic, tables));
  }

  TestLake test;
};

// stays, patients, deaths, forecasts of APACHE IVa with their mean, known pH, sums of creatinine
// and of the lowest systolic pressure, stays in the cohort
constexpr char kEicu[] =
    "select count(*), count(distinct subject_id), sum(died_in_hospital)::int, count(apache_iva), "
    "round(avg(apache_iva), 6), count(ph), round(sum(creatinine), 3), "
    "sum(cuff_systolic_min)::int, count(*) filter (where excluded_because is null) "
    "from gold.eicu_stays";

TEST_F(SourceSamples, EicuStays) {
  Build("eicu_demo", Sample("eicu_demo"), {"gold.eicu_stays"});
  EXPECT_THAT(test.Rows(kEicu), ElementsAre("545|400|45|387|0.107177|92|627.37|51633|387"));
}

TEST_F(SourceSamples, EicuStaysOfTheWholeDemo) {
  std::string folder = Whole("eicu-demo");
  if (folder.empty()) GTEST_SKIP() << "skipped: eicu-demo is not below CODMAN_DATA";
  Build("eicu_demo", folder, {"gold.eicu_stays"});
  EXPECT_THAT(test.Rows(kEicu),
              ElementsAre("2520|1841|212|1683|0.104125|405|2482.825|211105|1683"));
}

// stays/patients, heart rates with their sum, creatinines with their sum, sums of ages and of male
// stays, hours in intensive care, deaths in hospital
constexpr char kMimic[] =
    "select count(*), count(distinct subject_id), "
    "round(sum((epoch(discharge_time) - epoch(admission_time)) / 3600), 1), "
    "(select count(*) || '/' || sum(value) from silver.events where concept = 'heart_rate'), "
    "(select count(*) || '/' || round(sum(value), 2) from silver.events "
    "where concept = 'creatinine'), "
    "(select sum(value) from silver.events where concept = 'age'), "
    "(select sum(value) from silver.events where concept = 'sex'), "
    "(select count(*) from silver.events where concept = 'hospital_death' and status = 'label') "
    "from gold.icu_stays";

TEST_F(SourceSamples, MimicStays) {
  Build("mimiciv_demo", Sample("mimiciv_demo"), {"gold.icu_stays"});
  EXPECT_THAT(test.Rows(kMimic), ElementsAre("16|11|1118.0|1300/119140.0|532/603.1|1088.0|7.0|3"));
  Json unmapped = Must(lakehouse::UnmappedCodes(test.lake, test.engine.get(), test.concepts));
  ASSERT_EQ(unmapped.size(), 2u) << "Richmond scale and vancomycin";
  EXPECT_EQ(unmapped.items()[0]["code"].AsString(), "MIMIC//228096");
  EXPECT_EQ(unmapped.items()[1]["code"].AsString(), "MIMIC//51009");
}

TEST_F(SourceSamples, MimicStaysOfTheWholeDemo) {
  std::string folder = Whole("mimic-iv-demo");
  if (folder.empty()) GTEST_SKIP() << "skipped: mimic-iv-demo is not below CODMAN_DATA";
  Build("mimiciv_demo", folder, {"gold.icu_stays"});
  EXPECT_THAT(test.Rows(kMimic),
              ElementsAre("140|100|12362.7|13910/1267785.0|3003/4629.4|8806.0|77.0|15"));
}

}  // namespace
}  // namespace codman::ingest
