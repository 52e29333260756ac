#include "registry/training_jobs.h"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include "registry/registry_testing.h"

// Expected values by hand from training_jobs.h.
namespace codman::registry {
namespace {

TrainingJob Asked(const std::string& task = "sepsis", int trees = 100) {
  TrainingJob job{.task = task, .variant = "process", .source = "synthetic", .actor = "ada"};
  job.config = Json::Object({{"learner", "gbdt"}, {"settings", Json::Object({{"trees", trees}})}});
  return job;
}

TEST_F(RegistryTest, ARunIsSeenFromItsStart) {
  const auto& jobs = registry_->jobs();
  int64_t id = jobs.Begin(Asked()).value();
  auto running = jobs.Get(id).value();
  EXPECT_EQ(running.status, "running");
  EXPECT_EQ(running.actor, "ada");
  EXPECT_EQ(running.config["settings"]["trees"].AsInt(), 100);
  EXPECT_TRUE(running.results.is_null());
  ASSERT_TRUE(
      jobs.Complete(id, "process-1", Json::Object({{"metrics", Json::Object({{"auroc", 0.8}})}}))
          .ok());
  auto done = jobs.Get(id).value();
  EXPECT_EQ(done.status, "done");
  EXPECT_EQ(done.version, "process-1");
  EXPECT_GE(done.ended_at, done.started_at);
  EXPECT_EQ(done.results["metrics"]["auroc"].AsDouble(), 0.8);
}

TEST_F(RegistryTest, AFailedRunKeepsItsError) {
  const auto& jobs = registry_->jobs();
  int64_t id = jobs.Begin(Asked()).value();
  ASSERT_TRUE(jobs.Fail(id, base::DataQuality("too few patients").While("judging")).ok());
  auto failed = jobs.Get(id).value();
  EXPECT_EQ(failed.status, "failed");
  EXPECT_EQ(failed.error, "too few patients, while judging");
  EXPECT_NE(failed.ended_at, "");
}

TEST_F(RegistryTest, LooksAtTheSameHeldOutPatientsAreCounted) {
  const auto& jobs = registry_->jobs();
  auto look = [&](const TrainingJob& asked, const char* held_out) {
    int64_t id = jobs.Begin(asked).value();
    int64_t found = jobs.CountLook(id, held_out).value();
    EXPECT_EQ(jobs.Get(id).value().held_out_look, found);
    return found;
  };
  TrainingJob other_variant = Asked(), elsewhere = Asked();
  other_variant.variant = "signals";
  elsewhere.source = "physionet2019";
  EXPECT_EQ(look(Asked(), "rows"), 1);
  EXPECT_EQ(look(other_variant, "rows"), 2) << "another variant sees the same patients";
  EXPECT_EQ(look(Asked(), "more rows"), 1);
  EXPECT_EQ(look(elsewhere, "rows"), 1);
  EXPECT_EQ(look(Asked("cost"), "rows"), 1);
  ASSERT_TRUE(jobs.Fail(2, base::DataQuality("refused after it was judged")).ok());
  EXPECT_EQ(look(Asked(), "rows"), 3) << "a look that led to nothing was one";
  EXPECT_EQ(jobs.CountLook(6, "rows").value(), 3) << "a run counts once";
  EXPECT_FALSE(jobs.CountLook(99, "rows").ok());
  EXPECT_EQ(jobs.Get(jobs.Begin(Asked()).value()).value().held_out_look, 0);
}

TEST_F(RegistryTest, RunsAreListedNewestFirstByTaskAndStatus) {
  const auto& jobs = registry_->jobs();
  for (const char* task : {"sepsis", "cost", "sepsis", "sepsis"})
    ASSERT_TRUE(jobs.Begin(Asked(task)).ok());
  ASSERT_TRUE(jobs.Fail(3, base::Internal("x")).ok());
  auto ids = [&](const TrainingJobFilter& filter) {
    std::vector<int64_t> found;
    auto list = jobs.List(filter).value();
    for (const auto& job : list) found.push_back(job.id);
    return found;
  };
  EXPECT_THAT(ids({}), testing::ElementsAre(4, 3, 2, 1));
  EXPECT_THAT(ids({.task = "sepsis"}), testing::ElementsAre(4, 3, 1));
  EXPECT_THAT(ids({.task = "sepsis", .status = "running"}), testing::ElementsAre(4, 1));
  EXPECT_THAT(ids({.limit = 1, .offset = 1}), testing::ElementsAre(3));
  TrainingJob judged = Asked("cost");
  judged.variant = "insurance";
  judged.kind = "folds";
  ASSERT_TRUE(jobs.Begin(judged).ok());
  EXPECT_EQ(jobs.Get(5).value().kind, "folds");
  EXPECT_EQ(jobs.Get(4).value().kind, "train") << "unless it says otherwise";
  EXPECT_THAT(ids({.variant = "insurance"}), testing::ElementsAre(5));
  EXPECT_THAT(ids({.task = "cost", .kind = "train"}), testing::ElementsAre(2));
  EXPECT_EQ(jobs.Count({.task = "sepsis", .limit = 1}).value(), 3);
  EXPECT_EQ(jobs.Get(6).error().kind(), ErrorKind::kNotFound);
}

TEST_F(RegistryTest, ARunWhoseProcessWasKilledIsInterrupted) {
  registry_.reset();
  database_.reset();
  pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Open();
    _exit(registry_->jobs().Begin(Asked()).ok() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  Open();
  int64_t mine = registry_->jobs().Begin(Asked()).value();
  auto database = storage::OpenSqlite(home_ + "/codman.db").value();
  ASSERT_TRUE(TrainingJobs(database.get()).CloseInterrupted().ok());
  EXPECT_EQ(registry_->jobs().Get(1).value().status, "interrupted");
  EXPECT_EQ(registry_->jobs().Get(mine).value().status, "running");
}

TEST_F(RegistryTest, TwoRunsAreComparedByWhatDiffers) {
  TrainingJob a = Asked("sepsis", 100), b = Asked("sepsis", 300);
  a.results = Json::Object({{"metrics", Json::Object({{"auroc", 0.75}})}});
  b.results = Json::Object({{"metrics", Json::Object({{"auroc", 0.8125}, {"utility", 0.4}})}});
  Json found = CompareRuns(a, b);
  EXPECT_EQ(found["config"].ToString(), R"([{"name":"settings.trees","a":100,"b":300}])");
  EXPECT_EQ(found["metrics"].ToString(),
            R"([{"name":"auroc","a":0.75,"b":0.8125,"difference":0.0625},)"
            R"({"name":"utility","a":null,"b":0.4,"difference":null}])");
}

// A home of the program before runs were recorded: migration 1 only, with a model in service.
TEST(RegistryMigration, AnOlderHomeOpens) {
  std::string home = format("{}codman_older_home_{}", testing::TempDir(), getpid());
  ASSERT_TRUE(base::MakeFolders(home).ok());
  auto database = storage::OpenSqlite(home + "/codman.db").value();
  auto secrets = governance::Secrets::Open(home + "/secrets").value();
  { auto made = Registry::Open(database.get(), home + "/models", secrets).value(); }
  for (const char* sql :
       {"drop table approvals", "alter table model_versions drop column fixture",
        "alter table training_jobs drop column version",
        "alter table training_jobs drop column actor",
        "alter table training_jobs drop column process",
        "alter table training_jobs drop column held_out",
        "alter table training_jobs drop column held_out_look",
        "alter table training_jobs drop column kind",
        R"(insert into model_versions values ('sepsis', 'process', 'process-1', 'champion', 's',
           '2026-11-01T00:00:00Z', 'ada', 'p', 'h', 0, '{}', '{}'))",
        "delete from schema_migrations where room = 'registry' and number >= 2"}) {
    auto done = database->Execute(sql);
    ASSERT_TRUE(done.ok()) << sql << done.error().ToString();
  }
  auto opened = Registry::Open(database.get(), home + "/models", secrets);
  ASSERT_TRUE(opened.ok()) << opened.error().ToString();
  EXPECT_FALSE((*opened)->Champion("sepsis", "process").value()->fixture);
  EXPECT_TRUE((*opened)->jobs().Begin(Asked()).ok());
  ASSERT_TRUE(base::RemoveTree(home).ok());
}

}  // namespace
}  // namespace codman::registry
