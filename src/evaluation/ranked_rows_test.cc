#include "evaluation/ranked_rows.h"

#include <gtest/gtest.h>

#include <cmath>

#include "evaluation/discrimination.h"
#include "evaluation/example_rows_internal.h"

namespace codman::evaluation {
namespace {

std::vector<int32_t> ClusterByRemainder(int clusters) {
  std::vector<int32_t> cluster;
  for (int i = 0; i < 40; ++i) cluster.push_back(i % clusters);
  return cluster;
}

TEST(RankedRows, CountEachRowAsOftenAsItsClusterWasDrawn) {
  // scikit-learn 1.9.1 with sample_weight = 1 + i mod 4.
  RankedRows ranked(ExampleScores(), ExampleLabels(), ClusterByRemainder(4));
  std::vector<int32_t> times = {1, 2, 3, 4};
  Discrimination judged = ranked.Judge(times);
  EXPECT_NEAR(judged.auroc, 0.58807300509337856, 1e-12);
  EXPECT_NEAR(judged.auprc, 0.57793953032877554, 1e-12);
}

TEST(RankedRows, WithEachClusterOnceGiveTheScoresOfTheSample) {
  RankedRows ranked(ExampleScores(), ExampleLabels(), ClusterByRemainder(4));
  std::vector<int32_t> once = {1, 1, 1, 1};
  EXPECT_NEAR(ranked.Judge(once).auroc, 0.58133333333333326, 1e-12);
  EXPECT_NEAR(ranked.Judge(once).auprc, 0.54854850802219224, 1e-12);
}

TEST(RankedRows, EqualTheRepeatedRowsWhereAClusterIsLeftOut) {
  auto scores = ExampleScores(), labels = ExampleLabels();
  auto cluster = ClusterByRemainder(7);
  std::vector<int32_t> times = {0, 3, 1, 0, 2, 1, 0};
  std::vector<double> repeated_scores, repeated_labels;
  for (size_t row = 0; row < scores.size(); ++row) {
    for (int k = 0; k < times[cluster[row]]; ++k) {
      repeated_scores.push_back(scores[row]);
      repeated_labels.push_back(labels[row]);
    }
  }
  Discrimination judged = RankedRows(scores, labels, cluster).Judge(times);
  EXPECT_NEAR(judged.auroc, Auroc(repeated_scores, repeated_labels), 1e-12);
  EXPECT_NEAR(judged.auprc, Auprc(repeated_scores, repeated_labels), 1e-12);
}

TEST(RankedRows, AreUndefinedWhereADrawLeavesNoEvent) {
  std::vector<double> scores = {0.1, 0.9}, labels = {0, 1};
  std::vector<int32_t> cluster = {0, 1}, times = {2, 0};
  EXPECT_TRUE(std::isnan(RankedRows(scores, labels, cluster).Judge(times).auroc));
}

TEST(RankedRows, RankOnlyTheRowsAskedFor) {
  std::vector<double> scores = {0.1, 0.9, 0.5, 0.4}, labels = {1, 0, 1, 0};
  std::vector<int32_t> cluster = {0, 0, 0, 0}, once = {1};
  std::vector<int64_t> rows = {2, 3};
  EXPECT_EQ(RankedRows(scores, labels, cluster, rows).Judge(once).auroc, 1);
}

}  // namespace
}  // namespace codman::evaluation
