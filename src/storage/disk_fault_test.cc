// A full disk, a read-only folder, a failed fsync, a clock that goes back: clear errors, nothing
// wrong on the disk, and it opens again. Expected values: the records the test wrote itself, and
// the words of strerror(3).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>

#include "base/file.h"
#include "base/text.h"
#include "storage/database.h"
#include "storage/disk_fault_testing_internal.h"
#include "storage/durable_log_internal.h"

namespace codman::storage {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Each disk operation of the log may be told to fail at its n-th call from now on.
std::atomic<int> writes_until_failure, syncs_until_failure;

ssize_t FailingWrite(int descriptor, const void* bytes, size_t count, off_t offset) {
  if (writes_until_failure-- != 0) return ::pwrite(descriptor, bytes, count, offset);
  errno = ENOSPC;
  return -1;
}
// Half of the bytes, then no more space: as a disk fills up in the middle of a record.
ssize_t HalfWrite(int descriptor, const void* bytes, size_t count, off_t offset) {
  const int left = writes_until_failure--;
  if (left > 0) return ::pwrite(descriptor, bytes, count, offset);
  if (left == 0) return ::pwrite(descriptor, bytes, (count + 1) / 2, offset);
  errno = ENOSPC;
  return -1;
}
int FailingSync(int descriptor) {
  if (syncs_until_failure-- != 0) return ::fdatasync(descriptor);
  errno = EIO;
  return -1;
}

class DiskFaultTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::RemoveTree(folder_).ok());
    ASSERT_TRUE(base::MakeFolders(folder_).ok());
    writes_until_failure = syncs_until_failure = -1;
  }
  void TearDown() override { ASSERT_TRUE(base::RemoveTree(folder_).ok()); }

  DurableLogOptions options() const { return {.segment_bytes = 400, .chained = GetParam()}; }
  std::unique_ptr<DurableLog> Open(const LogDisk& disk = {}) {
    auto log = OpenDurableLog(folder_, options(), disk);
    EXPECT_TRUE(log.ok()) << log.error().ToString();
    return log.ok() ? std::move(*log) : nullptr;
  }
  static Result<> Write(DurableLog* log, int count) {
    for (int i = 0; i < count; ++i) {
      const uint64_t seq = TRY(log->Append(format("record {}", log->next_seq()), 1'000'000));
      TRY(log->Sync(seq));
    }
    return {};
  }
  // Records that can be read; all must be as Write wrote them.
  static uint64_t Count(const DurableLog& log) {
    uint64_t count = 0;
    auto read = log.Read(1, [&](const LogRecord& record) -> Result<> {
      EXPECT_EQ(record.seq, ++count);
      EXPECT_EQ(record.payload, format("record {}", count));
      return {};
    });
    EXPECT_TRUE(read.ok()) << read.error().ToString();
    return count;
  }
  // After a fault: opens, has at least what was acknowledged, goes on, verifies.
  void ExpectWhole(uint64_t acknowledged) {
    auto log = Open();
    ASSERT_NE(log, nullptr);
    const uint64_t kept = Count(*log);
    EXPECT_GE(kept, acknowledged);
    EXPECT_EQ(log->next_seq(), kept + 1);
    ASSERT_TRUE(Write(log.get(), 30).ok());
    EXPECT_EQ(Count(*log), kept + 30);
    EXPECT_EQ(VerifyLog(folder_, GetParam(), {}).value(), kept + 30);
  }

  std::string folder_ = format("{}codman_fault_{}", testing::TempDir(), getpid());
};
INSTANTIATE_TEST_SUITE_P(PlainAndChained, DiskFaultTest, testing::Bool());

// The disk fills up at every place of the first records, also in the middle of one.
TEST_P(DiskFaultTest, ADiskFullAtAnyWriteLosesNothingAcknowledged) {
  for (auto* write : {FailingWrite, HalfWrite}) {
    for (int healthy = 0; healthy < 12; ++healthy) {
      SCOPED_TRACE(format("{} healthy writes", healthy));
      SetUp();
      {
        auto log = Open({.write = write});
        writes_until_failure = healthy;
        auto done = Write(log.get(), 20);
        ASSERT_FALSE(done.ok());
        EXPECT_EQ(done.error().kind(), ErrorKind::kUnavailable);
        EXPECT_THAT(done.error().ToString(),
                    AllOf(HasSubstr("No space left on device"), HasSubstr("free some space"),
                          HasSubstr(folder_)));
        EXPECT_EQ(Count(*log), static_cast<uint64_t>(healthy));
        EXPECT_FALSE(log->Append("later", 1).ok()) << "it must not gather what it cannot keep";
        EXPECT_EQ(VerifyLog(folder_, GetParam(), {}).value(), static_cast<uint64_t>(healthy));
      }
      writes_until_failure = -1;
      ExpectWhole(static_cast<uint64_t>(healthy));
    }
  }
}

