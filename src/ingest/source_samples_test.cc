// The sources of the clinic that are made of several files, from files to gold: the samples in
// tests/data, and the whole data where CODMAN_DATA is set. Expected numbers: hand-written Python
// over the same files (pandas for eICU and MIMIC, polars for MEDS, the standard library for OMOP
// and FHIR), which shares nothing with the queries.
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

// stays/patients, heart rates with their sum, creatinines with their sum, sums of ages and of men
// at stays in intensive care and admissions, hours in intensive care, deaths in hospital
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
  EXPECT_THAT(test.Rows(kMimic), ElementsAre("16|11|1118.0|1300/119140.0|532/603.1|3664.0|23.0|3"));
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
              ElementsAre("140|100|12362.7|13910/1267785.0|3003/4629.4|26041.0|219.0|15"));
}

// Counted in admissions.csv by another program: stays, those followed by another within 30
// days of leaving alive and not to a hospice, such leaves, urgent and emergency stays, hours.
TEST_F(SourceSamples, MimicAdmissionsAndReadmissions) {
  Build("mimiciv_demo", Sample("mimiciv_hospital"), {"gold.admissions"});
  EXPECT_THAT(test.Rows("select count(*), sum(back_within_30_days), sum(left_alive)::int, "
                        "sum(urgent)::int, sum(emergency), round(sum(hours), 1) "
                        "from gold.admissions"),
              ElementsAre("275|53|255|239|182|45378.5"));
}

// As above; of MEDS every death is told, and float32 rounds the creatinines.
constexpr char kMeds[] =
    "select count(*), count(distinct subject_id), "
    "round(sum((epoch(discharge_time) - epoch(admission_time)) / 3600), 1), "
    "(select count(*) || '/' || sum(value) from silver.events where concept = 'heart_rate'), "
    "(select count(*) || '/' || round(sum(value), 2) from silver.events "
    "where concept = 'creatinine'), "
    "(select sum(value) from silver.events where concept = 'age'), "
    "(select sum(value) from silver.events where concept = 'sex'), "
    "(select count(*) from silver.events where concept = 'death' and status = 'label') "
    "from gold.icu_stays";

TEST_F(SourceSamples, MedsStays) {
  Build("meds", Sample("meds"), {"gold.icu_stays"});
  EXPECT_THAT(test.Rows(kMeds), ElementsAre("17|12|1243.5|1479/134489.0|548/620.8|1170.0|8.0|5"));
}

TEST_F(SourceSamples, MedsStaysOfTheWholeDemo) {
  std::string folder = Whole("mimic-iv-demo-meds");
  if (folder.empty()) GTEST_SKIP() << "skipped: mimic-iv-demo-meds is not below CODMAN_DATA";
  Build("meds", folder, {"gold.icu_stays"});
  EXPECT_THAT(test.Rows(kMeds),
              ElementsAre("140|100|12362.7|13910/1267785.0|2999/4626.2|8806.0|77.0|31"));
}

// visits, persons with visits, their hours, sums of ages (90 at most) and of men at visits, rows of
// conditions, drugs and measurements, deaths
constexpr char kOmop[] =
    "select count(*) filter (where concept = 'visit_hours'), "
    "count(distinct subject_id) filter (where concept = 'visit_hours'), "
    "sum(value) filter (where concept = 'visit_hours')::int, "
    "sum(value) filter (where concept = 'age')::int, "
    "sum(value) filter (where concept = 'sex')::int, "
    "count(*) filter (where starts_with(source_code, 'OMOP//')), "
    "count(*) filter (where concept = 'death') from silver.events";

TEST_F(SourceSamples, OmopVisits) {
  Build("omop", Sample("omop"), {"silver.encounters"});
  EXPECT_THAT(test.Rows(kOmop), ElementsAre("610|13|7248|48566|352|3101|4"));
}

TEST_F(SourceSamples, OmopVisitsOfFiftyPersons) {
  std::string folder = Whole("desynpuf-omop-50");
  if (folder.empty()) GTEST_SKIP() << "skipped: desynpuf-omop-50 is not below CODMAN_DATA";
  Build("omop", folder, {"silver.encounters"});
  EXPECT_THAT(test.Rows(kOmop), ElementsAre("1847|38|18504|139508|966|8326|4"));
}

// encounters, patients, their hours, claims and payments with their dollars, systolic pressures
// (components) with their sum, heights, white cell counts, sums of ages and of men at encounters
constexpr char kSynthea[] =
    "select count(*) filter (where concept = 'visit_hours'), count(distinct subject_id), "
    "round(sum(value) filter (where concept = 'visit_hours'), 2), "
    "count(*) filter (where concept = 'claim_amount'), "
    "round(sum(value) filter (where concept = 'claim_amount'), 2), "
    "count(*) filter (where concept = 'claim_payment'), "
    "round(sum(value) filter (where concept = 'claim_payment'), 2), "
    "count(*) filter (where concept = 'sbp'), "
    "round(sum(value) filter (where concept = 'sbp'), 2), "
    "count(*) filter (where concept = 'height'), count(*) filter (where concept = 'wbc'), "
    "sum(value) filter (where concept = 'age')::int, "
    "sum(value) filter (where concept = 'sex')::int from silver.events";

TEST_F(SourceSamples, SyntheaEncountersClaimsAndPayments) {
  Build("synthea_fhir", Sample("synthea_fhir"), {"silver.patients"});
  EXPECT_THAT(test.Rows(kSynthea),
              ElementsAre("150|5|524.93|189|991353.58|150|770246.86|45|5713.98|45|11|7311|41"));
}

TEST_F(SourceSamples, SyntheaOfTwentyPatients) {
  std::string packed = Whole("synthea-bulk-ndjson");
  if (packed.empty()) GTEST_SKIP() << "skipped: synthea-bulk-ndjson is not below CODMAN_DATA";
  std::string folder = test.home + "/in";
  std::string command =
      format("mkdir '{0}' && tar xzf '{1}/derived_20_patients.tar.gz' -C '{0}'", folder, packed);
  ASSERT_EQ(std::system(command.c_str()), 0);
  Build("synthea_fhir", folder, {"silver.patients"});
  EXPECT_THAT(
      test.Rows(kSynthea),
      ElementsAre("569|20|1282.97|711|3767099.51|569|2928091.61|170|21681.11|170|39|22416|162"));
}

}  // namespace
}  // namespace codman::ingest
