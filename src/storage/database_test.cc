#include "storage/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "base/file.h"
#include "base/text.h"

// Expected values by hand; SQLite's own documented semantics where it is the judge.
namespace codman::storage {
namespace {

using testing::HasSubstr;

class DatabaseTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::RemoveTree(folder_).ok());
    ASSERT_TRUE(base::MakeFolders(folder_).ok());
    database_ = OpenSqlite(path()).value();
  }
  void TearDown() override { ASSERT_TRUE(base::RemoveTree(folder_).ok()); }
  std::string path() const { return folder_ + "/codman.db"; }
  int64_t Count(const std::string& table) {
    return database_->Query("select count(*) as n from " + table)->Int(0, "n");
  }

  std::string folder_ = format("{}codman_database_{}", testing::TempDir(), getpid());
  std::unique_ptr<Database> database_;
};

TEST_F(DatabaseTest, IsReadableByItsOwnerOnly) {
  struct stat status {};
  ASSERT_EQ(stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(DatabaseTest, BindsEveryTypeAndNeverReadsTextAsSql) {
  ASSERT_TRUE(database_->Execute("create table t (a, b, c, d)").ok());
  std::string hostile("'); drop table t; --\0 tail", 25);
  ASSERT_EQ(database_
                ->Execute("insert into t values (?, ?, ?, ?)",
                          {int64_t{INT64_MIN}, 0.1, hostile, std::monostate()})
                .value(),
            1);
  auto rows =
      *database_->Query("select a, b, c, d, typeof(d) as kind from t where c = ?", {hostile});
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows.Int(0, "a"), INT64_MIN);
  EXPECT_EQ(rows.Double(0, "b"), 0.1);
  EXPECT_EQ(rows.Text(0, "c"), hostile);
  EXPECT_TRUE(rows.IsNull(0, "d"));
  EXPECT_EQ(rows.Text(0, "kind"), "null");
  EXPECT_EQ(rows.Text(0, "no such column"), "");
  EXPECT_EQ(rows.Int(0, "d"), 0);
}

TEST_F(DatabaseTest, TransactionIsAllOrNothing) {
  ASSERT_TRUE(database_->Execute("create table t (a integer primary key)").ok());
  auto failed = database_->Transaction([&]() -> Result<> {
    TRY(database_->Execute("insert into t values (?)", {int64_t{1}}));
    EXPECT_EQ(Count("t"), 1);
    return base::NotFound("no");
  });
  EXPECT_EQ(failed.error().message(), "no");
  EXPECT_EQ(Count("t"), 0);
  auto twice = database_->Transaction([&]() -> Result<> {
    TRY(database_->Execute("insert into t values (?)", {int64_t{1}}));
    TRY(database_->Execute("insert into t values (?)", {int64_t{1}}));
    return {};
  });
  EXPECT_EQ(twice.error().kind(), ErrorKind::kConflict);
  EXPECT_EQ(Count("t"), 0);
  ASSERT_TRUE(database_
                  ->Transaction([&]() -> Result<> {
                    TRY(database_->Execute("insert into t values (?)", {int64_t{2}}));
                    return {};
                  })
                  .ok());
  EXPECT_EQ(Count("t"), 1);
}

TEST_F(DatabaseTest, TransactionsOfThreadsDoNotMix) {
  ASSERT_TRUE(database_->Execute("create table t (a)").ok());
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        bool keep = i % 2 == 0;
        auto done = database_->Transaction([&]() -> Result<> {
          int64_t before = Count("t");
          TRY(database_->Execute("insert into t values (?)", {int64_t{i}}));
          TRY(database_->Execute("insert into t values (?)", {int64_t{i}}));
          EXPECT_EQ(Count("t"), before + 2);
          return keep ? Result<>() : Result<>(base::Conflict("rolled back"));
        });
        EXPECT_EQ(done.ok(), keep);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(Count("t"), 4 * 13 * 2);
}

TEST_F(DatabaseTest, MigratesForwardOnceAndRefusesADowngrade) {
  const std::array<Migration, 2> kOld = {
      {{1, "create table a (x)"}, {2, "insert into a values (1)"}}};
  const std::array<Migration, 3> kNew = {{kOld[0], kOld[1], {3, "alter table a add column y"}}};
  ASSERT_TRUE(database_->Migrate("room", kOld).ok());
  ASSERT_TRUE(database_->Migrate("room", kOld).ok());
  EXPECT_EQ(Count("a"), 1);
  ASSERT_TRUE(database_->Migrate("room", kNew).ok());
  database_.reset();
  database_ = OpenSqlite(path()).value();
  EXPECT_TRUE(database_->Query("select y from a").ok());
  auto older = database_->Migrate("room", kOld);
  EXPECT_EQ(older.error().kind(), ErrorKind::kConflict);
  EXPECT_THAT(older.error().message(), HasSubstr("newer version"));
  EXPECT_TRUE(database_->Migrate("other room", std::span(kOld).first(0)).ok());
}

TEST_F(DatabaseTest, AMigrationThatFailsLeavesNothingBehind) {
  const std::array<Migration, 1> kBad = {
      {{1, "create table half (x); insert into nowhere values (1)"}}};
  auto failed = database_->Migrate("room", kBad);
  ASSERT_FALSE(failed.ok());
  EXPECT_THAT(failed.error().ToString(), HasSubstr("applying migration 1 of 'room'"));
  EXPECT_FALSE(database_->Query("select * from half").ok());
  const std::array<Migration, 1> kGood = {{{1, "create table half (x)"}}};
  EXPECT_TRUE(database_->Migrate("room", kGood).ok());
}

TEST_F(DatabaseTest, NamesTheStatementThatFailed) {
  auto failed = database_->Query("selekt 1");
  EXPECT_EQ(failed.error().kind(), ErrorKind::kUnavailable);
  EXPECT_THAT(failed.error().message(), HasSubstr("selekt 1"));
  EXPECT_FALSE(OpenSqlite(folder_ + "/absent/x.db").ok());
}

}  // namespace
}  // namespace codman::storage
