// Every bit of a segment flipped and every cut, chained and unchained, in the last segment and in
// earlier ones: what stands before the damage is given as it was written, nothing else ever is.
// Expected values: the records that the test itself wrote, and the layout in durable_log.h.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "storage/durable_log_internal.h"
#include "storage/log_segment_internal.h"

namespace codman::storage {
namespace {

using testing::HasSubstr;

// Payloads that look like parts of a log themselves: magic, zeros, small numbers as in headers.
std::string PayloadOf(uint64_t seq) {
  const std::string kinds[] = {"", "CDMLOG1\n", std::string(40, '\0'), std::string(9, '\x04'),
                               "vital signs"};
  return kinds[seq % 5] + std::string(seq % 3, static_cast<char>(seq));
}
LogRecord RecordOf(uint64_t seq, const std::string& payload) {
  return {seq, int64_t(seq) * 1000, uint32_t(seq % 4), seq % 2 == 0, {}, payload};
}
bool IsGenuine(const LogRecord& record) {
  const std::string payload = PayloadOf(record.seq);
  const LogRecord expected = RecordOf(record.seq, payload);
  return record.payload == payload && record.time_us == expected.time_us &&
         record.key_id == expected.key_id && record.sealed == expected.sealed;
}

// Counts records from `first` on; anything that was never written, or out of order, is a fault.
struct Counter {
  uint64_t first = 1, count = 0;
  std::function<Result<>(const LogRecord&)> sink() {
    return [this](const LogRecord& record) -> Result<> {
      EXPECT_EQ(record.seq, first + count);
      EXPECT_TRUE(IsGenuine(record)) << "record " << record.seq;
      ++count;
      return {};
    };
  }
};

struct Segment {
  std::string bytes;
  std::vector<size_t> ends = {kSegmentHeaderBytes};
  uint64_t RecordsBefore(size_t at) const {
    uint64_t whole = 0;
    while (whole + 1 < ends.size() && ends[whole + 1] <= at) ++whole;
    return whole;
  }
};

Segment MakeSegment(bool chained, uint64_t count) {
  Segment segment;
  base::Digest digest{};
  segment.bytes = EncodeSegmentHeader({std::string(16, 'i'), 1, digest});
  for (uint64_t seq = 1; seq <= count; ++seq) {
    const std::string payload = PayloadOf(seq);
    EncodeRecord(RecordOf(seq, payload), chained, &digest, &segment.bytes);
    segment.ends.push_back(segment.bytes.size());
  }
  return segment;
}

class DurableLogEveryBit : public testing::TestWithParam<bool> {
 protected:
  void TearDown() override { ASSERT_TRUE(base::RemoveTree(folder_).ok()); }
  bool chained() const { return GetParam(); }
  std::string folder_ = format("{}codman_bits_{}", testing::TempDir(), getpid());
};
INSTANTIATE_TEST_SUITE_P(PlainAndChained, DurableLogEveryBit, testing::Bool());

TEST_P(DurableLogEveryBit, EveryFlippedBitLeavesWhatStandsBeforeIt) {
  const Segment segment = MakeSegment(chained(), 12);
  const size_t last_record = segment.ends[11];
  for (size_t bit = 0; bit < 8 * segment.bytes.size(); ++bit) {
    SCOPED_TRACE(format("bit {} of byte {}", bit % 8, bit / 8));
    std::string bytes = segment.bytes;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    Counter counter;
    auto scan = ScanSegment("s.log", bytes, chained(), counter.sink());
    ASSERT_EQ(counter.count, segment.RecordsBefore(bit / 8));
    ASSERT_EQ(scan.ok(), bit / 8 >= last_record);
    if (scan.ok()) {
      ASSERT_TRUE(scan->torn());
      ASSERT_EQ(scan->good_bytes, last_record);
    } else {
      ASSERT_EQ(scan.error().kind(), ErrorKind::kDataQuality);
    }
  }
}

TEST_P(DurableLogEveryBit, EveryCutLeavesWhatStandsBeforeIt) {
  const Segment segment = MakeSegment(chained(), 12);
  for (size_t cut = 0; cut <= segment.bytes.size(); ++cut) {
    SCOPED_TRACE(format("cut at byte {}", cut));
    Counter counter;
    auto scan = ScanSegment("s.log", segment.bytes.substr(0, cut), chained(), counter.sink());
    ASSERT_EQ(scan.ok(), cut >= kSegmentHeaderBytes);
    if (!scan.ok()) continue;
    const uint64_t whole = segment.RecordsBefore(cut);
    ASSERT_EQ(counter.count, whole);
    ASSERT_EQ(scan->good_bytes, segment.ends[whole]);
    ASSERT_EQ(scan->torn(), scan->used_bytes > segment.ends[whole]);
  }
}

TEST_P(DurableLogEveryBit, EveryHoleOfZerosLeavesWhatStandsBeforeIt) {
  const Segment segment = MakeSegment(chained(), 12);
  for (size_t begin = kSegmentHeaderBytes; begin < segment.bytes.size(); begin += 3) {
    SCOPED_TRACE(format("hole at byte {}", begin));
    std::string bytes = segment.bytes;
    const size_t count = std::min<size_t>(64, bytes.size() - begin);
    std::fill_n(bytes.begin() + static_cast<ptrdiff_t>(begin), count, '\0');
    if (bytes == segment.bytes) continue;
    const auto first_changed = static_cast<size_t>(
        std::mismatch(bytes.begin(), bytes.end(), segment.bytes.begin()).first - bytes.begin());
    Counter counter;
    auto scan = ScanSegment("s.log", bytes, chained(), counter.sink());
    ASSERT_EQ(counter.count, segment.RecordsBefore(first_changed));
    // A hole up to the end cannot be told from room that was never used.
    if (!scan.ok()) continue;
    ASSERT_TRUE(scan->torn() || begin + count == bytes.size());
  }
}

// Two batches whose fsync returned and one that was cut off by a power failure: of its sectors any
// may be on the disk. None of the durable records may be lost, the rest is a torn tail; but a hole
// in what was durable is damage.
TEST_P(DurableLogEveryBit, AnySectorsOfAnUnfinishedBatchMayLack) {
  constexpr size_t kSector = 512;
  Segment segment;
  base::Digest digest{};
  segment.bytes = EncodeSegmentHeader({std::string(16, 'i'), 1, digest});
  const std::string payload(400, 'x');
  for (uint64_t seq = 1; seq <= 9; ++seq) {
    const LogRecord record{seq, 1, 0, false, {}, payload};
    EncodeRecord(record, chained(), &digest, &segment.bytes, seq % 3 == 1);
    segment.ends.push_back(segment.bytes.size());
  }
  const size_t durable = segment.ends[6];
  segment.bytes.resize(segment.bytes.size() + 2 * kSector, '\0');
  const size_t first = durable / kSector, last = segment.ends[9] / kSector;
  for (size_t lost = 1; lost < size_t{1} << (last - first + 1); ++lost) {
    std::string bytes = segment.bytes;
    for (size_t sector = first; sector <= last; ++sector) {
      if ((lost >> (sector - first) & 1) == 0) continue;
      for (size_t at = std::max(durable, sector * kSector); at < (sector + 1) * kSector; ++at)
        bytes[at] = '\0';
    }
    auto scan = ScanSegment("s.log", bytes, chained(), {});
    ASSERT_TRUE(scan.ok()) << format("sectors {:b}: ", lost) << scan.error().ToString();
    ASSERT_GE(scan->next_seq, 7u);
    ASSERT_LT(scan->next_seq, 10u);
  }
  for (size_t sector = 1; sector < first; ++sector) {
    std::string bytes = segment.bytes;
    std::fill_n(bytes.begin() + static_cast<ptrdiff_t>(sector * kSector), kSector, '\0');
    ASSERT_FALSE(ScanSegment("s.log", bytes, chained(), {}).ok()) << "sector " << sector;
  }
}

// Three segments on the disk; the log opens by its last one, so damage in the first shows where it
// is read.
class DurableLogEarlierSegment : public DurableLogEveryBit {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::RemoveTree(folder_).ok());
    auto log = DurableLog::Open(folder_, options()).value();
    while (ListSegments(folder_)->size() < 3) {
      const uint64_t seq = log->next_seq();
      const std::string payload = PayloadOf(seq);
      const LogRecord record = RecordOf(seq, payload);
      ASSERT_TRUE(log->Append(payload, record.time_us, record.key_id, record.sealed).ok());
      ASSERT_TRUE(log->Sync(seq).ok());
    }
    segments_ = ListSegments(folder_).value();
    num_records_ = log->next_seq() - 1;
    bytes_ = base::ReadFile(Path(0)).value();
  }
  DurableLogOptions options() const { return {.segment_bytes = 300, .chained = chained()}; }
  std::string Path(size_t i) const { return folder_ + "/" + segments_[i].name; }
  void Place(const std::string& bytes) {
    ASSERT_TRUE(base::WriteFileAtomically(Path(0), bytes, {.sync = false}).ok());
  }
  // Opens, gives genuine records up to the damage, names the segment; later ones can still be had.
  void ExpectFound(uint64_t before) {
    auto log = DurableLog::Open(folder_, options());
    ASSERT_TRUE(log.ok()) << log.error().ToString();
    ASSERT_EQ((*log)->next_seq(), num_records_ + 1);
    Counter all, later{segments_[1].first_seq};
    auto read = (*log)->Read(1, all.sink());
    ASSERT_FALSE(read.ok()) << "a gap must not be passed over";
    ASSERT_EQ(read.error().kind(), ErrorKind::kDataQuality);
    ASSERT_THAT(read.error().ToString(), HasSubstr(segments_[0].name));
    ASSERT_EQ(all.count, before);
    ASSERT_TRUE((*log)->Read(later.first, later.sink()).ok());
    ASSERT_EQ(later.count, num_records_ + 1 - later.first);
  }
  void ExpectNotVerified(uint64_t before) {
    Counter counter;
    auto verified = VerifyLog(folder_, chained(), counter.sink());
    ASSERT_FALSE(verified.ok());
    ASSERT_THAT(verified.error().ToString(), HasSubstr(segments_[0].name));
    ASSERT_EQ(counter.count, before);
  }
  uint64_t RecordsBefore(size_t at) {
    return MakeSegment(chained(), segments_[1].first_seq - 1).RecordsBefore(at);
  }

