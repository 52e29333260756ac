#include "storage/durable_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <mutex>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "storage/log_segment_internal.h"

// Expected values: the records that the test itself wrote, and arithmetic on the layout that
// durable_log.h documents (record header 32 bytes, chain digest 32, segment header 68).
namespace codman::storage {
namespace {

using testing::HasSubstr;

std::string FreshFolder() {
  std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
  std::string folder = format("{}codman_log_{}_{}", testing::TempDir(), getpid(), name);
  EXPECT_TRUE(base::RemoveTree(folder).ok());
  EXPECT_TRUE(base::MakeFolders(folder).ok());
  return folder;
}

std::unique_ptr<DurableLog> MustOpen(const std::string& folder, DurableLogOptions options = {}) {
  auto log = DurableLog::Open(folder, options);
  EXPECT_TRUE(log.ok()) << log.error().ToString();
  return log.ok() ? std::move(*log) : nullptr;
}

std::string PayloadOf(uint64_t seq) {
  return format("payload {}{}", seq, std::string(seq % 5, '.'));
}

void AppendSome(DurableLog* log, int count) {
  for (int i = 0; i < count; ++i) {
    uint64_t seq = log->next_seq();
    ASSERT_EQ(log->Append(PayloadOf(seq), int64_t(seq) * 1000, 7, seq % 2 == 0).value(), seq);
  }
  ASSERT_TRUE(log->Sync(log->next_seq() - 1).ok());
}

// Sequence number → payload of all that can be read; every record must be as AppendSome wrote it.
Result<uint64_t> CountGenuine(const DurableLog& log, uint64_t from = 1) {
  uint64_t count = 0;
  TRY(log.Read(from, [&](const LogRecord& record) -> Result<> {
    EXPECT_EQ(record.seq, from + count);
    EXPECT_EQ(record.payload, PayloadOf(record.seq));
    EXPECT_EQ(record.time_us, int64_t(record.seq) * 1000);
    EXPECT_EQ(record.key_id, 7u);
    EXPECT_EQ(record.sealed, record.seq % 2 == 0);
    ++count;
    return {};
  }));
  return count;
}

// One small segment of `count` records: its bytes, and where each record ends.
struct Sample {
  std::string bytes;
  std::vector<size_t> ends;  // ends[0] = end of the segment header
  size_t RecordsWithin(size_t size) const {
    size_t whole = 0;
    while (whole + 1 < ends.size() && ends[whole + 1] <= size) ++whole;
    return whole;
  }
};

Sample MakeSample(const std::string& folder, bool chained, int count) {
  AppendSome(MustOpen(folder, {.chained = chained}).get(), count);
  Sample sample{*base::ReadFile(folder + "/" + SegmentName(1)), {68}};
  for (int seq = 1; seq <= count; ++seq) {
    size_t record = 32 + (chained ? 32 : 0) + PayloadOf(uint64_t(seq)).size();
    sample.ends.push_back(sample.ends.back() + record);
  }
  EXPECT_EQ(sample.ends.back(), sample.bytes.size());
  return sample;
}

void Place(const std::string& folder, std::string_view bytes) {
  ASSERT_TRUE(base::RemoveTree(folder).ok());
  ASSERT_TRUE(base::MakeFolders(folder).ok());
  ASSERT_TRUE(
      base::WriteFileAtomically(folder + "/" + SegmentName(1), bytes, {.sync = false}).ok());
}

class DurableLogDamage : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(PlainAndChained, DurableLogDamage, testing::Bool());

TEST_P(DurableLogDamage, CutAtAnyByteKeepsEveryWholeRecordAndGoesOn) {
  std::string folder = testing::TempDir() + format("codman_cut_{}_{}", getpid(), GetParam());
  Place(folder, "");
  ASSERT_TRUE(base::RemoveTree(folder).ok());
  Sample sample = MakeSample(folder, GetParam(), 3);
  for (size_t cut = 0; cut <= sample.bytes.size(); ++cut) {
    SCOPED_TRACE(format("cut at byte {}", cut));
    Place(folder, std::string_view(sample.bytes).substr(0, cut));
    size_t whole = sample.RecordsWithin(cut);
    auto log = MustOpen(folder, {.chained = GetParam()});
    ASSERT_NE(log, nullptr);
    ASSERT_EQ(log->next_seq(), whole + 1);
    ASSERT_EQ(CountGenuine(*log).value(), whole);
    AppendSome(log.get(), 2);
    ASSERT_EQ(CountGenuine(*log).value(), whole + 2);
    ASSERT_EQ(VerifyLog(folder, GetParam(), {}).value(), whole + 2);
    // Zeros at the end are as good as nothing.
    const std::string cut_bytes = sample.bytes.substr(0, cut);
    const size_t used = cut_bytes.find_last_not_of('\0') + 1;
    if (cut > 68 && used > sample.ends[whole]) {
      auto torn = base::ReadFile(folder + "/" + SegmentName(1) + ".torn");
      ASSERT_TRUE(torn.ok());
      ASSERT_EQ(*torn, sample.bytes.substr(sample.ends[whole], used - sample.ends[whole]));
    }
  }
  ASSERT_TRUE(base::RemoveTree(folder).ok());
}

TEST_P(DurableLogDamage, AFlippedBitAtAnyByteIsNeverReadAsARecord) {
  std::string folder = testing::TempDir() + format("codman_flip_{}_{}", getpid(), GetParam());
  Sample sample = MakeSample(folder, GetParam(), 3);
  for (size_t at = 0; at < sample.bytes.size(); ++at) {
    SCOPED_TRACE(format("flipped byte {}", at));
    std::string bytes = sample.bytes;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8)));
    Place(folder, bytes);
    auto verified = VerifyLog(folder, GetParam(), {});
    ASSERT_FALSE(verified.ok()) << "an altered byte must not pass the verifier";
    EXPECT_THAT(verified.error().ToString(), HasSubstr(SegmentName(1)));
    auto log = DurableLog::Open(folder, {.chained = GetParam()});
    if (at >= sample.ends[2]) {  // the last record: a write cut off looks the same
      ASSERT_TRUE(log.ok()) << log.error().ToString();
      EXPECT_EQ(CountGenuine(**log).value(), 2u);
      continue;
    }
    ASSERT_FALSE(log.ok());
    EXPECT_EQ(log.error().kind(), ErrorKind::kDataQuality);
    EXPECT_THAT(log.error().ToString(), HasSubstr(SegmentName(1)));
    size_t damaged = sample.RecordsWithin(at);
    if (at >= 68) {
      EXPECT_THAT(log.error().ToString(), HasSubstr(format("byte {} ", sample.ends[damaged])));
      EXPECT_THAT(log.error().ToString(), HasSubstr(format("record {})", damaged + 1)));
    }
    EXPECT_EQ(*base::ReadFile(folder + "/" + SegmentName(1)), bytes) << "nothing may be changed";
  }
  ASSERT_TRUE(base::RemoveTree(folder).ok());
}