TEST_P(DiskFaultTest, AfterAFailedSyncEveryCallFailsUntilItIsOpenedAgain) {
  {
    auto log = Open({.sync = FailingSync});
    ASSERT_TRUE(Write(log.get(), 5).ok());
    syncs_until_failure = 0;
    auto failed = Write(log.get(), 1);
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().kind(), ErrorKind::kUnavailable);
    EXPECT_THAT(failed.error().ToString(), HasSubstr("Input/output error"));
    for (int i = 0; i < 3; ++i) EXPECT_FALSE(Write(log.get(), 1).ok());
    EXPECT_FALSE(log->Sync(6).ok());
    EXPECT_TRUE(log->Sync(5).ok()) << "what was durable stays so";
    EXPECT_EQ(Count(*log), 5u) << "nothing that was not promised is given";
  }
  ExpectWhole(5);
}

// The kernel's own refusal, in whole: not through the seam.
TEST_P(DiskFaultTest, AFileThatMayNotGrowIsAClearError) {
  const std::string outcome = InChild([&]() -> std::string {
    auto log = DurableLog::Open(folder_, {.chained = GetParam()});
    if (!log.ok() || !LimitFiles(700)) return "no start";
    auto done = Write(log->get(), 100);
    if (done.ok()) return "no error";
    if (done.error().ToString().find("File too large; free some space") == std::string::npos)
      return done.error().ToString();
    log->reset();
    if (!LiftFileLimit()) return "no lift";
    log = DurableLog::Open(folder_, {.chained = GetParam()});
    if (!log.ok()) return log.error().ToString();
    // 68 bytes of header, 40 or 72 of a record and 8 or 9 of its payload: by hand.
    const uint64_t expected = GetParam() ? 8u : 15u;
    if (Count(**log) != expected) return format("{} records", Count(**log));
    return Write(log->get(), 1).ok() ? "" : "does not go on";
  });
  EXPECT_EQ(outcome, "");
}

