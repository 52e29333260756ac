#include "serving/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <future>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

// Expected values by hand from journal.h and journal_index.h.
namespace codman::serving {
namespace {

using testing::ElementsAre;

constexpr int64_t kStartUs = 1'700'000'000 * base::kSecondUs;

class JournalTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::RemoveTree(home_).ok());
    ASSERT_TRUE(base::MakeFolders(home_).ok());
    Open();
  }
  void TearDown() override {
    Close();
    ASSERT_TRUE(base::RemoveTree(home_).ok());
  }
  void Close() {
    journal_.reset();
    audit_.reset();
    database_.reset();
  }
  void Open() {
    Close();
    auto secrets = governance::Secrets::Open(home_ + "/secrets").value();
    database_ = storage::OpenSqlite(home_ + "/codman.db").value();
    audit_ = governance::Audit::Open(home_ + "/audit", secrets).value();
    journal_ = Journal::Open(audit_.get(), database_.get()).value();
  }
  static std::string AnswerOf(const std::string& id) {
    return R"({"id":")" + id + R"(","risk":0.25})";
  }
  static JournalRecord RecordOf(std::string_view id) {
    return {.id = id,
            .time_us = kStartUs,
            .audit_line = R"({"actor":"ada","action":"predict"})",
            .answer = "{}",
            .task = "sepsis",
            .variant = "process",
            .version = "process-1",
            .band = "low",
            .risk = 0.25};
  }
  void Append(const std::string& id) {
    std::string answer = AnswerOf(id);
    JournalRecord record = RecordOf(id);
    record.answer = answer;
    AppendAndWait(record);
  }
  void AppendAndWait(const JournalRecord& record) {
    std::promise<bool> committed;
    journal_->WhenDurable(journal_->Append(record).value(),
                          [&](const Result<>& done) { committed.set_value(done.ok()); });
    ASSERT_TRUE(committed.get_future().get());
  }
  // A journal record of the form before journal_payload_internal.h.
  void AppendAsDocument(const std::string& id) {
    Json answer = Json::Object({{"id", id},
                                {"task", "sepsis"},
                                {"variant", "process"},
                                {"risk", 0.5},
                                {"band", "high"},
                                {"alert", true},
                                {"model", Json::Object({{"version", "process-1"}})},
                                {"predicted_at", "2023-11-14T22:13:20Z"}});
    Json document = Json::Object({{"answer", answer},
                                  {"vector", Json::Array(std::vector<double>{1.0})},
                                  {"model_manifest", "m"}});
    uint64_t seq = audit_->AppendSealed({.actor = "eve"}, document.ToString()).value();
    ASSERT_TRUE(audit_->Sync(seq).ok());
  }
  std::vector<std::string> Search(const PredictionFilter& filter) {
    auto found = journal_->Search(filter);
    EXPECT_TRUE(found.ok()) << found.error().ToString();
    std::vector<std::string> ids;
    for (const auto& row : *found) ids.push_back(row.id);
    return ids;
  }
  std::string home_ = format("{}codman_journal_{}", testing::TempDir(), getpid());
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<governance::Audit> audit_;
  std::unique_ptr<Journal> journal_;
};

TEST_F(JournalTest, FindsWhatWasAppendedAlsoAfterReopening) {
  for (const char* id : {"p1", "p2", "p3", "p4"}) Append(id);
  ASSERT_TRUE(journal_->Note({.actor = "eve", .action = "login"}).ok());
  for (bool reopened : {false, true}) {
    SCOPED_TRACE(reopened ? "reopened" : "at once");
    if (reopened) Open();
    auto found = journal_->Find("p2");
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->answer, AnswerOf("p2"));
    EXPECT_EQ(found->document["answer"]["risk"].AsDouble(), 0.25);
    EXPECT_EQ(found->head["actor"].AsString(), "ada");
    EXPECT_EQ(found->time_us, kStartUs);
    EXPECT_EQ(journal_->Find("p9").error().kind(), ErrorKind::kNotFound);
    EXPECT_THAT(Search({.limit = 10}), ElementsAre("p4", "p3", "p2", "p1"));
    EXPECT_THAT(Search({.limit = 2}), ElementsAre("p4", "p3"));
    EXPECT_THAT(Search({.before_id = "p3", .limit = 2}), ElementsAre("p2", "p1"));
    EXPECT_THAT(Search({.before_id = "p1", .limit = 2}), ElementsAre());
    EXPECT_THAT(Search({.before_id = "p9", .limit = 2}), ElementsAre());
    EXPECT_EQ(journal_->total().value(), 4);
    EXPECT_EQ(journal_->since(kStartUs).value(), 4);
    EXPECT_EQ(journal_->since(kStartUs + 1).value(), 0);
    EXPECT_TRUE(journal_->last_commit().ok());
  }
}

