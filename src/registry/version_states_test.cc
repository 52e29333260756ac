#include "registry/version_states.h"

#include <gmock/gmock.h>

#include "base/clock.h"
#include "registry/registry_testing.h"

// Expected values by hand from ml.md 6: the states, four eyes, "which version was live at 14:05".
namespace codman::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class VersionStatesTest : public RegistryTest {
 protected:
  // Trained by ada (registry_testing.h).
  void RegisterSamples(int count, const std::string& variant = "process") {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(registry_->Register(Sample(variant)).ok());
  }
  std::string StateOf(const std::string& version) {
    return registry_->Get("sepsis", version).value().state;
  }
};

TEST_F(VersionStatesTest, TwoApprovalsNeedTwoPersonsWhoeverTrainedIt) {
  RegisterSamples(1);
  auto refused = registry_->Activate("sepsis", "process-1", "cai", "now", 2);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind(), ErrorKind::kConflict);
  EXPECT_THAT(refused.error().message(), HasSubstr("nobody yet"));
  ASSERT_TRUE(registry_->Approve("sepsis", "process-1", "ada", "I trained it well", 2).ok());
  for (const char* again : {"ada", " ada "}) {
    EXPECT_EQ(registry_->Approve("sepsis", "process-1", again, "twice", 2).error().kind(),
              ErrorKind::kConflict)
        << "the same person counts once";
  }
  EXPECT_EQ(StateOf("process-1"), "candidate") << "the trainer alone is not enough";
  refused = registry_->Activate("sepsis", "process-1", "ada", "now", 2);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message(), HasSubstr("approved by: ada"));
  ASSERT_TRUE(registry_->Approve("sepsis", "process-1", "bob", "read the report", 2).ok());
  EXPECT_EQ(StateOf("process-1"), "approved");
  ASSERT_TRUE(registry_->Activate("sepsis", "process-1", "cai", "now", 2).ok());
  std::vector<std::string> told;
  auto approvals = registry_->Approvals("sepsis", "process-1").value();
  for (const auto& approval : approvals) told.push_back(approval.actor + ": " + approval.reason);
  EXPECT_THAT(told, ElementsAre("ada: I trained it well", "bob: read the report"));
}

TEST_F(VersionStatesTest, TheNumberOfApprovalsIsThatOfToday) {
  RegisterSamples(1);
  ASSERT_TRUE(registry_->Approve("sepsis", "process-1", "bob", "fine", 1).ok());
  EXPECT_EQ(StateOf("process-1"), "approved");
  EXPECT_FALSE(registry_->Activate("sepsis", "process-1", "bob", "now", 2).ok())
      << "the task asks for two by now";
  ASSERT_TRUE(registry_->Approve("sepsis", "process-1", "cai", "fine too", 2).ok());
  EXPECT_TRUE(registry_->Activate("sepsis", "process-1", "bob", "now", 2).ok());
  EXPECT_EQ(registry_->Approve("sepsis", "process-1", "dee", "late", 2).error().kind(),
            ErrorKind::kConflict);
}

TEST_F(VersionStatesTest, WhereOneApprovalIsEnoughTheReasonOfTheActivationIsIt) {
  RegisterSamples(1);
  EXPECT_EQ(registry_->Approve("sepsis", "process-1", "ada", " \n", 1).error().kind(),
            ErrorKind::kInvalidInput);
  EXPECT_TRUE(registry_->Activate("sepsis", "process-1", "ada", "first", 1).ok());
}

TEST_F(VersionStatesTest, ARollbackNeedsNoNewApproval) {
  RegisterSamples(2);
  ASSERT_TRUE(registry_->Activate("sepsis", "process-1", "ada", "first", 1).ok());
  ASSERT_TRUE(registry_->Activate("sepsis", "process-2", "ada", "second", 1).ok());
  EXPECT_EQ(registry_->Rollback("sepsis", "process", "eve", "alarms").value(), "process-1");
}

TEST_F(VersionStatesTest, AFixtureIsNeverApprovedNorServed) {
  NewModel model = Sample();
  model.fixture = true;
  ASSERT_TRUE(registry_->Register(model).ok());
  Open();
  auto version = registry_->Get("sepsis", "process-1").value();
  EXPECT_TRUE(version.fixture);
  EXPECT_TRUE(registry_->Load(version).ok()) << "tests may use it";
  // Who edits the row does not get past the signed manifest.
  ASSERT_TRUE(database_->Execute("update model_versions set fixture = 0").ok());
  for (const auto& refused : {registry_->Approve("sepsis", "process-1", "ada", "why", 1),
                              registry_->Activate("sepsis", "process-1", "ada", "why", 1),
                              registry_->Challenge("sepsis", "process-1", "ada", "why")}) {
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().message(), HasSubstr("is a fixture"));
  }
}