// Room that a killed process had prepared: the log goes on in it, and gives it back when closed.
TEST_P(DurableLogDamage, GoesOnInTheRoomThatWasPrepared) {
  const std::string folder = testing::TempDir() + format("codman_room_{}", getpid());
  const Sample sample = MakeSample(folder, GetParam(), 3);
  for (size_t room : {1u, 31u, 700u, 100'000u}) {
    SCOPED_TRACE(format("{} bytes", room));
    Place(folder, sample.bytes + std::string(room, '\0'));
    EXPECT_EQ(VerifyLog(folder, GetParam(), {}).value(), 3u);
    auto log = MustOpen(folder, {.chained = GetParam()});
    AppendSome(log.get(), 5);
    EXPECT_EQ(CountGenuine(*log).value(), 8u);
    EXPECT_EQ(VerifyLog(folder, GetParam(), {}).value(), 8u);
    log.reset();
    EXPECT_NE(base::ReadFile(folder + "/" + SegmentName(1))->back(), '\0');
    EXPECT_EQ(base::ListFolder(folder)->size(), 1u) << "nothing was torn";
  }
  ASSERT_TRUE(base::RemoveTree(folder).ok());
}

TEST_P(DurableLogDamage, ManySmallCommitsArePreparedForAndKept) {
  const std::string folder = testing::TempDir() + format("codman_many_{}", getpid());
  ASSERT_TRUE(base::RemoveTree(folder).ok());
  auto log = MustOpen(folder, {.segment_bytes = 200'000, .chained = GetParam()});
  auto on_disk = [&] { return base::ReadFile(folder + "/" + SegmentName(1))->size(); };
  AppendSome(log.get(), 1);
  EXPECT_LT(on_disk(), 1000u) << "a log of one record stays small";
  for (int i = 0; i < 300; ++i) {
    const uint64_t seq = log->Append(std::string(1000, 'x'), 1).value();
    ASSERT_TRUE(log->Sync(seq).ok());
  }
  EXPECT_EQ(VerifyLog(folder, GetParam(), {}).value(), 301u);
  EXPECT_EQ(base::ListFolder(folder)->size(), 2u);
  log.reset();
  EXPECT_EQ(VerifyLog(folder, GetParam(), {}).value(), 301u);
  EXPECT_EQ(MustOpen(folder, {.chained = GetParam()})->next_seq(), 302u);
  ASSERT_TRUE(base::RemoveTree(folder).ok());
}

// An adversary who recomputes the CRC (it has no key) of what he altered, dropped or swapped.
TEST(DurableLog, ChainFindsWhatAFreshChecksumHides) {
  std::string folder = FreshFolder();
  Sample sample = MakeSample(folder, true, 4);
  auto record = [&](size_t seq) {
    return sample.bytes.substr(sample.ends[seq - 1], sample.ends[seq] - sample.ends[seq - 1]);
  };
  std::string head = sample.bytes.substr(0, 68);
  auto with_fresh_crc = [](std::string bytes) {
    uint32_t crc = base::Crc32c(std::string_view(bytes).substr(8));
    bytes.replace(4, 4, reinterpret_cast<const char*>(&crc), 4);
    return bytes;
  };
  std::string altered = record(2), later = record(2), renumbered = record(3);
  altered.back() = '!';
  later[16] ^= 1;     // its time
  renumbered[8] = 2;  // takes the place of record 2
  std::map<std::string, std::string> attacks = {
      {"payload altered", record(1) + with_fresh_crc(altered) + record(3) + record(4)},
      {"time altered", record(1) + with_fresh_crc(later) + record(3) + record(4)},
      {"record dropped", record(1) + record(3) + record(4)},
      {"dropped and renumbered", record(1) + with_fresh_crc(renumbered) + record(4)},
      {"records swapped", record(1) + record(3) + record(2) + record(4)},
      {"last record altered", record(1) + with_fresh_crc(altered)},
      {"first record dropped", record(2) + record(3) + record(4)},
      {"record doubled", record(1) + record(1) + record(2)},
  };
  for (const auto& [name, bytes] : attacks) {
    SCOPED_TRACE(name);
    Place(folder, head + bytes);
    EXPECT_FALSE(VerifyLog(folder, true, {}).ok());
    EXPECT_FALSE(DurableLog::Open(folder, {.chained = true}).ok());
  }
}

TEST(DurableLog, RotatesSegmentsAndVerifiesAcrossThem) {
  std::string folder = FreshFolder();
  DurableLogOptions options{.segment_bytes = 200, .chained = true};
  std::string id;
  {
    auto log = MustOpen(folder, options);
    id = log->id();
    for (int i = 0; i < 12; ++i) AppendSome(log.get(), 2);
  }
  auto names = *base::ListFolder(folder);
  EXPECT_GE(names.size(), 6u);
  EXPECT_EQ(VerifyLog(folder, true, {}).value(), 24u);
  auto log = MustOpen(folder, options);
  EXPECT_EQ(log->id(), id);
  EXPECT_EQ(log->next_seq(), 25u);
  EXPECT_EQ(log->last_time_us(), 24000);
  EXPECT_EQ(CountGenuine(*log).value(), 24u);
  EXPECT_EQ(CountGenuine(*log, 11).value(), 14u);
  AppendSome(log.get(), 2);
  EXPECT_EQ(VerifyLog(folder, true, {}).value(), 26u);

  ASSERT_TRUE(base::RemoveTree(folder + "/" + names[2]).ok());
  auto missing = VerifyLog(folder, true, {});
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(missing.error().ToString(), HasSubstr(names[3]));
}

TEST(DurableLog, DropBeforeDeletesOnlySegmentsThatLieWhollyBelow) {
  std::string folder = FreshFolder();
  auto log = MustOpen(folder, {.segment_bytes = 100});
  for (int i = 0; i < 6; ++i) AppendSome(log.get(), 2);
  for (uint64_t seq : {1u, 2u, 5u, 8u, 12u, 100u}) {
    ASSERT_TRUE(log->DropBefore(seq).ok());
    EXPECT_LE(log->first_seq(), std::max<uint64_t>(1, seq)) << "record " << seq << " must stay";
    EXPECT_EQ(CountGenuine(*log, log->first_seq()).value(), 13 - log->first_seq());
  }
  EXPECT_GT(log->first_seq(), 1u);
  AppendSome(log.get(), 1);
  log.reset();
  EXPECT_EQ(MustOpen(folder)->next_seq(), 14u) << "numbers go on after a drop";
}

TEST(DurableLog, GroupCommitOfEightThreadsKeepsEveryRecordInOrder) {
  std::string folder = FreshFolder();
  constexpr int kThreads = 8, kRecords = 200;
  std::map<uint64_t, std::string> acknowledged;
  std::mutex mutex;
  {
    auto log = MustOpen(folder, {.segment_bytes = 8000, .chained = true});
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kRecords; ++i) {
          std::string payload = format("{}/{}", t, i);
          uint64_t seq = log->Append(payload, 1).value();
          if (i % 4 == 3) {
            EXPECT_TRUE(log->Sync(seq).ok());
          }
          std::lock_guard lock(mutex);
          EXPECT_TRUE(acknowledged.emplace(seq, payload).second);
        }
      });
    }
    for (auto& thread : threads) thread.join();
    ASSERT_TRUE(log->Sync(log->next_seq() - 1).ok());
  }
  std::map<uint64_t, std::string> read;
  std::vector<int> next_of(kThreads, 0);
  auto log = MustOpen(folder, {.segment_bytes = 8000, .chained = true});
  ASSERT_TRUE(log->Read(1,
                        [&](const LogRecord& record) -> Result<> {
                          EXPECT_EQ(record.seq, read.size() + 1) << "no gap, no disorder";
                          auto parts = base::Split(record.payload, '/');
                          auto thread = static_cast<size_t>(*base::ParseInt(parts[0]));
                          EXPECT_EQ(*base::ParseInt(parts[1]), next_of[thread]++);
                          read.emplace(record.seq, record.payload);
                          return {};
                        })
                  .ok());
  EXPECT_EQ(read.size(), size_t(kThreads * kRecords));
  EXPECT_EQ(read, acknowledged);
  EXPECT_EQ(VerifyLog(folder, true, {}).value(), uint64_t(kThreads * kRecords));
}

