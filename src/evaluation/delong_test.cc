#include "evaluation/delong.h"

#include <gtest/gtest.h>

#include <cmath>

#include "evaluation/discrimination.h"
#include "evaluation/example_rows_internal.h"

namespace codman::evaluation {
namespace {

// Expected values: numpy and scipy by DeLong's own definition, every event against every other row:
//   k = (s[y][:,None] > s[~y]) + 0.5*(s[y][:,None] == s[~y]); v, w = k.mean(1), k.mean(0)
//   S = np.cov(v1, v2)/len(v1) + np.cov(w1, w2)/len(w1); z = d/(S[0,0]+S[1,1]-2*S[0,1])**.5
TEST(JudgeDelong, EqualsTheDefinition) {
  DelongAuroc judged = JudgeDelong(ExampleScores(), ExampleLabels());
  EXPECT_NEAR(judged.auroc, 0.58133333333333337, 1e-12);
  EXPECT_NEAR(judged.variance, 0.011778476190476186, 1e-12);
  EXPECT_NEAR(judged.low, 0.36862101291855232, 1e-9);
  EXPECT_NEAR(judged.high, 0.79404565374811442, 1e-9);
}

TEST(CompareDelong, EqualsTheDefinition) {
  std::vector<double> a = ExampleScores(), b;
  for (int i = 0; i < 40; ++i) b.push_back(i * 29 % 83 / 83.0 * 0.5 + a[i] * 0.5);
  DelongComparison compared = CompareDelong(a, b, ExampleLabels());
  EXPECT_NEAR(compared.b.auroc, 0.576, 1e-12);
  EXPECT_NEAR(compared.b.variance, 0.010785862433862436, 1e-12);
  EXPECT_NEAR(compared.difference, 0.0053333333333334121, 1e-12);
  EXPECT_NEAR(compared.low, -0.13990342031999542, 1e-9);
  EXPECT_NEAR(compared.high, 0.15057008698666224, 1e-9);
  EXPECT_NEAR(compared.z, 0.071973112782673765, 1e-9);
  EXPECT_NEAR(compared.p, 0.94262330523513072, 1e-9);
}

TEST(CompareDelong, FindsNoDifferenceBetweenScoresOfOneOrder) {
  std::vector<double> a = ExampleScores(), b;
  for (double score : a) b.push_back(score * score);
  DelongComparison compared = CompareDelong(a, b, ExampleLabels());
  EXPECT_EQ(compared.difference, 0);
  EXPECT_EQ(compared.z, 0);
  EXPECT_EQ(compared.p, 1);
}

TEST(JudgeDelong, AgreesWithTheAreaOnManyRows) {
  std::vector<double> scores, labels;
  for (int i = 0; i < 20000; ++i) {
    int hundreds = i * 7919 % 10007 / 100;  // many ties
    scores.push_back(hundreds);
    labels.push_back(i * 104729 % 1009 < 60 + scores.back() ? 1 : 0);
  }
  EXPECT_NEAR(JudgeDelong(scores, labels).auroc, Auroc(scores, labels), 1e-12);
}

TEST(JudgeDelong, StaysWithinZeroAndOne) {
  std::vector<double> scores = {.1, .2, .3, .4, .35, .5, .6}, labels = {0, 0, 0, 0, 1, 1, 1};
  DelongAuroc judged = JudgeDelong(scores, labels);
  EXPECT_EQ(judged.high, 1);
  EXPECT_GT(judged.low, 0);
}

TEST(JudgeDelong, HasNoVarianceOfOneEventAndNoAreaOfNone) {
  std::vector<double> scores = {.1, .2, .3}, one = {0, 0, 1}, none = {0, 0, 0};
  EXPECT_EQ(JudgeDelong(scores, one).auroc, 1);
  EXPECT_TRUE(std::isnan(JudgeDelong(scores, one).low));
  EXPECT_TRUE(std::isnan(JudgeDelong(scores, none).auroc));
  EXPECT_TRUE(std::isnan(CompareDelong(scores, scores, none).p));
}

}  // namespace
}  // namespace codman::evaluation
