#include "registry/task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

// Expected values: the text of clinic/tasks/sepsis.yaml.
namespace codman::registry {
namespace {

using testing::HasSubstr;

std::string SepsisPath() { return std::string(CODMAN_SOURCE_DIR) + "/clinic/tasks/sepsis.yaml"; }

TEST(Task, ReadsTheClinicsSepsisTask) {
  auto task = Task::Load(SepsisPath());
  ASSERT_TRUE(task.ok()) << task.error().ToString();
  EXPECT_EQ(task->name, "sepsis");
  EXPECT_EQ(task->horizon_us, 6 * base::kHourUs);
  EXPECT_EQ(task->live, "process");
  EXPECT_TRUE(task->physionet_utility);
  EXPECT_EQ(task->alarm_auroc, 0.9);
  EXPECT_EQ(task->seed, 2019u);
  ASSERT_GE(task->variants.size(), 2u);
  const auto* signals = task->FindVariant("signals").value();
  EXPECT_TRUE(signals->process_free);
  EXPECT_EQ(signals->settings["leaves"].AsInt(), 31);
  ASSERT_NE(signals->FindSource("synthetic"), nullptr);
  EXPECT_TRUE(signals->FindSource("synthetic")->hourly);
  EXPECT_EQ(signals->FindSource("synthetic")->label_within_us, 6 * base::kHourUs);
  EXPECT_FALSE(signals->FindSource("physionet2019")->hourly);
  EXPECT_EQ(signals->FindSource("elsewhere"), nullptr);
  EXPECT_EQ(task->FindVariant("none").error().kind(), ErrorKind::kNotFound);
  EXPECT_EQ(task->DefaultVariant("physionet2019").value()->name, "process");
  EXPECT_FALSE(task->DefaultVariant("elsewhere").ok());
}

TEST(Task, MistakesNameFileAndCure) {
  std::string good = base::ReadFile(SepsisPath()).value();
  struct Case {
    const char* from;
    const char* to;
    const char* named;
  };
  for (auto [from, to, named] : {Case{"\nhorizon: 6h", "\nhorizon: soon", "horizon"},
                                 {"\nhorizon: 6h", "\nhorizn: 6h", "did you mean 'horizon'?"},
                                 {"\nlive: process", "\nlive: proces", "proces"},
                                 {"\nname: sepsis", "\nnam: sepsis", "'name' is missing"}}) {
    std::string text = base::ReplaceAll(good, from, to);
    ASSERT_NE(text, good) << from;
    std::string path = format("{}codman_task_{}.yaml", testing::TempDir(), getpid());
    ASSERT_TRUE(base::WriteFileAtomically(path, text, {.sync = false}).ok());
    auto task = Task::Load(path);
    ASSERT_FALSE(task.ok()) << to;
    EXPECT_THAT(task.error().message(), HasSubstr(path + ":")) << to;
    EXPECT_THAT(task.error().message(), HasSubstr(named)) << to;
  }
}

}  // namespace
}  // namespace codman::registry
