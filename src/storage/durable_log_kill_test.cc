// The promise of the log: what Sync returned for is there after the process was killed.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <random>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "storage/durable_log.h"

namespace codman::storage {
namespace {

// What the writer had acknowledged, told through memory that outlives it.
struct Told {
  std::atomic<uint64_t> acknowledged{0};
};

std::string PayloadOf(uint64_t seq) { return format("{}:{}", seq, std::string(seq % 300, 'x')); }

// Runs in the child: two threads, so that the kill also meets a shared commit. Never returns.
[[noreturn]] void WriteUntilKilled(const std::string& folder, Told* told) {
  auto log = DurableLog::Open(folder, {.segment_bytes = 20000, .chained = true});
  if (!log.ok()) _exit(3);
  std::mutex order;  // the payload says its own number, so number and payload are taken together
  auto write = [&] {
    while (true) {
      uint64_t seq = 0;
      {
        std::lock_guard lock(order);
        seq = (*log)->next_seq();
        if (!(*log)->Append(PayloadOf(seq), int64_t(seq)).ok()) _exit(4);
      }
      if (!(*log)->Sync(seq).ok()) _exit(5);
      uint64_t known = told->acknowledged.load();
      while (known < seq && !told->acknowledged.compare_exchange_weak(known, seq)) {
      }
    }
  };
  std::thread other(write);
  write();
  _exit(6);
}

TEST(DurableLogKill, EveryAcknowledgedRecordIsThereAfterTwentyKills) {
  std::string folder = format("{}codman_kill_{}", testing::TempDir(), getpid());
  ASSERT_TRUE(base::RemoveTree(folder).ok());
  void* shared =
      mmap(nullptr, sizeof(Told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  Told* told = new (shared) Told;
  std::mt19937 random(7);
  for (int round = 0; round < 20; ++round) {
    pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) WriteUntilKilled(folder, told);
    usleep(2000 + random() % 60000);
    ASSERT_EQ(kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself with " << WEXITSTATUS(status);

    auto log = DurableLog::Open(folder, {.segment_bytes = 20000, .chained = true});
    ASSERT_TRUE(log.ok()) << log.error().ToString();
    uint64_t read = 0;
    ASSERT_TRUE((*log)
                    ->Read(1,
                           [&](const LogRecord& record) -> Result<> {
                             EXPECT_EQ(record.seq, ++read);
                             EXPECT_EQ(record.payload, PayloadOf(record.seq));
                             return {};
                           })
                    .ok());
    ASSERT_GE(read, told->acknowledged.load()) << "round " << round;
    log->reset();
    ASSERT_EQ(VerifyLog(folder, true, {}).value(), read);
  }
  EXPECT_GT(told->acknowledged.load(), 20u) << "the kills came before anything was written";
  munmap(shared, sizeof(Told));
  ASSERT_TRUE(base::RemoveTree(folder).ok());
}

}  // namespace
}  // namespace codman::storage
