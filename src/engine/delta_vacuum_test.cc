#include "engine/delta_vacuum.h"

#include <cmath>

#include "engine/delta_fixture_internal.h"

// Expected values: worked out by hand from the rules of delta_vacuum.h, which are those of Delta's
// VACUUM (documentation of delta-io, "Remove files no longer referenced by a Delta table") and of
// log retention.
namespace codman::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int64_t kHourUs = base::kHourUs;

class DeltaVacuumTest : public DeltaFixture {
 protected:
  // Makes everything that is in the table look `hours` older.
  void Age(double hours) {
    for (const auto& path : Must(base::ListTree(root_))) {
      struct stat status {};
      ASSERT_EQ(stat((root_ + "/" + path).c_str(), &status), 0);
      int64_t us = status.st_mtim.tv_sec * 1'000'000 + status.st_mtim.tv_nsec / 1000;
      SetModified(root_ + "/" + path, us - int64_t(hours * double(kHourUs)));
    }
    AgeTombstones(int64_t(hours * 3.6e6));
  }
  void AgeTombstones(int64_t ms) {
    for (int64_t version = 0; base::FileExists(LogName(version)); ++version) {
      struct stat status {};
      ASSERT_EQ(stat(LogName(version).c_str(), &status), 0);
      std::string lines;
      auto text = Must(base::ReadFile(LogName(version)));
      for (auto line : base::Split(text, '\n')) {
        if (line.empty()) continue;
        Json action = Must(base::ParseJson(line));
        if (action.Find("remove") != nullptr) {
          Json remove = action["remove"];
          remove.Set("deletionTimestamp", remove["deletionTimestamp"].AsInt() - ms);
          action.Set("remove", remove);
        }
        lines += action.ToString() + "\n";
      }
      ASSERT_TRUE(base::WriteFileAtomically(LogName(version), lines).ok());
      SetModified(LogName(version),
                  status.st_mtim.tv_sec * 1'000'000 + status.st_mtim.tv_nsec / 1000);
    }
  }
  DeltaTable table_{root_, kDeltaSchema};
};

TEST_F(DeltaVacuumTest, DeletesWhatNoVersionWithinTheRetentionRefersTo) {
  Append(table_, Rows(1, 2));
  Append(table_, Rows(3, 4));
  auto read = Must(table_.Load());
  std::string first = read.files[0].path, second = read.files[1].path;
  Must(table_.Commit(read, {.removes = {first}}));
  Age(200);
  read = Must(table_.Load());
  Must(table_.Commit(read, {.adds = Write(table_, Rows(5, 5)), .removes = {second}}));
  Age(100);  // the first removal is 300 hours old, the second 100
  std::string orphan = Write(table_, Rows(8, 8)).front().path;
  std::string young = Write(table_, Rows(9, 9)).front().path;
  SetModified(root_ + "/" + orphan, base::NowUs() - 169 * kHourUs);
  SetModified(root_ + "/" + young, base::NowUs() - 167 * kHourUs);

  auto dry = Must(Vacuum(table_, {.dry_run = true}));
  std::vector<std::string> expected = {first, orphan};
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(dry.data_files, expected);
  EXPECT_THAT(dry.log_files, IsEmpty());
  EXPECT_EQ(dry.bytes,
            Must(base::FileSize(root_ + "/" + first)) + Must(base::FileSize(root_ + "/" + orphan)));
  EXPECT_TRUE(base::FileExists(root_ + "/" + first)) << "a dry run deletes nothing";

  EXPECT_EQ(Must(Vacuum(table_, {})).data_files, expected);
  EXPECT_FALSE(base::FileExists(root_ + "/" + first));
  EXPECT_FALSE(base::FileExists(root_ + "/" + orphan));
  EXPECT_EQ(Ids(table_), "5");
  EXPECT_EQ(Ids(table_, Must(table_.Load(2))), "3,4") << "current until 100 hours ago";
  EXPECT_TRUE(base::FileExists(root_ + "/" + young));
  EXPECT_THAT(Must(Vacuum(table_, {})).data_files, IsEmpty()) << "once is enough";
}

TEST_F(DeltaVacuumTest, NeverTakesALiveFile) {
  for (int i = 0; i < 12; ++i) Append(table_, Rows(i, i));
  Age(100'000);
  for (double hours : {0.0, 1.0, 168.0, 1e6}) {
    auto report = Must(Vacuum(table_, {.retention_hours = hours}));
    EXPECT_THAT(report.data_files, IsEmpty()) << hours;
  }
  EXPECT_EQ(Ids(table_), "0,1,2,3,4,5,6,7,8,9,10,11");
}

TEST_F(DeltaVacuumTest, RetentionZeroKeepsTheNewestVersionOnly) {
  Append(table_, Rows(1, 2));
  auto read = Must(table_.Load());
  Must(table_.Commit(read, {.adds = Write(table_, Rows(5, 5)), .removes = {read.files[0].path}}));
  auto report = Must(Vacuum(table_, {.retention_hours = 0, .now_us = base::NowUs() + kHourUs}));
  EXPECT_THAT(report.data_files, ElementsAre(read.files[0].path));
  EXPECT_EQ(Ids(table_), "5");
  EXPECT_FALSE(engine_->QueryAll(table_.SelectAll(Must(table_.Load(0)))).ok());
}

TEST_F(DeltaVacuumTest, RefusesARetentionBelowZero) {
  Append(table_, Rows(1, 1));
  for (VacuumOptions options :
       {VacuumOptions{.retention_hours = -1}, VacuumOptions{.log_retention_hours = -0.5},
        VacuumOptions{.retention_hours = std::nan("")}}) {
    auto refused = Vacuum(table_, options);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind(), ErrorKind::kInvalidInput);
  }
  EXPECT_EQ(Vacuum(DeltaTable(root_ + "/none", {}), {}).error().kind(), ErrorKind::kNotFound);
}

