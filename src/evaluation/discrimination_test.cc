// Expected values: scikit-learn 1.9.1 (roc_auc_score, average_precision_score, roc_curve with
// drop_intermediate=False, precision_recall_curve) on the rows of example_rows_internal.h.
#include "evaluation/discrimination.h"

#include <gtest/gtest.h>

#include <cmath>

#include "evaluation/example_rows_internal.h"

namespace codman::evaluation {
namespace {

TEST(Auroc, EqualsScikitLearnWithTies) {
  EXPECT_NEAR(Auroc(ExampleScores(), ExampleLabels()), 0.58133333333333326, 1e-12);
}

TEST(Auroc, EqualsScikitLearnWithWeights) {
  std::vector<double> weights;
  for (int i = 0; i < 40; ++i) weights.push_back(1 + i % 4);
  EXPECT_NEAR(WeightedAuroc(ExampleScores(), ExampleLabels(), weights), 0.58807300509337856, 1e-12);
}

TEST(Auroc, EqualsTheShareOfOrderedPairsCountedOneByOne) {
  auto scores = ExampleScores(), labels = ExampleLabels();
  double right = 0, pairs = 0;
  for (size_t i = 0; i < scores.size(); ++i) {
    for (size_t j = 0; j < scores.size(); ++j) {
      if (labels[i] != 1 || labels[j] != 0) continue;
      right += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
      ++pairs;
    }
  }
  EXPECT_NEAR(Auroc(scores, labels), right / pairs, 1e-12);
}

TEST(Auroc, IsOneHalfForConstantScoresAndUndefinedForOneClass) {
  std::vector<double> same = {0.3, 0.3, 0.3}, mixed = {0, 1, 0}, none = {0, 0, 0};
  EXPECT_EQ(Auroc(same, mixed), 0.5);
  EXPECT_TRUE(std::isnan(Auroc(same, none)));
  EXPECT_TRUE(std::isnan(Auroc({}, {})));
  EXPECT_TRUE(std::isnan(Auprc(same, none)));
}

TEST(Auprc, EqualsScikitLearnWithTies) {
  EXPECT_NEAR(Auprc(ExampleScores(), ExampleLabels()), 0.54854850802219224, 1e-12);
}

TEST(RocCurve, HasScikitLearnsPoints) {
  auto curve = RocCurve(ExampleScores(), ExampleLabels(), 200);
  ASSERT_EQ(curve.size(), 22u);
  const double expected[6][2] = {{0, 0},           {0, 1 / 15.0},    {0, 2 / 15.0},
                                 {0.08, 3 / 15.0}, {0.12, 3 / 15.0}, {0.16, 5 / 15.0}};
  for (int i = 0; i < 6; ++i) {
    EXPECT_NEAR(curve[i].x, expected[i][0], 1e-12);
    EXPECT_NEAR(curve[i].y, expected[i][1], 1e-12);
  }
  EXPECT_EQ(curve[3].threshold, 0.9);
}

TEST(PrCurve, HasScikitLearnsPointsWithoutItsArtificialLast) {
  auto curve = PrCurve(ExampleScores(), ExampleLabels(), 200);
  ASSERT_EQ(curve.size(), 21u);
  const double precision[5] = {1, 1, 0.6, 0.5, 5 / 9.0};
  for (int i = 0; i < 5; ++i) EXPECT_NEAR(curve[i].y, precision[i], 1e-12);
  EXPECT_EQ(curve.back().x, 1);
}

TEST(Curves, AreThinnedToTheWantedNumberWithBothEndsKept) {
  std::vector<double> scores, labels;
  for (int i = 0; i < 5000; ++i) {
    scores.push_back((i * 7919) % 5003);
    labels.push_back(i % 7 == 0 ? 1 : 0);
  }
  for (int wanted : {2, 3, 10, 200}) {
    auto roc = RocCurve(scores, labels, wanted), pr = PrCurve(scores, labels, wanted);
    EXPECT_LE(roc.size(), static_cast<size_t>(wanted));
    EXPECT_LE(pr.size(), static_cast<size_t>(wanted));
    EXPECT_EQ(roc.front().x + roc.front().y, 0);
    EXPECT_EQ(roc.back().x + roc.back().y, 2);
    EXPECT_EQ(pr.back().x, 1);
  }
  EXPECT_GT(RocCurve(scores, labels, 200).size(), 150u);
}

}  // namespace
}  // namespace codman::evaluation
