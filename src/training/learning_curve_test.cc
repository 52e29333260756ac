#include <gmock/gmock.h>

#include <cmath>

#include "training/learning_curve_internal.h"
#include "training/run_testing_internal.h"
#include "training/split.h"

// Expected values: how many patients there are, by counting, and what the label was drawn from.
namespace codman::training {
namespace {

constexpr int kNoises = 20, kFolds = 4;

// One input that tells and many that do not: few patients teach noise.
std::string Features() {
  std::string yaml =
      "name: planted\ndescription: one cause among noise\nowner: tests\nfeatures:\n"
      "  - {id: cause, column: cause, label: Cause, unit: \"1\", range: [-1, 1]}\n";
  for (int k = 0; k < kNoises; ++k) {
    yaml += format(
        "  - {{id: noise{0}, column: noise{0}, label: Noise {0}, unit: \"1\", range: [-1, 1]}}\n",
        k);
  }
  return yaml;
}

double DrawRow(std::mt19937* engine, std::vector<double>* values) {
  double cause = 2 * Uniform(engine) - 1;
  values->push_back(cause);
  for (int k = 0; k < kNoises; ++k) values->push_back(2 * Uniform(engine) - 1);
  return Uniform(engine) < 1 / (1 + std::exp(-3 * cause)) ? 1 : 0;
}

class LearningCurveTest : public testing::Test {
 protected:
  LearningCurveTest() : planted_(Features(), {}, 400, DrawRow) {
    run().fit.settings = Json::Object({{"l2", 1e-3}});
    Divide();
  }

  training::Run& run() { return planted_.run(); }

  void Divide() {
    run().parts = FoldRows(run().offline.rows, 11, "made_up", kFolds);
    folds_ = std::make_unique<Folds>(run(), kFolds);
    for (int fold = 0; fold < kFolds; ++fold) ASSERT_TRUE(folds_->Fit(fold).ok());
    auto inputs = folds_->Inputs();
    ASSERT_TRUE(inputs.ok()) << inputs.error().ToString();
    whole_ = *std::move(inputs);
  }

  Json Curve() {
    auto curve = LearningCurve(run(), *folds_, whole_);
    EXPECT_TRUE(curve.ok()) << curve.error().ToString();
    return curve.ok() ? *curve : Json();
  }

  PlantedRun planted_;
  std::unique_ptr<Folds> folds_;
  JudgementInputs whole_;
};

TEST_F(LearningCurveTest, MorePatientsTeachMoreAndAreCounted) {
  Json curve = Curve();
  EXPECT_EQ(curve["measure"].AsString(), "auroc");
  ASSERT_EQ(curve["points"].size(), 4u);
  double before = 0;
  for (const Json& point : curve["points"].items()) {
    EXPECT_GT(point["value"].AsDouble(), before) << point.ToString();
    before = point["value"].AsDouble();
    EXPECT_LT(point["value_low"].AsDouble(), before);
    // 400 patients, of whom a fold leaves a quarter out: binomial, four standard deviations.
    double share = point["share"].AsDouble();
    EXPECT_NEAR(point["subjects"].AsDouble(), 300 * share,
                4 * 0.75 * std::sqrt(400 * share * (1 - share)) + 1e-9);
  }
  const Json& smallest = curve["points"].items().front();
  EXPECT_EQ(smallest["verdict"].AsString(), "better");
  EXPECT_NEAR(smallest["lost"].AsDouble(), before - smallest["value"].AsDouble(), 1e-12);
  EXPECT_TRUE(curve["points"].items().back()["lost"].is_null());
  EXPECT_EQ(curve["left_out"].size(), 0u);
}

TEST_F(LearningCurveTest, WhoLearnsFromAllTellsTheSameAsTheWhole) {
  auto told = folds_->ToldFrom(std::vector<uint8_t>(run().offline.rows.subject.size(), 1));
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(*told, whole_.told.values);
}

TEST_F(LearningCurveTest, APartWithoutAnEventIsLeftOutWithItsReason) {
  auto& rows = run().offline.rows;
  auto eighth = RowsOfShare(rows, planted_.task().seed, "made_up", 0.125);
  for (size_t i = 0; i < eighth.size(); ++i) {
    if (eighth[i] != 0) rows.label[i] = 0;
  }
  run().lesson = LessonOf(planted_.variant(), rows).value();
  Divide();
  Json curve = Curve();
  EXPECT_EQ(curve["points"].size(), 3u);
  ASSERT_EQ(curve["left_out"].size(), 1u);
  EXPECT_EQ(curve["left_out"].items()[0]["share"].AsDouble(), 0.125);
  EXPECT_THAT(curve["left_out"].items()[0]["why"].AsString(), testing::HasSubstr("class"));
}

}  // namespace
}  // namespace codman::training