TEST_F(DeltaVacuumTest, LeavesHiddenThingsAndPartitionsOfOddNamesAlone) {
  DeltaTable odd(root_, {{"id", columns::Type::kInt64}, {"_part", columns::Type::kString}},
                 {"_part"});
  Append(odd, "select 1::bigint as id", {{"_part", "x"}});
  auto orphan = Write(odd, "select 2::bigint as id", {{"_part", "x"}}).front().path;
  for (const char* name : {"_change_data", ".hidden"}) {
    ASSERT_TRUE(base::MakeFolders(root_ + "/" + name).ok());
    ASSERT_TRUE(base::WriteFileAtomically(root_ + "/" + name + "/x", "x").ok());
  }
  Age(1000);
  EXPECT_THAT(Must(Vacuum(odd, {})).data_files, ElementsAre(orphan));
  EXPECT_EQ(Ids(odd), "1");
  EXPECT_TRUE(base::FileExists(root_ + "/_change_data/x"));
}

// A longer retention than the seven days for which checkpoints keep tombstones.
TEST_F(DeltaVacuumTest, ALongRetentionLooksIntoTheLog) {
  DeltaTable table(root_, kDeltaSchema, {}, {.checkpoint_interval = 3});
  Append(table, Rows(1, 1));
  Append(table, Rows(2, 2));
  auto read = Must(table.Load());
  Must(table.Commit(read, {.removes = {read.files[0].path}}));
  Age(200);
  Append(table, Rows(3, 3));
  ASSERT_EQ(table.Load()->checkpoint_version, 3);
  ASSERT_TRUE(table.Load()->removed.empty()) << "the tombstone has expired";
  Age(1);
  EXPECT_THAT(Must(Vacuum(table, {.retention_hours = 250, .dry_run = true})).data_files, IsEmpty());
  EXPECT_THAT(Must(Vacuum(table, {.retention_hours = 150, .dry_run = true})).data_files,
              ElementsAre(read.files[0].path));
}

TEST_F(DeltaVacuumTest, CleansLogsBehindACheckpoint) {
  for (int i = 0; i < 25; ++i) Append(table_, Rows(i, i));
  std::string partial = root_ + "/_delta_log/00000000000000000007.json.partial-1-1";
  ASSERT_TRUE(base::WriteFileAtomically(partial, "{").ok());
  EXPECT_THAT(Must(Vacuum(table_, {})).log_files, IsEmpty()) << "all younger than 30 days";
  Age(719);
  EXPECT_THAT(Must(Vacuum(table_, {})).log_files, IsEmpty());
  Age(2);
  for (int i = 25; i < 28; ++i) Append(table_, Rows(i, i));
  auto report = Must(Vacuum(table_, {}));
  // The logs 0 … 19, the checkpoint 10 and what the killed writer left; 20 … is still needed.
  EXPECT_EQ(report.log_files.size(), 22u);
  EXPECT_FALSE(base::FileExists(LogName(19)));
  EXPECT_FALSE(base::FileExists(LogName(10, ".checkpoint.parquet")));
  EXPECT_FALSE(base::FileExists(partial));
  EXPECT_TRUE(base::FileExists(LogName(20)));
  EXPECT_TRUE(base::FileExists(LogName(20, ".checkpoint.parquet")));
  EXPECT_EQ(table_.Load()->num_rows(), 28);
  EXPECT_THAT(table_.Load(19).error().message(), HasSubstr("cleaned"));
  EXPECT_EQ(table_.Load(20)->version, 20);
  EXPECT_EQ(Append(table_, Rows(28, 28)), 28);
  ExpectDuckDbReadsTheSame(table_);
}

TEST_F(DeltaVacuumTest, CleansNoLogBehindATornCheckpoint) {
  for (int i = 0; i < 12; ++i) Append(table_, Rows(i, i));
  ASSERT_TRUE(base::WriteFileAtomically(LogName(10, ".checkpoint.parquet"), "torn").ok());
  Age(2000);
  EXPECT_THAT(Must(Vacuum(table_, {})).log_files, IsEmpty());
  EXPECT_EQ(table_.Load()->num_rows(), 12);
}

TEST_F(DeltaVacuumTest, AStaleHintIsMovedBeforeLogsGo) {
  for (int i = 0; i < 25; ++i) Append(table_, Rows(i, i));
  ASSERT_TRUE(
      base::WriteFileAtomically(root_ + "/_delta_log/_last_checkpoint", R"({"version":10})").ok());
  Age(2000);
  EXPECT_FALSE(Must(Vacuum(table_, {})).log_files.empty());
  EXPECT_EQ(table_.Load()->version, 24);
  EXPECT_EQ(table_.Load()->num_rows(), 25);
}

}  // namespace
}  // namespace codman::engine
