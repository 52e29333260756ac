#include <gmock/gmock.h>

#include <cmath>

#include "evaluation/comparison.h"
#include "training/ablation_internal.h"
#include "training/run_testing_internal.h"
#include "training/split.h"

// Expected values: which input the label was drawn from, and areas by counting pairs.
namespace codman::training {
namespace {

constexpr char kFeatures[] = R"(
name: planted
description: one input that tells, one that does not, one that is never there
owner: tests
features:
  - {id: cause, column: cause, label: Cause, unit: "1", range: [-1, 1], group: Body}
blocks:
  - name: chance
    description: one group of one input
    features:
      - {id: noise, column: noise, label: Noise, unit: "1", range: [-1, 1], group: Chance}
  - name: mixed
    description: inputs of two groups
    features:
      - {id: copy, column: copy, label: Half of noise, unit: "1", range: [-1, 1], group: Chance}
      - {id: absent, column: absent, label: Not measured, unit: "1", range: [-1, 1], group: Absent}
)";

double DrawRow(std::mt19937* engine, std::vector<double>* values) {
  double cause = 2 * Uniform(engine) - 1, noise = 2 * Uniform(engine) - 1;
  values->insert(values->end(), {cause, noise, noise / 2, std::nan("")});
  return Uniform(engine) < 1 / (1 + std::exp(-4 * cause)) ? 1 : 0;
}

double AreaByPairs(columns::DenseMatrix* matrix, int column, const std::vector<double>& labels) {
  double right = 0, pairs = 0;
  for (int64_t i = 0; i < matrix->num_rows(); ++i) {
    for (int64_t k = 0; k < matrix->num_rows(); ++k) {
      if (labels[static_cast<size_t>(i)] != 1 || labels[static_cast<size_t>(k)] != 0) continue;
      ++pairs;
      double event = matrix->Row(i)[static_cast<size_t>(column)],
             other = matrix->Row(k)[static_cast<size_t>(column)];
      right += event > other ? 1 : event == other ? 0.5 : 0;
    }
  }
  return right / pairs;
}

TEST(Ablation, PartsAreGroupsAndBlocksThatAreNoGroupOfVaryingInputs) {
  PlantedRun planted(kFeatures, {"chance", "mixed"}, 20, DrawRow);
  auto parts = PartsOfInputs(planted.run());
  ASSERT_TRUE(parts.ok()) << parts.error().ToString();
  std::vector<std::string> told;
  for (const auto& part : *parts)
    told.push_back(part.kind + " " + part.name + ": " + base::Join(part.columns, " "));
  EXPECT_THAT(told, testing::ElementsAre("group Body: cause", "group Chance: noise copy",
                                         "block chance: noise", "block mixed: copy absent"));
}

TEST(Ablation, ABlockThatIsAGroupAndAPartThatIsAllThereIsAreNotTold) {
  PlantedRun planted(kFeatures, {"chance"}, 20, [](std::mt19937* engine, auto* values) {
    values->insert(values->end(), {0.0, Uniform(engine)});
    return 0.0;
  });
  auto parts = PartsOfInputs(planted.run());
  ASSERT_TRUE(parts.ok());
  EXPECT_THAT(*parts, testing::IsEmpty()) << "the cause does not vary: noise is all there is";
}

TEST(Ablation, TellsWhatTheCauseIsWorthAndThatChanceIsWorthNothing) {
  PlantedRun planted(kFeatures, {"chance", "mixed"}, 400, DrawRow);
  auto& run = planted.run();
  run.parts = FoldRows(run.offline.rows, 11, "made_up", 4);
  Folds folds(run, 4);
  for (int fold = 0; fold < 4; ++fold) ASSERT_TRUE(folds.Fit(fold).ok());
  auto inputs = folds.Inputs();
  ASSERT_TRUE(inputs.ok()) << inputs.error().ToString();
  auto ablation = Ablation(run, folds, *inputs);
  ASSERT_TRUE(ablation.ok()) << ablation.error().ToString();
  double area = AreaByPairs(static_cast<columns::DenseMatrix*>(run.offline.matrix.get()), 0,
                            run.offline.rows.label);
  ASSERT_GT(area, 0.8);
  const Json &body = ablation->items()[0], &chance = ablation->items()[1];
  EXPECT_EQ(body["name"].AsString(), "Body");
  const Json& without = evaluation::HeadMeasure(body["without"]);
  EXPECT_EQ(without["verdict"].AsString(), "better");
  EXPECT_NEAR(without["other"].AsDouble(), 0.5, 0.06);
  EXPECT_NEAR(evaluation::HeadMeasure(body["alone"])["other"].AsDouble(), area, 0.01);
  EXPECT_EQ(chance["inputs"].AsInt(), 2);
  EXPECT_NEAR(evaluation::HeadMeasure(chance["without"])["other"].AsDouble(), area, 0.01);
  EXPECT_LT(std::abs(evaluation::HeadMeasure(chance["without"])["difference"].AsDouble()), 0.01);
  EXPECT_EQ(evaluation::HeadMeasure(chance["alone"])["verdict"].AsString(), "better");
}

}  // namespace
}  // namespace codman::training
