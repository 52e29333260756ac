#include "training/run_record.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

// Expected values by hand from run_record.h and data-model.md 5 (status, times, config, results,
// error).
namespace codman::training {
namespace {

class RunRecordTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(base::MakeFolders(home_).ok());
    database_ = storage::OpenSqlite(home_ + "/codman.db").value();
    auto secrets = governance::Secrets::Open(home_ + "/secrets").value();
    registry_ = registry::Registry::Open(database_.get(), home_ + "/models", secrets).value();
    place_.registry = registry_.get();
    task_.name = "sepsis";
    task_.seed = 7;
    variant_.name = "signals";
    variant_.learner = "gbdt";
    variant_.settings = Json::Object({{"trees", 80}});
    source_.name = "synthetic";
    request_ = {.task = &task_, .variant = &variant_, .source = &source_, .actor = "ada"};
  }
  void TearDown() override { ASSERT_TRUE(base::RemoveTree(home_).ok()); }
  registry::TrainingJob Only() {
    auto jobs = registry_->jobs().List({}).value();
    CHECK(jobs.size() == 1);
    return jobs[0];
  }

  std::string home_ = format("{}codman_run_record_{}", testing::TempDir(), getpid());
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<registry::Registry> registry_;
  registry::Task task_;
  registry::TaskVariant variant_;
  events::SourceMapping source_;
  TrainingPlace place_;
  TrainingRequest request_;
};

TEST_F(RunRecordTest, ARunThatEndsWellKeepsWhatWasAskedAndWhatCameOfIt) {
  auto result = RecordJob(place_, request_, {}, [&](int64_t job) -> Result<JobOutcome> {
    EXPECT_EQ(job, Only().id);
    EXPECT_EQ(Only().status, "running") << "the row is there while it trains";
    TrainingResult trained;
    trained.version.version = "signals-1";
    trained.version.metrics = Json::Object({{"auroc", 0.8}});
    trained.report = Json::Object({{"rows", 100}, {"subjects", 10}, {"events", 3}});
    return JobOutcome{"signals-1", ResultsOf(trained)};
  });
  ASSERT_TRUE(result.ok());
  auto job = Only();
  EXPECT_EQ(job.status, "done");
  EXPECT_EQ(job.version, "signals-1");
  EXPECT_EQ(job.config["learner"].AsString(), "gbdt");
  EXPECT_EQ(job.config["settings"]["trees"].AsInt(), 80);
  EXPECT_EQ(job.config["seed"].AsInt(), 7);
  EXPECT_EQ(job.results["metrics"]["auroc"].AsDouble(), 0.8);
  EXPECT_EQ(job.results["subjects"].AsInt(), 10);
  EXPECT_EQ(job.kind, "train");
}

TEST_F(RunRecordTest, ARunThatOnlyJudgesKeepsHowAndItsFigures) {
  JobPurpose folds{.kind = "folds", .options = Json::Object({{"folds", 5}})};
  auto result = RecordJob(place_, request_, folds, [](int64_t) -> Result<JobOutcome> {
    Json report = Json::Object({{"rows", 100}, {"ablation", Json::Array({Json(1)})}});
    report.Set("learning_curve", Json::Object({{"measure", "auroc"}}));
    report.Set("discrimination", Json::Object({{"auroc", 0.75}, {"auroc_low", 0.7}}));
    return JobOutcome{"", ResultsOf(report)};
  });
  ASSERT_TRUE(result.ok());
  auto job = Only();
  EXPECT_EQ(job.kind, "folds");
  EXPECT_EQ(job.status, "done");
  EXPECT_EQ(job.version, "");
  EXPECT_EQ(job.config["folds"].AsInt(), 5);
  EXPECT_EQ(job.config["learner"].AsString(), "gbdt");
  EXPECT_EQ(job.results["metrics"].ToString(), R"({"auroc":0.75})");
  EXPECT_EQ(job.results["ablation"].size(), 1u);
  EXPECT_EQ(job.results["learning_curve"]["measure"].AsString(), "auroc");
}

TEST_F(RunRecordTest, ARunThatFailsKeepsItsErrorAndGivesIt) {
  request_.learner = "logistic";
  auto result = RecordJob(place_, request_, {}, [](int64_t) -> Result<JobOutcome> {
    return base::DataQuality("the leakage audit refuses");
  });
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind(), ErrorKind::kDataQuality);
  auto job = Only();
  EXPECT_EQ(job.status, "failed");
  EXPECT_EQ(job.error, "the leakage audit refuses");
  EXPECT_EQ(job.version, "");
  EXPECT_EQ(job.config["learner"].AsString(), "logistic");
  EXPECT_TRUE(job.config["settings"].is_null()) << "settings belong to their learner";
}

}  // namespace
}  // namespace codman::training
