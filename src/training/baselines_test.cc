#include <gtest/gtest.h>

#include "features/kernel.h"
#include "training/baselines_internal.h"
#include "training/fit.h"
#include "training/run_testing_internal.h"

namespace codman::training {
namespace {

TEST(Baselines, TellColumnsAboutCareFromThoseAboutTheBody) {
  const std::string clinic = CODMAN_SOURCE_DIR "/clinic/";
  auto concepts = events::Concepts::Load(clinic + "concepts");
  ASSERT_TRUE(concepts.ok()) << concepts.error().ToString();
  auto set = features::FeatureSet::Load(clinic + "features/sepsis_42.yaml", *concepts);
  ASSERT_TRUE(set.ok()) << set.error().ToString();
  auto plan = set->Compile({"signals", "process"}).value();
  std::map<std::string, bool> of_process;
  for (const auto& column : plan->columns()) {
    of_process[column.name] =
        IsOfProcess(column, plan->contract()[static_cast<size_t>(column.contract)]);
  }
  for (const char* care :
       {"hours_since_admission", "lactate_count_24h", "lactate_count", "lactate_hours_since"})
    EXPECT_TRUE(of_process.at(care)) << care;
  for (const char* body : {"sirs_count", "lactate", "lactate_min_6h", "lactate_mean_24h"})
    EXPECT_FALSE(of_process.at(body)) << body;
}

constexpr char kRate[] = R"(name: planted
defaults: {aggregate: last, window: 24h, null_policy: missing}
features:
  - {id: rate, concept: rate}
  - {id: twice, expression: 2 * rate, unit: /min}
blocks:
  - {name: recent, expand: [{features: [rate], columns: [max_6h]}]}
)";
constexpr char kRateConcept[] = R"(concepts:
  - {name: rate, unit: /min, range: [0, 300]}
)";

// Expected: the model's own answer to the row's value and ratio, what lies behind them unknown.
TEST(Baselines, AFormTellsTheMomentAndNotItsHistory) {
  auto row = [](std::mt19937* engine, std::vector<double>* values) {
    double rate = 100 * Uniform(engine), highest = rate + 50 * Uniform(engine);
    values->insert(values->end(), {rate, 2 * rate, highest});
    return highest > 80 ? 1.0 : 0.0;
  };
  PlantedRun with_history(kRate, {"recent"}, 200, row, kRateConcept);
  auto& run = with_history.run();
  std::vector<uint8_t> all(run.offline.rows.label.size(), 1), judged = all;
  judged[3] = 0;
  FitRequest request{.learner = "gbdt",
                     .settings = Json::Object({{"trees", 20}, {"min_rows_per_leaf", 5}})};
  auto model = FitOn(request, run.offline.matrix.get(), all, run.offline.rows.label).value();
  auto told = FormOnly(run, *model, judged).value();
  ASSERT_EQ(told.size(), all.size());
  auto rows = LoadRows(run.offline.matrix.get(), all).value();
  int differ = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    auto whole = rows.Row(static_cast<int64_t>(i));
    double expected = 0, usual = 0;
    model->Predict(std::vector<double>{whole[0], 2 * whole[0], std::nan("")}, {&expected, 1});
    model->Predict(whole, {&usual, 1});
    EXPECT_EQ(told[i], i == 3 ? 0 : expected);
    differ += expected != usual ? 1 : 0;
  }
  EXPECT_GT(differ, 100) << "history counts";

  auto moment = [&](std::mt19937* engine, std::vector<double>* values) {
    double label = row(engine, values);
    values->pop_back();
    return label;
  };
  PlantedRun without(kRate, {}, 200, moment, kRateConcept);
  EXPECT_TRUE(FormOnly(without.run(), *model, all).value().empty());
}

}  // namespace
}  // namespace codman::training
