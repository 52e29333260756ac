// Expected counts and values are by hand from the records that the fixture writes down.
#include "lakehouse/lake_catalog.h"

#include <gmock/gmock.h>

#include "lakehouse/lake_testing.h"

namespace codman::lakehouse {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Catalog : public testing::Test {
 protected:
  Catalog() {
    test.TakeRecords("patient-vitals", {Record("V1", "8867-4", "80", "08:00:00", "08:01:00"),
                                        Record("V1", "8867-4", "80", "08:00:00", "08:01:00"),
                                        Record("V2", "8867-4", "90", "09:00:00", "09:01:00"),
                                        Record("V3", "8867-4", "4000", "09:00:00", "09:01:00")});
    test.BuildSilver();
  }
  Json Describe(const std::string& name, const SampleOptions& options = {}) {
    return Must(DescribeTable(test.lake, test.engine.get(), name, options));
  }
  static const Json& ColumnOf(const Json& table, const std::string& name) {
    for (const auto& column : table["columns"].items()) {
      if (column["name"].AsString() == name) return column;
    }
    std::abort();
  }
  TestLake test;
};

TEST_F(Catalog, CountsWhatBecameOfTheMeasurements) {
  Json counts = Must(CountLake(test.lake, test.engine.get()));
  EXPECT_EQ(counts["records"].AsInt(), 4);
  EXPECT_EQ(counts["measurements"].AsInt(), 4);
  EXPECT_EQ(counts["duplicates"].AsInt(), 1);
  EXPECT_EQ(counts["quarantined"].AsInt(), 1);
  EXPECT_EQ(counts["patients"].AsInt(), 1);
  EXPECT_DOUBLE_EQ(counts["quality_score"].AsDouble(), 0.75);
}

TEST_F(Catalog, ListsTablesLayerByLayerWithRowsAndVersions) {
  std::vector<std::string> tables;
  const Json list = Must(ListTables(test.lake));
  for (const auto& table : list.items()) {
    tables.push_back(format("{}|{}|{}|{}|{}", table["name"].AsString(), table["layer"].AsString(),
                            table["rows"].AsInt(), table["version"].AsInt(),
                            table["files"].AsInt()));
    EXPECT_GT(table["bytes"].AsInt(), 0);
    EXPECT_THAT(table["committed_at"].AsString(), HasSubstr("T"));
  }
  EXPECT_THAT(tables,
              ElementsAre("bronze.patient-vitals|bronze|4|0|1", "silver.events|silver|2|0|1",
                          "silver.quality|silver|1|0|1", "silver.quarantine|silver|1|0|1",
                          "silver.subjects|silver|1|0|1"));
}

TEST_F(Catalog, DescribesColumnsOverAllRows) {
  Json table = Describe("silver.events");
  const Json& value = ColumnOf(table, "value");
  EXPECT_EQ(value["type"].AsString(), "double");
  EXPECT_EQ(value["nulls"].AsInt(), 0);
  EXPECT_EQ(value["least"].AsString(), "80.0");
  EXPECT_EQ(value["greatest"].AsString(), "90.0");
  EXPECT_EQ(ColumnOf(table, "text")["nulls"].AsInt(), 2);
  EXPECT_TRUE(ColumnOf(table, "text")["least"].is_null());
  EXPECT_EQ(ColumnOf(table, "concept")["greatest"].AsString(), "heart_rate");
  EXPECT_EQ(table["rows"].AsInt(), 2);
  EXPECT_EQ(table["sample"].size(), 2u);
}

TEST_F(Catalog, HistoryIsNewestFirst) {
  test.TakeRecords("patient-vitals", {Record("V4", "8867-4", "70", "10:00:00", "10:01:00")});
  test.BuildSilver();
  const Json table = Describe("silver.events");
  const auto& history = table["history"].items();
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[0]["version"].AsInt(), 1);
  EXPECT_EQ(history[0]["rows"].AsInt(), 3);
  EXPECT_EQ(history[1]["version"].AsInt(), 0);
  EXPECT_EQ(history[1]["rows"].AsInt(), 2);
}

TEST_F(Catalog, SamplesAreAsLongAsAskedForAndTheirTextsAreCut) {
  Json table = Describe("bronze.patient-vitals", {.rows = 1, .max_text_bytes = 10});
  ASSERT_EQ(table["sample"].size(), 1u);
  EXPECT_EQ(table["sample"].items()[0]["payload"].AsString(), "{\"record_i…");
  EXPECT_EQ(Describe("bronze.patient-vitals", {.rows = 0})["sample"].size(), 0u);
}

TEST_F(Catalog, AnUnknownTableIsToldWithThoseThatThereAre) {
  auto described = DescribeTable(test.lake, test.engine.get(), "silver.evnts");
  ASSERT_FALSE(described.ok());
  EXPECT_EQ(described.error().kind(), ErrorKind::kNotFound);
  EXPECT_THAT(described.error().message(), HasSubstr("silver.events, silver.quality"));
}

TEST(EmptyLake, HasNoTablesAndAFullScore) {
  TestLake test;
  EXPECT_EQ(Must(ListTables(test.lake)).size(), 0u);
  Json counts = Must(CountLake(test.lake, test.engine.get()));
  EXPECT_EQ(counts["measurements"].AsInt(), 0);
  EXPECT_EQ(counts["quality_score"].AsDouble(), 1);
}

}  // namespace
}  // namespace codman::lakehouse
