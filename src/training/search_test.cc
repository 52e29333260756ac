#include <gmock/gmock.h>

#include <cmath>

#include "base/yaml.h"
#include "training/folds_internal.h"
#include "training/run_testing_internal.h"
#include "training/search_internal.h"
#include "training/split.h"

// Expected values: what the planted rule lets a tree of each size learn; losses by hand.
namespace codman::training {
namespace {

constexpr char kFeatures[] = R"(
name: planted
description: two inputs that tell only together
owner: tests
features:
  - {id: a, column: a, label: A, unit: "1", range: [-1, 1], group: Body}
  - {id: b, column: b, label: B, unit: "1", range: [-1, 1], group: Body}
)";

void DrawInputs(std::mt19937* engine, std::vector<double>* values) {
  for (int k = 0; k < 2; ++k) values->push_back(2 * Uniform(engine) - 1);
}

// Exclusive or, with one label in ten turned: no sum of functions of one input each tells it, and a
// forest of trees with two leaves is such a sum.
double ExclusiveOr(std::mt19937* engine, std::vector<double>* values) {
  DrawInputs(engine, values);
  bool apart = (values->back() > 0) != (values->end()[-2] > 0), turned = Uniform(engine) < 0.1;
  return apart != turned ? 1 : 0;
}

double Coin(std::mt19937* engine, std::vector<double>* values) {
  DrawInputs(engine, values);
  return Uniform(engine) < 0.5 ? 1 : 0;
}

std::unique_ptr<PlantedRun> Searching(double (*row)(std::mt19937*, std::vector<double>*),
                                      const char* search) {
  auto planted = std::make_unique<PlantedRun>(kFeatures, std::vector<std::string>{}, 300, row);
  base::Problems problems("task.yaml");
  auto& variant = planted->variant();
  variant.search = registry::ReadSearch(base::ParseYaml(search, "task.yaml").value(), &problems);
  CHECK(problems.empty());
  variant.learner = planted->run().fit.learner = "gbdt";
  planted->run().fit.settings = *base::ParseJson(
      R"({"trees": 30, "learning_rate": 0.2, "leaves": 4, "min_rows_per_leaf": 10})");
  planted->run().parts = SplitRows(planted->run().offline.rows, planted->task(), "made_up");
  return planted;
}

FoundSettings Search(Run& in) {
  auto found = SearchSettings(in, RowsIn(in.offline.rows, in.parts, {kTrain}));
  if (!found.ok()) ADD_FAILURE() << found.error().ToString();
  return found.ok() ? *found : FoundSettings{};
}

TEST(SearchSettings, TakesTheLargerTreesWhereOnlyTheyCanLearnTheRule) {
  auto planted = Searching(ExclusiveOr, "search: {leaves: [2, 8]}");
  auto found = Search(planted->run());
  EXPECT_EQ(found.settings["leaves"].AsInt(), 8);
  EXPECT_EQ(found.settings["trees"].AsInt(), 30) << "what is not searched for stays";
  EXPECT_EQ(found.record["chosen"].ToString(), R"({"leaves":8})");
  EXPECT_EQ(found.record["measure"].AsString(), "log_loss");
  const auto& tried = found.record["tried"].items();
  ASSERT_EQ(tried.size(), 2u);
  EXPECT_GT(tried[0]["loss"].AsDouble(), 0.65) << "an even guess loses ln 2";
  EXPECT_LT(tried[1]["loss"].AsDouble(), 0.5) << "the rule itself loses 0.325";
  EXPECT_FALSE(tried[0]["chosen"].AsBool());
  EXPECT_TRUE(tried[1]["chosen"].AsBool());
  EXPECT_EQ(tried[1]["fold_losses"].size(), 5u);
}

TEST(SearchSettings, TakesTheSmallerTreesWhereThereIsNothingToLearn) {
  auto planted = Searching(Coin, "search: {leaves: [31, 2], trees: [200, 5], folds: 4}");
  auto found = Search(planted->run());
  EXPECT_EQ(found.record["chosen"].ToString(), R"({"leaves":2,"trees":5})");
  EXPECT_EQ(found.record["tried"].size(), 4u);
  EXPECT_EQ(found.record["folds"].AsInt(), 4);
}

// Turns the labels and blanks the inputs of all rows outside the parts that are kept.
void Spoil(Run* of, const std::vector<uint8_t>& kept) {
  auto keep = RowsIn(of->offline.rows, of->parts, kept);
  auto* matrix = static_cast<columns::DenseMatrix*>(of->offline.matrix.get());
  std::vector<double> values;
  for (int64_t i = 0; i < matrix->num_rows(); ++i) {
    bool stays = keep[static_cast<size_t>(i)] != 0;
    for (double value : matrix->Row(i)) values.push_back(stays ? value : std::nan(""));
    double& label = of->offline.rows.label[static_cast<size_t>(i)];
    if (!stays) label = 1 - label;
  }
  of->offline.matrix = std::make_unique<columns::DenseMatrix>(of->offline.columns, values);
}

TEST(SearchSettings, ReadsNoPatientThatTunesOrIsHeldOut) {
  const char* search = "search: {leaves: [2, 4, 8, 16], learning_rate: [0.05, 0.2], tries: 5}";
  auto planted = Searching(ExclusiveOr, search), spoilt = Searching(ExclusiveOr, search);
  auto found = Search(planted->run());
  auto train = RowsIn(planted->run().offline.rows, planted->run().parts, {kTrain});
  EXPECT_EQ(found.record["rows"].AsInt(), std::count(train.begin(), train.end(), 1));
  EXPECT_EQ(found.record["patients"].AsInt() * 2, found.record["rows"].AsInt());
  Spoil(&spoilt->run(), {kTrain});
  EXPECT_EQ(Search(spoilt->run()).record.ToString(), found.record.ToString());
  Spoil(&spoilt->run(), {kTuning, kHeldOut});
  EXPECT_NE(Search(spoilt->run()).record.ToString(), found.record.ToString())
      << "or the record could not tell that a row was read";
}

TEST(SearchSettings, AFoldIsSearchedForOnTheOthersOnly) {
  const char* search = "search: {leaves: [2, 8], folds: 3}";
  auto planted = Searching(ExclusiveOr, search), spoilt = Searching(ExclusiveOr, search);
  std::vector<std::string> records;
  for (auto* of : {&planted->run(), &spoilt->run()}) {
    of->parts = FoldRows(of->offline.rows, 11, "made_up", 4);
    if (!records.empty()) Spoil(of, {1, 2, 3});
    Folds folds(*of, 4);
    ASSERT_TRUE(folds.Fit(0).ok());
    records.push_back(folds.searches().ToString());
  }
  EXPECT_THAT(records[0], testing::HasSubstr("patients outside fold 1"));
  EXPECT_EQ(records[0], records[1]);
}

TEST(SearchSettings, AnotherLearnerAndAVariantWithoutSearchKeepTheirSettings) {
  auto planted = Searching(ExclusiveOr, "search: {leaves: [2, 8]}");
  planted->run().fit.learner = "logistic";
  planted->run().fit.settings = Json();
  EXPECT_TRUE(Search(planted->run()).record.is_null());
  EXPECT_TRUE(Search(planted->run()).settings.is_null());
  planted->run().fit.learner = "gbdt";
  planted->variant().search = {};
  EXPECT_TRUE(Search(planted->run()).record.is_null());
}

TEST(LossOf, IsLogLossOfKeptRowsOrSquaredError) {
  std::vector<uint8_t> keep = {1, 1, 0};
  auto logit = [](double p) { return std::log(p / (1 - p)); };
  registry::Target binary;
  EXPECT_NEAR(LossOf(binary, {logit(0.8), logit(0.3), 7}, {1, 0, 0}, keep),
              -(std::log(0.8) + std::log(0.7)) / 2, 1e-12);
  EXPECT_NEAR(LossOf(binary, {-1000, 1000, 0}, {1, 0, 0}, keep), -std::log(1e-15), 1e-9);
  registry::Target classes{.objective = models::Objective::kMulticlass, .classes = {"x", "y", "z"}};
  EXPECT_NEAR(LossOf(classes,
                     {std::log(0.2), std::log(0.5), std::log(0.3), std::log(0.6), std::log(0.1),
                      std::log(0.3), 0, 0, 0},
                     {1, 0, 2}, keep),
              -(std::log(0.5) + std::log(0.6)) / 2, 1e-12);
  registry::Target amount{.objective = models::Objective::kRegression, .classes = {}, .unit = ""};
  EXPECT_NEAR(LossOf(amount, {3, 10, 0}, {1, 11, 50}, keep), (4.0 + 1.0) / 2, 1e-12);
}

}  // namespace
}  // namespace codman::training