TEST(DurableLog, GivesOnlyDurableRecordsAndStopsWithTheSinksError) {
  std::string folder = FreshFolder();
  auto log = MustOpen(folder);
  AppendSome(log.get(), 3);
  ASSERT_TRUE(log->Append("not synced", 4000, 7).ok());
  EXPECT_EQ(CountGenuine(*log).value(), 3u);
  EXPECT_EQ(log->Sync(99).error().kind(), ErrorKind::kInternal);
  int seen = 0;
  auto stopped = log->Read(1, [&](const LogRecord&) -> Result<> {
    if (++seen == 2) return base::NotFound("enough");
    return {};
  });
  EXPECT_EQ(stopped.error().message(), "enough");
  EXPECT_EQ(seen, 2);
}

TEST(DurableLog, KeepsEmptyAndBinaryPayloadsAndRefusesTooLargeOnes) {
  std::string folder = FreshFolder();
  std::string binary("\0CDMLOG1\n\xff\0", 11);
  auto log = MustOpen(folder, {.chained = true});
  ASSERT_TRUE(log->Append("", -1).ok());
  ASSERT_TRUE(log->Append(binary, INT64_MAX, UINT32_MAX, true).ok());
  EXPECT_EQ(log->Append(std::string((128u << 20) + 1, 'x'), 0).error().kind(),
            ErrorKind::kInvalidInput);
  ASSERT_TRUE(log->Sync(2).ok());
  std::vector<std::string> payloads;
  ASSERT_TRUE(log->Read(1,
                        [&](const LogRecord& record) -> Result<> {
                          payloads.emplace_back(record.payload);
                          EXPECT_EQ(record.time_us, record.seq == 1 ? -1 : INT64_MAX);
                          EXPECT_EQ(record.key_id, record.seq == 1 ? 0 : UINT32_MAX);
                          return {};
                        })
                  .ok());
  EXPECT_THAT(payloads, testing::ElementsAre("", binary));
}

}  // namespace
}  // namespace codman::storage
