// Expected rows are by hand from the records that the fixture writes down.
#include "lakehouse/quarantine.h"

#include <gmock/gmock.h>

#include "lakehouse/lake_testing.h"

namespace codman::lakehouse {
namespace {

using testing::ElementsAre;
using testing::EndsWith;

class Quarantined : public testing::Test {
 protected:
  Quarantined() {
    test.TakeRecords("patient-vitals",
                     {Record("V1", "8867-4", "80", "08:00:00", "08:01:00"),
                      Record("V2", "8867-4", "4000", "08:00:00", "08:01:00"),
                      Record("V3", "8867-4", "5000", "08:00:00", "08:01:00"), "{torn"});
    test.TakeRecords("lab-results",
                     {Record("L1", "2345-7", "100", "08:00:00", "08:01:00", "final", "furlong")});
    test.BuildSilver();
  }
  Json Read(const QuarantineFilter& filter) {
    return Must(ReadQuarantine(test.lake, test.engine.get(), filter));
  }
  static std::vector<std::string> Positions(const Json& read) {
    std::vector<std::string> positions;
    for (const auto& place : read["places"].items())
      positions.push_back(place["source_position"].AsString());
    return positions;
  }
  TestLake test;
};

TEST_F(Quarantined, CountsPerFeedReasonAndFieldMostFrequentFirst) {
  Json read = Read({});
  EXPECT_EQ(read["total"].AsInt(), 4);
  std::vector<std::string> counts;
  for (const auto& entry : read["counts"].items())
    counts.push_back(format("{}|{}|{}|{}|{}", entry["feed"].AsString(), entry["source"].AsString(),
                            entry["reason"].AsString(), entry["field"].AsString(),
                            entry["count"].AsInt()));
  EXPECT_THAT(counts, ElementsAre("patient-vitals|synthetic|out_of_range|8867-4|2",
                                  "lab-results|synthetic|unknown_unit|2345-7|1",
                                  "patient-vitals|synthetic|unparsable||1"));
}

TEST_F(Quarantined, PlacesNewestFirst) {
  EXPECT_THAT(
      Positions(Read({})),
      ElementsAre(EndsWith("/lab-results.ndjson#1"), EndsWith("/patient-vitals.ndjson#4"),
                  EndsWith("/patient-vitals.ndjson#3"), EndsWith("/patient-vitals.ndjson#2")));
}

TEST_F(Quarantined, FiltersNarrowPlacesButNotCounts) {
  struct Case {
    QuarantineFilter filter;
    size_t places;
  };
  for (const auto& [filter, places] :
       {Case{{.feed = "patient-vitals"}, 3}, Case{{.reason = "out_of_range"}, 2},
        Case{{.field = "2345-7"}, 1}, Case{{.feed = "lab-results", .reason = "unparsable"}, 0},
        Case{{.limit = 1}, 1}, Case{{.limit = 50, .offset = 3}, 1},
        Case{{.feed = "' or true --"}, 0}}) {
    Json read = Read(filter);
    EXPECT_EQ(read["places"].size(), places) << filter.feed << filter.reason << filter.field;
    EXPECT_EQ(read["counts"].size(), 3u);
    EXPECT_EQ(read["total"].AsInt(), 4);
  }
}

TEST(Quarantine, OfAnEmptyLakeIsEmpty) {
  TestLake test;
  Json read = Must(ReadQuarantine(test.lake, test.engine.get(), {}));
  EXPECT_EQ(read.ToString(), R"({"total":0,"counts":[],"places":[]})");
}

}  // namespace
}  // namespace codman::lakehouse
