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
  EXPECT_TRUE(signals->learns_utility);
  EXPECT_FALSE(task->FindVariant("process").value()->learns_utility);
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
  for (auto [from, to, named] :
       {Case{"\nhorizon: 6h", "\nhorizon: soon", "horizon"},
        {"\nhorizon: 6h", "\nhorizn: 6h", "did you mean 'horizon'?"},
        {"\nlive: process", "\nlive: proces", "proces"},
        {"subgroups: {unit: {", "subgroups: {unit: unit1, ward: {",
         "write unit: {table: …, level: …}"},
        {"process_free: true", "search: {leaves: 7}", "'leaves' must list"},
        {"learns: utility", "learns: gain", "'learns' must be label or utility"},
        {"utility: physionet2019\n", "", "'learns: utility' needs a binary task"},
        {"split: {", "split: {by: row, ", "split by subject"},
        {"process_free: true", "search: {leaves: [7, 15]}", "leave it out beside 'learns"},
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

TEST(Task, TargetsTablesAndTransfersOfTheClinicsTasks) {
  std::string folder = std::string(CODMAN_SOURCE_DIR) + "/clinic/tasks/";
  auto cost = Task::Load(folder + "cost.yaml");
  ASSERT_TRUE(cost.ok()) << cost.error().ToString();
  EXPECT_EQ(cost->variants[0].target.objective, models::Objective::kRegression);
  EXPECT_EQ(cost->variants[0].target.unit, "USD");
  EXPECT_EQ(cost->variants[0].from[0].table, "gold.insured_persons");
  EXPECT_EQ(cost->variants[0].from[0].label_column, "charges");
  auto mortality = Task::Load(folder + "mortality.yaml");
  ASSERT_TRUE(mortality.ok()) << mortality.error().ToString();
  EXPECT_EQ(mortality->FindVariant("eicu").value()->from[0].comparator, "apache_iva");
  EXPECT_THAT(mortality->outcome_columns, testing::Contains("apache_iva"));
  auto readmission = Task::Load(folder + "readmission.yaml");
  ASSERT_TRUE(readmission.ok()) << readmission.error().ToString();
  const auto& subgroups = readmission->variants[0].from[0].subgroups;
  ASSERT_EQ(subgroups.size(), 2u);
  EXPECT_EQ(subgroups[0].name, "race");
  EXPECT_EQ(subgroups[0].level, "race");
  EXPECT_EQ(subgroups[0].table, "");
  auto alzheimers = Task::Load(folder + "alzheimers.yaml");
  ASSERT_TRUE(alzheimers.ok()) << alzheimers.error().ToString();
  EXPECT_EQ(alzheimers->FindVariant("adni").value()->target.num_classes(), 3);
  EXPECT_EQ(alzheimers->FindVariant("oasis2").value()->target.objective,
            models::Objective::kBinary);
  auto sepsis = Task::Load(SepsisPath());
  EXPECT_EQ(sepsis->transfers.at("physionet2019").to, "unit2 = 1");
}

TEST(Task, ATargetNeedsItsClasses) {
  std::string good = base::ReadFile(SepsisPath()).value();
  for (auto [to, named] :
       {std::pair("\ntarget: {objective: multiclass, classes: [a, b]}\nhorizon: 6h",
                  "three or more"),
        std::pair("\ntarget: {objective: guess}\nhorizon: 6h",
                  "binary, multiclass or regression")}) {
    std::string path = format("{}codman_target_{}.yaml", testing::TempDir(), getpid());
    std::string text = base::ReplaceAll(good, "\nhorizon: 6h", to);
    ASSERT_TRUE(base::WriteFileAtomically(path, text, {.sync = false}).ok());
    auto task = Task::Load(path);
    ASSERT_FALSE(task.ok());
    EXPECT_THAT(task.error().message(), HasSubstr(named));
  }
}

TEST(Task, ACohortStandsInPlaceOfRowsAndLabel) {
  std::string path = std::string(CODMAN_SOURCE_DIR) + "/clinic/tasks/adverse_event.yaml";
  auto task = Task::Load(path);
  ASSERT_TRUE(task.ok()) << task.error().ToString();
  const auto* from = task->FindVariant("second_day").value()->FindSource("physionet2019");
  ASSERT_TRUE(from->cohort.has_value());
  EXPECT_EQ(from->cohort->windows.size(), 3u);
  EXPECT_EQ(from->cohort->predict_after_us, 24 * base::kHourUs);
  const auto *proxy = task->FindVariant("physionet_proxy").value(),
             *second_day = task->FindVariant("second_day").value();
  EXPECT_FALSE(from->SameRows(*proxy->FindSource(from->source)));
  EXPECT_FALSE(second_day->AsksTheSame(*proxy, "physionet2019"));
  EXPECT_TRUE(task->FindVariant("stream_body")
                  .value()
                  ->AsksTheSame(*task->FindVariant("stream_120").value(), "synthetic"));
  EXPECT_FALSE(second_day->AsksTheSame(*second_day, "synthetic")) << "it takes no rows from there";
  std::string good = base::ReadFile(path).value();
  std::string copy = format("{}codman_cohort_{}.yaml", testing::TempDir(), getpid());
  for (auto [was, is, told] :
       {std::tuple("        cohort:\n", "        label: {concept: x}\n        cohort:\n",
                   "'label' does not go with 'cohort'"),
        std::tuple("predict_at: first_day.end", "predict_at: first.end", "no window 'first' above"),
        std::tuple("  - name: second_day\n",
                   "  - name: second_day\n    target: {objective: regression}\n",
                   "its target must be binary")}) {
    std::string text = base::ReplaceAll(good, was, is);
    ASSERT_NE(text, good) << was;
    ASSERT_TRUE(base::WriteFileAtomically(copy, text, {.sync = false}).ok());
    auto wrong = Task::Load(copy);
    ASSERT_FALSE(wrong.ok()) << is;
    EXPECT_THAT(wrong.error().message(), HasSubstr(copy + ":"));
    EXPECT_THAT(wrong.error().message(), HasSubstr(told));
  }
}

}  // namespace
}  // namespace codman::registry