TEST_P(DiskFaultTest, ARealFullDiskIsAClearError) {
  if (mount("none", folder_.c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "only root may mount a small disk; the tests above need no rights";
  const auto fill = [&](DurableLog* log) -> Result<> {
    for (int i = 0; i < 1000; ++i) TRY(log->Sync(TRY(log->Append(std::string(1000, 'x'), 1))));
    return {};
  };
  auto log = DurableLog::Open(folder_, {.chained = GetParam()});
  auto full = fill(log->get());
  const uint64_t promised = (*log)->next_seq() - 2;
  log = DurableLog::Open(folder_, {.chained = GetParam()});
  const uint64_t kept = log.ok() ? (*log)->next_seq() - 1 : 0;
  const std::string error = full.ok() ? "none" : full.error().ToString();
  if (log.ok()) log->reset();
  const uint64_t verified = VerifyLog(folder_, GetParam(), {}).value();
  ASSERT_EQ(umount(folder_.c_str()), 0);
  EXPECT_THAT(error, HasSubstr("No space left on device; free some space"));
  EXPECT_GT(kept, 40u);
  EXPECT_EQ(kept, promised) << "opens on the full disk";
  EXPECT_EQ(verified, promised);
}

TEST_P(DiskFaultTest, AReadOnlyFolderIsAClearErrorAndChangesNothing) {
  ASSERT_TRUE(Write(Open().get(), 3).ok());
  const auto before = base::ListFolder(folder_).value();
  for (const std::string& name : before) chmod((folder_ + "/" + name).c_str(), 0444);
  chmod(folder_.c_str(), 0555);
  const std::string outcome = InChild([&]() -> std::string {
    if (!BecomeNobody()) return "still root";
    auto log = DurableLog::Open(folder_, {.chained = GetParam()});
    if (log.ok()) return "opened";
    auto verified = VerifyLog(folder_, GetParam(), {});
    if (!verified.ok() || *verified != 3) return "reading needs no right to write";
    return log.error().ToString();
  });
  EXPECT_THAT(outcome, AllOf(HasSubstr("Permission denied"), HasSubstr("owner and rights")));
  const std::string nowhere = InChild([&]() -> std::string {
    if (!BecomeNobody()) return "still root";
    auto log = DurableLog::Open(folder_ + "/new", options());
    return log.ok() ? "opened" : log.error().ToString();
  });
  EXPECT_THAT(nowhere, HasSubstr("Permission denied"));
  chmod(folder_.c_str(), 0755);
  for (const std::string& name : before) chmod((folder_ + "/" + name).c_str(), 0644);
  EXPECT_EQ(base::ListFolder(folder_).value(), before);
  ExpectWhole(3);
}

TEST_P(DiskFaultTest, ATornTailOfAnEarlierDayIsKeptBesideALaterOne) {
  ASSERT_TRUE(Write(Open().get(), 2).ok());
  const std::string path = folder_ + "/" + base::ListFolder(folder_)->front();
  for (const char* rest : {"first", "second"}) {
    ASSERT_TRUE(base::WriteFileAtomically(path, *base::ReadFile(path) + rest).ok());
    EXPECT_EQ(Open()->next_seq(), 3u);
  }
  EXPECT_EQ(*base::ReadFile(path + ".torn"), "first");
  EXPECT_EQ(*base::ReadFile(path + ".torn.2"), "second");
}

TEST_P(DiskFaultTest, AClockThatGoesBackIsReportedAndChangesNeitherTimesNorOrder) {
  const int64_t hour_us = 3'600'000'000;
  const std::vector<int64_t> times = {10 * hour_us, 10 * hour_us + 5, 9 * hour_us, 9 * hour_us + 1,
                                      9 * hour_us,  INT64_MIN,        INT64_MAX};
  auto log = Open();
  testing::internal::CaptureStderr();
  for (int64_t time_us : times) ASSERT_TRUE(log->Append("x", time_us).ok());
  const std::string reported = testing::internal::GetCapturedStderr();
  ASSERT_TRUE(log->Sync(times.size()).ok());
  EXPECT_EQ(base::Split(base::Trim(reported), '\n').size(), 2u) << reported;
  EXPECT_THAT(reported, AllOf(HasSubstr("the clock went back"), HasSubstr("3600.000005"),
                              HasSubstr(folder_)));
  log.reset();
  log = Open();
  std::vector<int64_t> read;
  ASSERT_TRUE(log->Read(1,
                        [&](const LogRecord& record) -> Result<> {
                          read.push_back(record.time_us);
                          return {};
                        })
                  .ok());
  EXPECT_EQ(read, times);
  EXPECT_EQ(log->last_time_us(), INT64_MAX);
  EXPECT_EQ(VerifyLog(folder_, GetParam(), {}).value(), times.size());
}

TEST_P(DiskFaultTest, AFreshSegmentWithoutRecordsKnowsTheTimeOfTheLastOne) {
  ASSERT_TRUE(Write(Open().get(), 4).ok());
  // Killed between starting a segment and writing into it.
  {
    auto log = Open({.write = FailingWrite});
    auto full = Result<>();
    while (full.ok() && base::ListFolder(folder_)->size() < 2) full = Write(log.get(), 1);
    writes_until_failure = 0;
    while (full.ok()) full = Write(log.get(), 1);
  }
  const auto names = base::ListFolder(folder_).value();
  const std::string last = folder_ + "/" + names.back();
  ASSERT_TRUE(base::WriteFileAtomically(last, base::ReadFile(last)->substr(0, 68)).ok());
  EXPECT_EQ(Open()->last_time_us(), 1'000'000);
}

class DatabaseFaultTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::RemoveTree(folder_).ok());
    ASSERT_TRUE(base::MakeFolders(folder_).ok());
  }
  void TearDown() override { ASSERT_TRUE(base::RemoveTree(folder_).ok()); }
  std::string path() const { return folder_ + "/codman.db"; }
  static Result<> Fill(Database* database, int rows) {
    for (int i = 0; i < rows; ++i)
      TRY(database->Execute("insert into t values (?)", {std::string(4000, 'x')}));
    return {};
  }
  static int64_t Count(Database* database) {
    return database->Query("select count(*) as n from t")->Int(0, "n");
  }
  static bool Healthy(Database* database) {
    return database->Query("pragma integrity_check")->Text(0, "integrity_check") == "ok";
  }
  // max_page_count makes SQLite itself report a full disk (SQLITE_FULL).
  static void AllowPages(Database* database, int pages) {
    ASSERT_TRUE(database->Query(format("pragma max_page_count = {}", pages)).ok());
  }

  std::string folder_ = format("{}codman_database_fault_{}", testing::TempDir(), getpid());
};

