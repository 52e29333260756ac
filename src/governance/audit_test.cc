#include "governance/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/file.h"
#include "base/text.h"

// Expected values by hand from audit.h; the layout of a segment from durable_log.h.
namespace codman::governance {
namespace {

using testing::HasSubstr;

constexpr char kSegment[] = "/00000000000000000001.log";

class AuditTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::RemoveTree(home_).ok());
    secrets_ = std::make_unique<Secrets>(Secrets::Open(home_ + "/secrets").value());
    public_key_ = base::Ed25519PublicKey(secrets_->Key("signing_key").value());
    audit_ = Audit::Open(folder_, *secrets_).value();
  }
  void TearDown() override { ASSERT_TRUE(base::RemoveTree(home_).ok()); }
  static AuditRecord Entry(int i) {
    return {.actor = "ada", .action = "read", .object = format("table {}", i), .subject_id = i};
  }
  void Fill(int count) {
    for (int i = 1; i <= count; ++i) ASSERT_EQ(audit_->Record(Entry(i)).value(), uint64_t(i));
  }
  // The records, without the room that is prepared behind them.
  std::string Bytes() {
    std::string bytes = base::ReadFile(folder_ + kSegment).value();
    return bytes.substr(0, bytes.find_last_not_of('\0') + 1);
  }
  void Rewrite(const std::string& bytes) {
    ASSERT_TRUE(base::WriteFileAtomically(folder_ + kSegment, bytes, {.sync = false}).ok());
  }
  // Where each record begins, and the end: header 68, record 32 + chain 32 + payload.
  static std::vector<size_t> Starts(const std::string& bytes) {
    std::vector<size_t> starts = {68};
    while (starts.back() < bytes.size()) {
      uint32_t payload = 0;
      memcpy(&payload, bytes.data() + starts.back(), 4);
      starts.push_back(starts.back() + 64 + payload);
    }
    return starts;
  }

  std::string home_ = format("{}codman_audit_{}", testing::TempDir(), getpid());
  std::string folder_ = home_ + "/audit";
  std::unique_ptr<Secrets> secrets_;
  std::string public_key_;
  std::unique_ptr<Audit> audit_;
};

TEST_F(AuditTest, ReadsBackWhatWasRecordedAndVerifies) {
  Fill(3);
  audit_.reset();
  audit_ = Audit::Open(folder_, *secrets_).value();
  EXPECT_EQ(audit_->Record(Entry(4)).value(), 4u);
  uint64_t seen = 0;
  ASSERT_TRUE(audit_
                  ->Read(1,
                         [&](const Audit::Entry& entry) -> Result<> {
                           EXPECT_EQ(entry.seq, ++seen);
                           EXPECT_EQ(entry.head["actor"].AsString(), "ada");
                           EXPECT_EQ(entry.head["subject_id"].AsInt(), int64_t(seen));
                           EXPECT_EQ(entry.head.Find("reason"), nullptr);
                           EXPECT_EQ(entry.payload, "");
                           return {};
                         })
                  .ok());
  EXPECT_EQ(seen, 4u);
  ASSERT_TRUE(audit_->WriteCheckpoint().ok());
  auto verdict = VerifyAudit(folder_, public_key_);
  ASSERT_TRUE(verdict.ok()) << verdict.error().ToString();
  EXPECT_EQ(verdict->records, 4u);
  EXPECT_EQ(verdict->checkpoints, 1u);
  EXPECT_EQ(verdict->head_digest.size(), 64u);
}

TEST_F(AuditTest, AnyAlteredByteIsFound) {
  Fill(3);
  std::string good = Bytes();
  for (size_t at = 0; at < good.size(); at += 3) {
    std::string bad = good;
    bad[at] ^= 0x10;
    Rewrite(bad);
    EXPECT_FALSE(VerifyAudit(folder_, public_key_).ok()) << "byte " << at;
  }
  Rewrite(good);
  EXPECT_TRUE(VerifyAudit(folder_, public_key_).ok());
}