  std::vector<SegmentFile> segments_;
  uint64_t num_records_ = 0;
  std::string bytes_;
};
INSTANTIATE_TEST_SUITE_P(PlainAndChained, DurableLogEarlierSegment, testing::Bool());

TEST_P(DurableLogEarlierSegment, AFlippedBitAtAnyByteIsFoundWhereItIsRead) {
  for (size_t at = 0; at < bytes_.size(); ++at) {
    SCOPED_TRACE(format("byte {}", at));
    std::string bytes = bytes_;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8)));
    Place(bytes);
    ExpectFound(RecordsBefore(at));
    // A tail that is no record costs the verifier 50 ms of patience each time.
    if (at % 5 == 0) ExpectNotVerified(RecordsBefore(at));
  }
}

TEST_P(DurableLogEarlierSegment, ACutAtAnyByteIsFoundWhereItIsRead) {
  for (size_t cut = 0; cut < bytes_.size(); ++cut) {
    SCOPED_TRACE(format("cut at byte {}", cut));
    Place(bytes_.substr(0, cut));
    ExpectFound(RecordsBefore(cut));
  }
}

TEST_P(DurableLogEarlierSegment, AMissingOrExchangedSegmentIsFound) {
  const std::string second = base::ReadFile(Path(1)).value();
  Place(second);
  auto log = DurableLog::Open(folder_, options()).value();
  Counter counter;
  EXPECT_FALSE(log->Read(segments_[1].first_seq - 1, counter.sink()).ok());
  ASSERT_TRUE(base::RemoveTree(Path(0)).ok());
  Counter missing;
  EXPECT_FALSE(log->Read(1, missing.sink()).ok());
  EXPECT_EQ(missing.count, 0u);
  log.reset();
  ASSERT_TRUE(base::WriteFileAtomically(Path(2), second).ok());
  auto reopened = DurableLog::Open(folder_, options());
  ASSERT_FALSE(reopened.ok()) << "the last segment bears the name of another";
  EXPECT_THAT(reopened.error().ToString(), HasSubstr(segments_[2].name));
}

TEST_P(DurableLogEarlierSegment, OpenedTheOtherWayItIsRefusedAndNotCutOff) {
  const std::string last = base::ReadFile(Path(2)).value();
  auto log = DurableLog::Open(folder_, {.chained = !chained()});
  ASSERT_FALSE(log.ok());
  EXPECT_EQ(log.error().kind(), ErrorKind::kInvalidInput);
  EXPECT_FALSE(VerifyLog(folder_, !chained(), {}).ok());
  EXPECT_EQ(base::ReadFile(Path(2)).value(), last);
  EXPECT_EQ(DurableLog::Open(folder_, options()).value()->next_seq(), num_records_ + 1);
}

}  // namespace
}  // namespace codman::storage
