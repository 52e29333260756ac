#include "serving/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <future>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

// Expected values by hand from journal.h.
namespace codman::serving {
namespace {

using testing::ElementsAre;

class JournalTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::RemoveTree(home_).ok());
    Open();
  }
  void TearDown() override {
    journal_.reset();
    ASSERT_TRUE(base::RemoveTree(home_).ok());
  }
  void Open() {
    journal_.reset();
    audit_.reset();
    auto secrets = governance::Secrets::Open(home_ + "/secrets").value();
    audit_ = governance::Audit::Open(home_ + "/audit", secrets).value();
    journal_ = Journal::Open(audit_.get()).value();
  }
  static Json Document(const std::string& id) {
    return Json::Object({{"answer", Json::Object({{"id", id}, {"risk", 0.25}})}});
  }
  void Append(const std::string& id) {
    std::promise<bool> committed;
    ASSERT_TRUE(journal_
                    ->Append(id, {.actor = "ada", .action = "predict"}, Document(id),
                             [&](Result<> done) { committed.set_value(done.ok()); })
                    .ok());
    ASSERT_TRUE(committed.get_future().get());
  }
  static std::vector<std::string> IdsOf(const std::vector<JournalEntry>& entries) {
    std::vector<std::string> ids;
    for (const auto& entry : entries) ids.push_back(entry.id);
    return ids;
  }
  std::string home_ = format("{}codman_journal_{}", testing::TempDir(), getpid());
  std::unique_ptr<governance::Audit> audit_;
  std::unique_ptr<Journal> journal_;
};

TEST_F(JournalTest, FindsWhatWasAppendedAlsoAfterReopening) {
  int64_t before = base::NowUs();
  for (const char* id : {"p1", "p2", "p3", "p4"}) Append(id);
  ASSERT_TRUE(journal_->Note({.actor = "eve", .action = "login"}).ok());
  for (bool reopened : {false, true}) {
    SCOPED_TRACE(reopened ? "reopened" : "at once");
    if (reopened) Open();
    auto found = journal_->Find("p2");
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->document.ToString(), Document("p2").ToString());
    EXPECT_EQ(found->head["actor"].AsString(), "ada");
    EXPECT_GE(found->time_us, before);
    EXPECT_LE(found->time_us, base::NowUs());
    EXPECT_EQ(journal_->Find("p9").error().kind(), ErrorKind::kNotFound);
    EXPECT_THAT(IdsOf(*journal_->Search({.limit = 10})), ElementsAre("p4", "p3", "p2", "p1"));
    EXPECT_THAT(IdsOf(*journal_->Search({.limit = 2})), ElementsAre("p4", "p3"));
    EXPECT_THAT(IdsOf(*journal_->Search({.before_id = "p3", .limit = 2})), ElementsAre("p2", "p1"));
    EXPECT_THAT(IdsOf(*journal_->Search({.before_id = "p1", .limit = 2})), ElementsAre());
    EXPECT_EQ(journal_->total(), 4);
    EXPECT_EQ(journal_->since(before), 4);
    EXPECT_EQ(journal_->since(base::NowUs() + base::kHourUs), 0);
  }
}

TEST_F(JournalTest, AnswersThatArriveTogetherAreAllCommitted) {
  std::atomic<int> committed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        std::string id = format("{}-{}", t, i);
        auto appended = journal_->Append(id, {.actor = "ada"}, Document(id),
                                         [&](Result<> done) { committed += done.ok() ? 1 : 0; });
        EXPECT_TRUE(appended.ok());
      }
    });
  }
  for (auto& thread : threads) thread.join();
  Open();  // the journal that is closed commits what waits
  EXPECT_EQ(committed, 200);
  EXPECT_EQ(journal_->total(), 200);
  for (int t = 0; t < 4; ++t) EXPECT_TRUE(journal_->Find(format("{}-49", t)).ok());
}

TEST_F(JournalTest, OldEntriesAreReadFromTheLog) {
  for (int i = 0; i < 2050; ++i) {
    std::string id = std::to_string(i);
    ASSERT_TRUE(journal_->Append(id, {.actor = "ada"}, Document(id), [](Result<>) {}).ok());
  }
  Append("last");
  EXPECT_EQ(journal_->Find("0")->document.ToString(), Document("0").ToString());
  EXPECT_EQ(journal_->total(), 2051);
}

}  // namespace
}  // namespace codman::serving