TEST_F(JournalTest, SearchesByEveryFilter) {
  for (int i = 0; i < 40; ++i) {
    std::string id = format("{:02x}", i), answer = AnswerOf(id);
    JournalRecord record = RecordOf(id);
    record.answer = answer;
    record.time_us = kStartUs + i;
    if (i % 2 == 0) record.task = "mortality";
    if (i % 4 == 0) record.variant = "signals";
    if (i % 5 == 0) record.version = "process-2";
    if (i % 8 == 0) record.band = "critical";
    record.alert = i % 10 == 0;
    ASSERT_TRUE(journal_->Append(record).ok());
  }
  Append("last");
  EXPECT_EQ(Search({.task = "mortality"}).size(), 20u);
  EXPECT_EQ(Search({.variant = "signals"}).size(), 10u);
  EXPECT_EQ(Search({.version = "process-2"}).size(), 8u);
  EXPECT_EQ(Search({.band = "critical"}).size(), 5u);
  EXPECT_THAT(Search({.alert = true}), ElementsAre("1e", "14", "0a", "00"));
  EXPECT_EQ(Search({.alert = false}).size(), 37u);
  EXPECT_THAT(Search({.from_us = kStartUs + 5, .until_us = kStartUs + 8}),
              ElementsAre("07", "06", "05"));
  EXPECT_EQ(Search({.id_prefix = "1"}).size(), 16u);
  EXPECT_THAT(Search({.task = "mortality", .band = "critical", .id_prefix = "1"}),
              ElementsAre("18", "10"));
  EXPECT_THAT(Search({.task = "' or 1=1 --"}), ElementsAre());
  EXPECT_EQ(journal_->since(kStartUs + 38).value(), 2);
}

TEST_F(JournalTest, AnswersThatArriveTogetherAreAllCommitted) {
  std::atomic<int> committed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        std::string id = format("{}-{}", t, i), answer = AnswerOf(id);
        JournalRecord record = RecordOf(id);
        record.answer = answer;
        auto appended = journal_->Append(record);
        ASSERT_TRUE(appended.ok());
        journal_->WhenDurable(*appended,
                              [&](const Result<>& done) { committed += done.ok() ? 1 : 0; });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  Open();  // the journal that is closed commits what waits
  EXPECT_EQ(committed, 200);
  EXPECT_EQ(journal_->total().value(), 200);
  for (int t = 0; t < 4; ++t) EXPECT_TRUE(journal_->Find(format("{}-49", t)).ok());
}

TEST_F(JournalTest, TheProducerRunsBeforeItsCommit) {
  std::atomic<int> made = 0, durable = 0;
  journal_->SetProducer([&] {
    std::string id = format("made-{}", made++);
    auto seq = journal_->Append(RecordOf(id));
    ASSERT_TRUE(seq.ok());
    journal_->WhenDurable(*seq, [&](const Result<>& done) { durable += done.ok() ? 1 : 0; });
  });
  for (int i = 0; i < 30; ++i) {
    journal_->Announce();
    std::this_thread::sleep_for(std::chrono::microseconds(i * 50));
  }
  Append("last");  // committed after everything announced before it
  journal_->SetProducer(nullptr);
  EXPECT_GE(made, 1);
  EXPECT_LE(made, 30);
  Open();
  EXPECT_EQ(durable, made);
  EXPECT_EQ(journal_->total().value(), made + 1);
}

// More than is remembered in memory, unsynced while it is dropped, searched in between.
TEST_F(JournalTest, TheIndexFollowsTheLogWhereMemoryDoesNotReach) {
  for (int round = 1; round <= 2; ++round) {
    for (int i = 0; i < 6000; ++i) {
      std::string id = format("{}-{}", round, i);
      ASSERT_TRUE(journal_->Append(RecordOf(id)).ok());
      if (i == 5000) {
        EXPECT_EQ(journal_->total().value(), (round - 1) * 6001);
      }
    }
    Append(format("{}-last", round));
    EXPECT_EQ(journal_->total().value(), round * 6001);
    auto found = journal_->Find(format("{}-0", round));
    ASSERT_TRUE(found.ok()) << found.error().ToString();
    EXPECT_EQ(found->id, format("{}-0", round));
  }
  EXPECT_THAT(Search({.id_prefix = "2-5999"}), ElementsAre("2-5999"));
}