TEST_F(AuditTest, DroppedAndSwappedRecordsAreFound) {
  Fill(4);
  std::string good = Bytes();
  auto starts = Starts(good);
  ASSERT_EQ(starts.size(), 5u);
  auto record = [&](size_t i) { return good.substr(starts[i - 1], starts[i] - starts[i - 1]); };
  std::string head = good.substr(0, 68);
  for (const auto& records : {record(1) + record(2) + record(4), record(2) + record(3) + record(4),
                              record(1) + record(3) + record(2) + record(4),
                              record(1) + record(2) + record(2) + record(3)}) {
    Rewrite(head + records);
    auto verdict = VerifyAudit(folder_, public_key_);
    ASSERT_FALSE(verdict.ok());
    EXPECT_EQ(verdict.error().kind(), ErrorKind::kDataQuality);
    EXPECT_THAT(verdict.error().ToString(), HasSubstr("record "));
  }
}

TEST_F(AuditTest, ACutEndIsFoundByACheckpoint) {
  Fill(3);
  ASSERT_TRUE(audit_->WriteCheckpoint().ok());
  ASSERT_TRUE(audit_->Record(Entry(4)).ok());
  std::string good = Bytes();
  auto starts = Starts(good);
  Rewrite(good.substr(0, starts[3]));
  EXPECT_TRUE(VerifyAudit(folder_, public_key_).ok()) << "what lies behind a checkpoint is open";
  Rewrite(good.substr(0, starts[2]));
  auto verdict = VerifyAudit(folder_, public_key_);
  ASSERT_FALSE(verdict.ok());
  EXPECT_THAT(verdict.error().message(), HasSubstr("the end was cut off"));
}

TEST_F(AuditTest, ARewrittenLogDoesNotFitTheSignedCheckpoint) {
  Fill(2);
  ASSERT_TRUE(audit_->WriteCheckpoint().ok());
  std::string checkpoints = base::ReadFile(folder_ + "/checkpoints.jsonl").value();
  std::string other = home_ + "/rewritten";
  auto rewritten = Audit::Open(other, *secrets_).value();
  for (int i = 7; i < 9; ++i) ASSERT_TRUE(rewritten->Record(Entry(i)).ok());
  ASSERT_TRUE(base::WriteFileAtomically(other + "/checkpoints.jsonl", checkpoints).ok());
  auto verdict = VerifyAudit(other, public_key_);
  ASSERT_FALSE(verdict.ok());
  EXPECT_THAT(verdict.error().message(), HasSubstr("checkpoint at record 2"));
  EXPECT_FALSE(VerifyAudit(folder_, base::Ed25519PublicKey(std::string(32, 'x'))).ok())
      << "a checkpoint of another signer";
}

TEST_F(AuditTest, ALostFirstSegmentIsFound) {
  std::string folder = home_ + "/segments";
  auto log = storage::DurableLog::Open(folder, {.segment_bytes = 100, .chained = true}).value();
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(log->Sync(log->Append("{}\n", 1).value()).ok());
  }
  ASSERT_TRUE(VerifyAudit(folder, public_key_).ok());
  ASSERT_TRUE(base::RemoveTree(folder + kSegment).ok());
  EXPECT_FALSE(VerifyAudit(folder, public_key_).ok());
}

TEST_F(AuditTest, SealedPayloadsAreUnreadableWithoutTheKey) {
  std::string payload = "risk 0.83 of the patient";
  uint64_t seq = audit_->AppendSealed({.actor = "ada", .action = "predict"}, payload).value();
  ASSERT_TRUE(audit_->Sync(seq).ok());
  EXPECT_EQ(Bytes().find("patient"), std::string::npos);
  auto read = [&](const Audit& audit) -> Result<std::string> {
    std::string found;
    TRY(audit.Read(seq, [&](const Audit::Entry& entry) -> Result<> {
      found = entry.payload;
      return {};
    }));
    return found;
  };
  EXPECT_EQ(read(*audit_).value(), payload);
  audit_.reset();
  ASSERT_TRUE(secrets_->WriteFile("audit_key", std::string(64, 'a')).ok());
  EXPECT_FALSE(read(*Audit::Open(folder_, *secrets_).value()).ok());
}

}  // namespace
}  // namespace codman::governance