TEST_F(DatabaseFaultTest, AFullDiskIsAClearErrorAndItGoesOnAfterwards) {
  auto database = OpenSqlite(path()).value();
  ASSERT_TRUE(database->Execute("create table t (a text)").ok());
  ASSERT_TRUE(Fill(database.get(), 3).ok());
  AllowPages(database.get(), 10);
  auto full = Fill(database.get(), 100);
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.error().kind(), ErrorKind::kUnavailable);
  EXPECT_THAT(full.error().ToString(), AllOf(HasSubstr("full"), HasSubstr("free some space")));
  EXPECT_THAT(full.error().ToString(), testing::Not(HasSubstr("xxx")));
  const int64_t kept = Count(database.get());
  auto work = database->Transaction([&] { return Fill(database.get(), 100); });
  ASSERT_FALSE(work.ok());
  EXPECT_THAT(work.error().ToString(), HasSubstr("free some space")) << "not what rollback said";
  EXPECT_EQ(Count(database.get()), kept);
  AllowPages(database.get(), 100000);
  EXPECT_TRUE(database->Transaction([&] { return Fill(database.get(), 100); }).ok());
  EXPECT_EQ(Count(database.get()), kept + 100);
  EXPECT_TRUE(Healthy(database.get()));
}

TEST_F(DatabaseFaultTest, ACommitThatFailsLeavesNoTransactionOpen) {
  auto database = OpenSqlite(path()).value();
  ASSERT_TRUE(database
                  ->Execute("create table p (id integer primary key); create table c (p "
                            "references p deferrable initially deferred)")
                  .ok());
  // A deferred constraint is checked by the commit itself.
  auto refused = database->Transaction([&]() -> Result<> {
    TRY(database->Execute("insert into c values (1)"));
    return {};
  });
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind(), ErrorKind::kConflict);
  auto next = database->Transaction([&]() -> Result<> {
    TRY(database->Execute("insert into p values (1)"));
    TRY(database->Execute("insert into c values (1)"));
    return {};
  });
  EXPECT_TRUE(next.ok()) << next.error().ToString();
  EXPECT_EQ(database->Query("select * from c")->size(), 1u);
}

TEST_F(DatabaseFaultTest, AFileThatMayNotGrowIsAClearErrorAndLosesNothing) {
  const std::string outcome = InChild([&]() -> std::string {
    auto database = OpenSqlite(path()).value();
    if (!database->Execute("create table t (a text)").ok() || !LimitFiles(100'000)) return "start";
    auto full = Fill(database.get(), 1000);
    if (full.ok()) return "no error";
    return full.error().ToString();
  });
  EXPECT_THAT(outcome, AllOf(HasSubstr("insert into t"), HasSubstr("the disk")));
  auto database = OpenSqlite(path()).value();
  EXPECT_GT(Count(database.get()), 5);
  EXPECT_TRUE(Healthy(database.get()));
  EXPECT_TRUE(Fill(database.get(), 10).ok());
}

TEST_F(DatabaseFaultTest, AReadOnlyFileOrFolderIsAClearError) {
  {
    auto database = OpenSqlite(path()).value();
    ASSERT_TRUE(database->Execute("create table t (a text)").ok());
  }
  chmod(path().c_str(), 0444);
  chmod(folder_.c_str(), 0555);
  const auto open = [&](const std::string& path) {
    return InChild([&]() -> std::string {
      if (!BecomeNobody()) return "still root";
      auto database = OpenSqlite(path);
      if (!database.ok()) return database.error().ToString();
      auto written = (*database)->Execute("insert into t values (1)");
      return written.ok() ? "written" : written.error().ToString();
    });
  };
  EXPECT_THAT(open(path()), HasSubstr("owner and rights"));
  EXPECT_THAT(open(folder_ + "/new.db"), HasSubstr("owner and rights"));
  chmod(folder_.c_str(), 0755);
  chmod(path().c_str(), 0600);
  EXPECT_TRUE(Fill(OpenSqlite(path())->get(), 1).ok());
}

TEST_F(DatabaseFaultTest, AFileThatIsNoDatabaseIsAClearError) {
  ASSERT_TRUE(base::WriteFileAtomically(path(), std::string(8192, '?')).ok());
  auto database = OpenSqlite(path());
  ASSERT_FALSE(database.ok());
  EXPECT_THAT(database.error().ToString(), AllOf(HasSubstr("not a database"), HasSubstr("backup")));
  EXPECT_EQ(base::ReadFile(path())->size(), 8192u) << "nothing is changed";
}

}  // namespace
}  // namespace codman::storage
