// The sources of the clinic that are made of several files, from files to gold: the samples in
// tests/data, and the whole data where CODMAN_DATA is set. Expected numbers: pandas 2 over the same
// files, joined and counted by hand-written code that shares nothing with the queries.
#include <gmock/gmock.h>

#include <cstdlib>

#include "ingest/ingest.h"
#include "lakehouse/lake_testing.h"

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

}  // namespace
}  // namespace codman::ingest