TEST_F(VersionStatesTest, AChallengerStandsBesideTheChampion) {
  RegisterSamples(3);
  EXPECT_FALSE(registry_->Challenger("sepsis", "process").value().has_value());
  ASSERT_TRUE(registry_->Activate("sepsis", "process-1", "ada", "first", 1).ok());
  EXPECT_EQ(registry_->Challenge("sepsis", "process-1", "ada", "why").error().kind(),
            ErrorKind::kConflict);
  ASSERT_TRUE(registry_->Challenge("sepsis", "process-2", "ada", "in shadow").ok());
  EXPECT_EQ(registry_->Champion("sepsis", "process").value()->version, "process-1");
  EXPECT_EQ(registry_->Challenger("sepsis", "process").value()->version, "process-2");
  ASSERT_TRUE(registry_->Challenge("sepsis", "process-3", "ada", "better").ok());
  EXPECT_EQ(StateOf("process-2"), "retired");
  ASSERT_TRUE(registry_->Activate("sepsis", "process-3", "bob", "it won", 1).ok());
  EXPECT_FALSE(registry_->Challenger("sepsis", "process").value().has_value());
  EXPECT_EQ(StateOf("process-1"), "retired");
}

TEST_F(VersionStatesTest, OnlyWhatIsNotLiveIsRetired) {
  RegisterSamples(2);
  ASSERT_TRUE(registry_->Activate("sepsis", "process-1", "ada", "first", 1).ok());
  EXPECT_EQ(registry_->Retire("sepsis", "process-1", "ada", "why").error().kind(),
            ErrorKind::kConflict);
  ASSERT_TRUE(registry_->Challenge("sepsis", "process-2", "ada", "in shadow").ok());
  ASSERT_TRUE(registry_->Retire("sepsis", "process-2", "ada", "it lost").ok());
  EXPECT_EQ(StateOf("process-2"), "retired");
  EXPECT_EQ(registry_->Retire("sepsis", "process-2", "ada", "again").error().kind(),
            ErrorKind::kConflict);
}

TEST_F(VersionStatesTest, TellsWhatWasLiveAtATime) {
  RegisterSamples(2);
  RegisterSamples(1, "signals");
  ASSERT_TRUE(registry_->Activate("sepsis", "process-1", "ada", "first", 1).ok());
  ASSERT_TRUE(registry_->Activate("sepsis", "process-2", "bob", "second", 1).ok());
  ASSERT_EQ(registry_->Rollback("sepsis", "process", "eve", "alarms").value(), "process-1");
  // The history as if it had taken three days: 1, 2 and 3 November at 14:00.
  ASSERT_TRUE(database_
                  ->Execute("update model_transitions set at = case when id = 1 then "
                            "'2026-11-01T14:00:00Z' when id <= 3 then '2026-11-02T14:00:00Z' else "
                            "'2026-11-03T14:00:00Z' end")
                  .ok());
  struct {
    const char *at, *version, *actor;
  } cases[] = {{"2026-11-01T13:59:59Z", "", ""},
               {"2026-11-01T14:00:00Z", "process-1", "ada"},
               {"2026-11-02T13:59:59Z", "process-1", "ada"},
               {"2026-11-02T14:00:00Z", "process-2", "bob"},
               {"2026-11-03T15:05:00+01:00", "process-1", "eve"},
               {"2030-01-01T00:00:00Z", "process-1", "eve"}};
  for (const auto& one : cases) {
    SCOPED_TRACE(one.at);
    auto live = registry_->LiveAt("sepsis", "process", *base::ParseTime(one.at)).value();
    EXPECT_EQ(live ? live->version : "", one.version);
    EXPECT_EQ(live ? live->actor : "", one.actor);
  }
  EXPECT_FALSE(registry_->LiveAt("sepsis", "signals", base::NowUs()).value().has_value());
  auto all = registry_->LiveAt("sepsis", *base::ParseTime("2026-11-03T14:05:00Z")).value();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].version, "process-1");
}

TEST_F(VersionStatesTest, NoMomentIsWithoutChampionWhileTheyChange) {
  RegisterSamples(2);
  ASSERT_TRUE(registry_->Activate("sepsis", "process-1", "ada", "first", 1).ok());
  ASSERT_TRUE(registry_->Activate("sepsis", "process-2", "ada", "second", 1).ok());
  auto history = registry_->History("sepsis").value();
  ASSERT_EQ(history.size(), 3u);
  EXPECT_EQ(history[0].at, history[1].at);
}

}  // namespace
}  // namespace codman::registry
