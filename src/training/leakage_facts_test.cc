#include "training/leakage_facts.h"

#include <gtest/gtest.h>

#include "training/run_testing_internal.h"
#include "training/split.h"

// Expected counts by hand from the rows that are planted.
namespace codman::training {
namespace {

constexpr char kNineNumbers[] = R"(
name: nine
description: nine numbers
owner: tests
features:
  - {id: x0, column: x0}
  - {id: x1, column: x1}
  - {id: x2, column: x2}
  - {id: x3, column: x3}
  - {id: x4, column: x4}
  - {id: x5, column: x5}
  - {id: x6, column: x6}
  - {id: x7, column: x7}
  - {id: x8, column: x8}
)";

// Twenty pairs of twins, two rows each; one twin is learnt from, the other held out. The bills of
// even pairs are equal, those of odd pairs are not; the last two pairs have six inputs only.
TEST(LeakageFacts, RowsWithOtherAmountsAreNoDuplicates) {
  int made = 0;
  PlantedRun planted(kNineNumbers, {}, 40, [&](std::mt19937*, std::vector<double>* values) {
    int patient = made++ / 2, pair = patient / 2;
    for (int k = 0; k < 9; ++k)
      values->push_back(pair >= 18 && k < 3 ? std::nan("") : pair * 10.0 + k);
    return 100.0 + (pair % 2 == 0 ? 0 : patient % 2);
  });
  auto& run = planted.run();
  planted.variant().target.objective = models::Objective::kRegression;
  std::vector<uint8_t> parts;
  for (int32_t subject : run.offline.rows.subject)
    parts.push_back(subject % 2 == 0 ? kTrain : kHeldOut);
  std::vector<double> margins(parts.size()), no_clock;
  Json report = Json::Object();
  auto facts = GatherLeakageFacts({.task = &planted.task(),
                                   .variant = &planted.variant(),
                                   .offline = &run.offline,
                                   .plan = run.plan.get(),
                                   .concepts = run.place.concepts,
                                   .parts = &parts,
                                   .margins = &margins,
                                   .clock_margins = &no_clock,
                                   .report = &report});
  ASSERT_TRUE(facts.ok()) << facts.error().ToString();
  EXPECT_EQ(facts->rows_compared, 72);
  EXPECT_EQ(facts->duplicate_rows_across_splits, 18) << "nine even pairs, two rows held out each";
  EXPECT_EQ(facts->overlapping_subjects, 0);
}

}  // namespace
}  // namespace codman::training