// A server that is killed between a commit and the next search leaves the index behind.
TEST_F(JournalTest, WhatTheIndexMissedIsTakenFromTheLog) {
  Append("p1");
  EXPECT_EQ(journal_->total().value(), 1);
  for (const char* id : {"p2", "p3"}) Append(id);
  Open();
  EXPECT_EQ(journal_->Find("p3")->answer, AnswerOf("p3"));
  EXPECT_EQ(journal_->total().value(), 3);
}

TEST_F(JournalTest, ADeletedIndexIsMadeAnew) {
  for (const char* id : {"p1", "p2"}) Append(id);
  EXPECT_EQ(journal_->total().value(), 2);
  for (const char* statement : {"drop table journal_index", "delete from journal_index"}) {
    ASSERT_TRUE(database_->Execute(statement).ok());
    Open();
    EXPECT_THAT(Search({}), ElementsAre("p2", "p1"));
    EXPECT_EQ(journal_->total().value(), 2);
  }
}

TEST_F(JournalTest, AnIndexOfAnotherLogIsNotTrusted) {
  for (const char* id : {"a1", "a2", "a3"}) Append(id);
  EXPECT_EQ(journal_->total().value(), 3);
  Close();
  ASSERT_TRUE(base::RemoveTree(home_ + "/audit").ok());
  Open();
  EXPECT_EQ(journal_->total().value(), 0) << "the log is empty";
  EXPECT_FALSE(journal_->Find("a1").ok());
  for (const char* id : {"b1", "b2", "b3", "b4"}) Append(id);
  EXPECT_EQ(journal_->total().value(), 4);
  ASSERT_TRUE(database_->Execute("update journal_index set id = 'x' where id = 'b4'").ok());
  Open();
  EXPECT_THAT(Search({}), ElementsAre("b4", "b3", "b2", "b1"));
}

TEST_F(JournalTest, VectorsAndRecordsOfTheOlderFormReadBack) {
  AppendAsDocument("old");
  std::vector<double> vector = {1.5, std::nan(""), -0.0, 1e300};
  std::string answer = AnswerOf("new");
  JournalRecord record = RecordOf("new");
  record.answer = answer;
  record.vector = vector;
  record.manifest_sha256 = "abc";
  AppendAndWait(record);
  auto fresh = journal_->Find("new");
  ASSERT_TRUE(fresh.ok());
  EXPECT_EQ(fresh->document["vector"].ToString(), Json::Array(vector).ToString());
  EXPECT_EQ(fresh->document["model_manifest"].AsString(), "abc");
  auto old = journal_->Find("old");
  ASSERT_TRUE(old.ok());
  EXPECT_EQ(base::ParseJson(old->answer).value()["band"].AsString(), "high");
  EXPECT_EQ(old->document["model_manifest"].AsString(), "m");
  auto rows = journal_->Search({.alert = true}).value();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].id, "old");
  EXPECT_EQ(rows[0].time_us, kStartUs) << "1,700,000,000 s is 2023-11-14T22:13:20Z";
  EXPECT_EQ(rows[0].version, "process-1");
}

TEST_F(JournalTest, SearchesWhilePredictionsAreWritten) {
  std::atomic<bool> stop = false;
  std::atomic<int> written = 0;
  std::thread writer([&] {
    while (!stop) {
      auto seq = journal_->Append(RecordOf(format("w{}", written.load())));
      ASSERT_TRUE(seq.ok());
      std::promise<void> durable;
      journal_->WhenDurable(*seq, [&](const Result<>&) { durable.set_value(); });
      durable.get_future().wait();
      ++written;
    }
  });
  for (int i = 0; i < 50; ++i) {
    int before = written;
    EXPECT_GE(journal_->total().value(), before) << "what was answered is found";
  }
  stop = true;
  writer.join();
  EXPECT_EQ(journal_->total().value(), written);
}

}  // namespace
}  // namespace codman::serving
