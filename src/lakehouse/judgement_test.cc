// Verdicts by hand from judgement_internal.h; and the same lake from the same records, however they
// were divided into deliveries and builds.
#include <gmock/gmock.h>

#include <random>

#include "lakehouse/judgement_internal.h"
#include "lakehouse/lake_testing.h"

namespace codman::lakehouse {
namespace {

using testing::ElementsAre;

constexpr char kEvents[] = "select * exclude (month) from silver.events order by all";
constexpr char kQuarantine[] = "select * from silver.quarantine order by all";
constexpr char kSums[] =
    "select sum(measurements), sum(stored), sum(duplicates), sum(quarantined), sum(voided) from "
    "silver.quality";

// One event of heart rate by its record, its known time in minutes, its value and its status.
struct Told {
  std::string record;
  int64_t known_minute = 0;
  double value = 0;
  std::string status = "final";
};

std::vector<Verdict> VerdictsOf(const std::vector<Told>& told) {
  columns::Table table(IncomingSchema());
  int64_t seq = 0;
  for (const auto& [record, known_minute, value, status] : told) {
    auto& c = table.columns;
    c[0].AppendInt(1);
    c[1].AppendInt(0);
    c[2].AppendInt(known_minute * base::kMinuteUs);
    c[3].AppendInt(++seq);
    c[4].AppendString("heart_rate");
    c[5].AppendNull();
    c[6].AppendDouble(value);
    c[7].AppendNull();
    c[8].AppendNull();
    c[9].AppendString(status);
    c[10].AppendDouble(1);
    c[11].AppendString("E1");
    if (record.empty())
      c[12].AppendNull();
    else
      c[12].AppendString(record);
  }
  EventRows rows;
  rows.Append(table);
  Must(Judge(nullptr, "", &rows));
  return rows.verdicts;
}

TEST(Judgement, EachIsJudgedBesideTheVersionBeforeIt) {
  constexpr auto kStored = Verdict::kStored;
  constexpr auto kDuplicate = Verdict::kDuplicate;
  constexpr auto kConflict = Verdict::kConflict;
  EXPECT_THAT(VerdictsOf({{"A", 1, 80}, {"B", 1, 80}, {"", 1, 80}}),
              ElementsAre(kStored, kStored, kStored));
  EXPECT_THAT(VerdictsOf({{"A", 1, 80}, {"A", 1, 80}, {"A", 2, 80}}),
              ElementsAre(kStored, kDuplicate, kDuplicate));
  EXPECT_THAT(VerdictsOf({{"A", 1, 80}, {"A", 2, 90}, {"A", 3, 80}}),
              ElementsAre(kStored, kStored, kStored));
  EXPECT_THAT(VerdictsOf({{"A", 1, 80}, {"A", 1, 90}}), ElementsAre(kStored, kConflict));
  // What was voided has no value to be a duplicate of.
  EXPECT_THAT(VerdictsOf({{"A", 1, 80}, {"A", 1, 90}, {"A", 1, 90}, {"A", 2, 90}}),
              ElementsAre(kStored, kConflict, kConflict, kStored));
  // Told late, known early: beside what was known before it.
  EXPECT_THAT(VerdictsOf({{"A", 2, 80}, {"A", 1, 80}}), ElementsAre(kStored, kStored));
  EXPECT_THAT(VerdictsOf({{"A", 1, 80}, {"A", 3, 90}, {"A", 2, 80}}),
              ElementsAre(kStored, kStored, kDuplicate));
  EXPECT_THAT(VerdictsOf({{"A", 1, 80}, {"A", 2, 80, "retracted"}}), ElementsAre(kStored, kStored));
}

// Few record ids, times and values, so that versions of one key meet in every way.
std::vector<std::string> RandomRecords(uint32_t seed, size_t count) {
  std::mt19937 random(seed);
  std::vector<std::string> records;
  for (size_t i = 0; i < count; ++i) {
    std::string status = random() % 8 == 0 ? "corrected" : "final";
    records.push_back(Record(format("V{}", random() % 5), "8867-4",
                             std::to_string(random() % 4 == 0 ? 4000 : 80 + 10 * (random() % 2)),
                             format("08:0{}:00", random() % 2), format("09:0{}:00", random() % 4),
                             status));
  }
  return records;
}

TEST(Judgement, DoesNotDependOnHowRecordsWereDivided) {
  for (uint32_t seed : {1u, 2u, 3u}) {
    SCOPED_TRACE(seed);
    TestLake test;
    auto records = RandomRecords(seed, 60);
    for (size_t begin = 0; begin < records.size(); begin += 12) {
      test.TakeRecords("patient-vitals", {records.begin() + static_cast<int64_t>(begin),
                                          records.begin() + static_cast<int64_t>(begin) + 12});
      if (begin % 24 == 0) test.BuildSilver();
    }
    test.BuildSilver();
    auto events = test.Rows(kEvents), refused = test.Rows(kQuarantine), sums = test.Rows(kSums);
    Lake other(test.home + "/rebuilt");
    std::filesystem::create_directories(other.root());
    std::filesystem::copy(test.lake.root() + "/bronze", other.root() + "/bronze",
                          std::filesystem::copy_options::recursive);
    std::swap(test.lake, other);
    test.BuildSilver();  // all commits in one step
    EXPECT_EQ(Must(test.lake.Newest("silver.events")).version, 0);
    EXPECT_EQ(test.Rows(kEvents), events);
    EXPECT_EQ(test.Rows(kQuarantine), refused);
    EXPECT_EQ(test.Rows(kSums), sums);
  }
}

// A step of several bronze commits that was killed is taken again as it was, though more came
// since.
TEST(Judgement, AKilledStepKeepsItsCommits) {
  for (const char* killed_before : {"silver.quarantine", "silver.events", "silver.quality"}) {
    SCOPED_TRACE(killed_before);
    TestLake test;
    auto records = RandomRecords(7, 48);
    auto take = [&](size_t from) {
      test.TakeRecords("patient-vitals", {records.begin() + static_cast<int64_t>(from),
                                          records.begin() + static_cast<int64_t>(from) + 12});
    };
    for (size_t from : {0, 12, 24}) take(from);
    test.BuildSilver();
    bool killed = false;
    for (const char* table : {"silver.quarantine", "silver.events", "silver.quality"}) {
      killed = killed || std::string(table) == killed_before;
      if (killed) test.ForgetNewestCommit(table);
    }
    take(36);
    test.BuildSilver();
    auto events = test.Rows(kEvents), refused = test.Rows(kQuarantine), sums = test.Rows(kSums);
    Lake rebuilt(test.home + "/rebuilt");
    std::filesystem::create_directories(rebuilt.root());
    std::filesystem::copy(test.lake.root() + "/bronze", rebuilt.root() + "/bronze",
                          std::filesystem::copy_options::recursive);
    std::swap(test.lake, rebuilt);
    test.BuildSilver();
    EXPECT_EQ(test.Rows(kEvents), events);
    EXPECT_EQ(test.Rows(kQuarantine), refused);
    EXPECT_EQ(test.Rows(kSums), sums);
  }
}

}  // namespace
}  // namespace codman::lakehouse
