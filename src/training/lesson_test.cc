#include <gmock/gmock.h>

#include "training/fit.h"
#include "training/lesson_internal.h"

// Expected values: the rewards of evaluate_sepsis_score.py as design/ml.md 3 states them, by hand.
namespace codman::training {
namespace {

using testing::DoubleNear;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

// Patient 0 never falls ill; of patient 1 the label turns 1 in hour 8, so onset is hour 14.
feature_store::PredictionRows TwoPatients() {
  feature_store::PredictionRows rows;
  for (int patient = 0; patient < 2; ++patient) {
    for (int hour = 0; hour < 20; ++hour) {
      rows.subject.push_back(patient);
      rows.label.push_back(patient == 1 && hour >= 8 ? 1 : 0);
      rows.excluded.push_back(feature_store::kIncluded);
    }
  }
  return rows;
}

registry::TaskVariant LearningUtility() {
  registry::TaskVariant variant;
  variant.learns_utility = true;
  return variant;
}

TEST(Lesson, IsTheLabelWithoutADeclaration) {
  auto rows = TwoPatients();
  auto lesson = LessonOf({}, rows).value();
  EXPECT_EQ(lesson.labels, rows.label);
  EXPECT_THAT(lesson.weights, IsEmpty());
}

TEST(Lesson, OfUtilityIsWhatAnAlertGains) {
  auto lesson = LessonOf(LearningUtility(), TwoPatients()).value();
  std::vector<double> labels(lesson.labels.begin() + 20, lesson.labels.end());
  std::vector<double> weights(lesson.weights.begin() + 20, lesson.weights.end());
  EXPECT_THAT(std::vector<double>(lesson.labels.begin(), lesson.labels.begin() + 20), Each(0));
  EXPECT_THAT(std::vector<double>(lesson.weights.begin(), lesson.weights.begin() + 20), Each(1));
  // 14 h before onset an alert costs as any false one; 12 h before it is worth nothing; then its
  // reward rises by 1/6 an hour to 1, while the label is still 0.
  EXPECT_THAT(std::vector<double>(labels.begin(), labels.begin() + 3), Each(0));
  EXPECT_THAT(std::vector<double>(labels.begin() + 3, labels.begin() + 18), Each(1));
  EXPECT_THAT(std::vector<double>(weights.begin(), weights.begin() + 9),
              ElementsAre(1, 1, 0, DoubleNear(1 / 6.0, 1e-12), DoubleNear(2 / 6.0, 1e-12),
                          DoubleNear(3 / 6.0, 1e-12), DoubleNear(4 / 6.0, 1e-12),
                          DoubleNear(5 / 6.0, 1e-12), 1));
  // From 6 h before on silence costs 2/9 more each hour, of which the alert's own reward loses 1/9;
  // 3 h after onset all that is left is the cost of silence. Later nothing counts.
  EXPECT_NEAR(weights[9], 10 / 9.0, 1e-12);
  EXPECT_NEAR(weights[17], 2, 1e-12);
  EXPECT_THAT(std::vector<double>(weights.begin() + 18, weights.end()), Each(0));
}

TEST(Lesson, LeavesOutRowsOutsideTheCohort) {
  auto rows = TwoPatients();
  for (size_t row : {size_t{0}, size_t{39}}) {
    rows.excluded[row] = feature_store::kNoLabel;
    rows.label[row] = std::nan("");
  }
  auto lesson = LessonOf(LearningUtility(), rows).value();
  EXPECT_EQ(lesson.weights[0], 0);
  EXPECT_EQ(lesson.weights[39], 0);
  EXPECT_EQ(lesson.weights[1], 1);
  EXPECT_NEAR(lesson.weights[37], 2, 1e-12);
}

}  // namespace
}  // namespace codman::training
