#include "evaluation/multiclass.h"

#include <gtest/gtest.h>

#include <cmath>

#include "evaluation/example_rows_internal.h"
#include "evaluation/row_groups.h"

namespace codman::evaluation {
namespace {

// Expected values: scikit-learn 1.9 on the rows of ExampleClasses (y, p), e.g.
//   roc_auc_score(y, p, multi_class='ovo'), balanced_accuracy_score(y, p.argmax(1)),
//   ((p - np.eye(3)[y])**2).sum(1).mean(), log_loss(y, p)
struct Expected {
  double macro_auroc, hand_till_auroc, accuracy, balanced_accuracy, brier, log_loss;
  double class_auroc[3], sensitivity[3], ppv[3];
};

void ExpectScores(const MulticlassScores& scores, const Expected& expected) {
  EXPECT_NEAR(scores.macro_auroc, expected.macro_auroc, 1e-9);
  EXPECT_NEAR(scores.hand_till_auroc, expected.hand_till_auroc, 1e-9);
  EXPECT_NEAR(scores.accuracy, expected.accuracy, 1e-9);
  EXPECT_NEAR(scores.balanced_accuracy, expected.balanced_accuracy, 1e-9);
  EXPECT_NEAR(scores.brier, expected.brier, 1e-9);
  EXPECT_NEAR(scores.log_loss, expected.log_loss, 1e-9);
  for (int c = 0; c < 3; ++c) {
    EXPECT_NEAR(scores.class_auroc[c], expected.class_auroc[c], 1e-9);
    EXPECT_NEAR(scores.sensitivity[c], expected.sensitivity[c], 1e-9);
    EXPECT_NEAR(scores.ppv[c], expected.ppv[c], 1e-9);
  }
}

MulticlassSample Sample(const ExampleClasses& example, const RowGroups& subjects) {
  return {example.Rows(), subjects.group_of_row(), subjects.count()};
}

TEST(MulticlassSample, GivesScikitLearnsNumbers) {
  ExampleClasses example;
  RowGroups subjects(example.subject);
  ExpectScores(Sample(example, subjects).Judge(std::vector<int32_t>(30, 1)),
               {0.83942043895747587,
                0.84085648148148151,
                0.7,
                0.67592592592592593,
                0.46019448275893932,
                0.79302122970413891,
                {0.82381687242798352, 0.82253086419753085, 0.87191358024691357},
                {28 / 36.0, 25 / 36.0, 10 / 18.0},
                {28 / 43.0, 25 / 34.0, 10 / 13.0}});
}

TEST(MulticlassSample, CountsRowsAsOftenAsTheirClusterWasDrawn) {
  ExampleClasses example;
  RowGroups subjects(example.subject);
  std::vector<int32_t> times(30);
  for (int s = 0; s < 30; ++s) times[s] = s * 7 % 3;
  // scikit-learn on np.repeat(i, times[i // 3]).
  ExpectScores(Sample(example, subjects).Judge(times),
               {0.83610152369802748,
                0.83959056712962965,
                0.66666666666666663,
                0.64166666666666672,
                0.46151056368255594,
                0.78243156239155098,
                {0.81977370689655182, 0.8035, 0.88503086419753096},
                {24 / 32.0, 27 / 40.0, 9 / 18.0},
                {24 / 40.0, 27 / 37.0, 9 / 13.0}});
}

TEST(MulticlassSample, LeavesAnAbsentClassOutOfBalancedAccuracyOnly) {
  std::vector<double> probability = {.6, .3, .1, .2, .7, .1, .5, .4, .1};
  std::vector<int32_t> label = {0, 1, 1}, cluster = {0, 1, 2};
  MulticlassScores scores =
      MulticlassSample({probability, label, 3}, cluster, 3).Judge(std::vector<int32_t>{1, 1, 1});
  EXPECT_NEAR(scores.balanced_accuracy, 0.75, 1e-12);
  EXPECT_TRUE(std::isnan(scores.macro_auroc));
  EXPECT_TRUE(std::isnan(scores.hand_till_auroc));
  EXPECT_TRUE(std::isnan(scores.sensitivity[2]));
}

TEST(MulticlassSample, StaysFiniteWhereACertainRowIsWrong) {
  std::vector<double> probability = {1, 0, 1, 0};
  std::vector<int32_t> label = {0, 1}, cluster = {0, 1};
  MulticlassScores scores =
      MulticlassSample({probability, label, 2}, cluster, 2).Judge(std::vector<int32_t>{1, 1});
  EXPECT_NEAR(scores.log_loss, -std::log(0x1p-52) / 2, 1e-9);  // scikit-learn clips at epsilon
  EXPECT_NEAR(scores.brier, 1, 1e-12);
}

TEST(ConfusionMatrix, HasTheTruthInRows) {
  ExampleClasses example;
  std::vector<int64_t> expected = {28, 7, 1, 9, 25, 2, 6, 2, 10};
  EXPECT_EQ(ConfusionMatrix(example.Rows()), expected);
}

TEST(MulticlassRows, PredictsTheFirstOfEquals) {
  std::vector<double> probability = {.4, .4, .2};
  std::vector<int32_t> label = {0};
  EXPECT_EQ((MulticlassRows{probability, label, 3}.Predicted(0)), 0);
}

}  // namespace
}  // namespace codman::evaluation
