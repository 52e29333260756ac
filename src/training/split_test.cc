#include "training/split.h"

#include <gmock/gmock.h>

#include <set>

#include "base/text.h"

namespace codman::training {
namespace {

feature_store::PredictionRows ThreeRowsEach(int subjects) {
  feature_store::PredictionRows rows;
  for (int i = 0; i < subjects; ++i) {
    rows.subjects.ids.push_back(i);
    rows.subjects.identifiers.push_back(format("p{:06}", i));
    for (int row = 0; row < 3; ++row) {
      rows.subject.push_back(i);
      rows.source_row.push_back(row + 1);
      rows.excluded.push_back(row == 2 ? feature_store::kNoLabel : feature_store::kIncluded);
    }
  }
  return rows;
}

registry::Task SixtyTwentyTwenty() {
  return {.train_share = 0.6, .tuning_share = 0.2, .seed = 2019};
}

// Expected values: Python 3.11,
//   int.from_bytes(hashlib.sha256(b"2019\nphysionet2019\np000001").digest()[:8], "little") >> 11, /
//   2**53
TEST(Split, BucketsAreTheOnesThatAnotherProgramComputes) {
  EXPECT_DOUBLE_EQ(BucketOf(2019, "physionet2019", "p000001"), 0.7289573026717067);
  EXPECT_DOUBLE_EQ(BucketOf(7, "synthetic", "SYN-000042"), 0.9964563252159394);
}

TEST(Split, ASubjectIsInOnePartWhateverRowsItHas) {
  auto rows = ThreeRowsEach(2000);
  auto parts = SplitRows(rows, SixtyTwentyTwenty(), "physionet2019");
  for (size_t i = 0; i < parts.size(); ++i) EXPECT_EQ(parts[i], parts[i / 3 * 3]);
}

TEST(Split, RowsAreSplitApartOnlyWhereTheTaskSaysSo) {
  auto rows = ThreeRowsEach(2000);
  auto task = SixtyTwentyTwenty();
  task.splits_rows = true;
  auto parts = SplitRows(rows, task, "physionet2019");
  int torn = 0;
  for (size_t i = 0; i < parts.size(); i += 3) torn += parts[i] != parts[i + 1] ? 1 : 0;
  // Two rows fall apart with probability 1 - 0.6² - 2 · 0.2² = 0.56: sd 22.
  EXPECT_NEAR(torn, 1120, 110);
  EXPECT_EQ(SplitRows(rows, task, "physionet2019"), parts);
}

// Binomial: 2,000 subjects at 0.6 have a standard deviation of 22; five of them are allowed.
TEST(Split, SharesAreTheDeclaredOnes) {
  auto parts = SplitRows(ThreeRowsEach(2000), SixtyTwentyTwenty(), "physionet2019");
  std::vector<int> rows(3);
  for (uint8_t part : parts) ++rows[part];
  EXPECT_NEAR(rows[kTrain] / 3.0, 1200, 110);
  EXPECT_NEAR(rows[kTuning] / 3.0, 400, 90);
  EXPECT_NEAR(rows[kHeldOut] / 3.0, 400, 90);
}

TEST(Split, DependsOnSeedAndSourceButNotOnTokensOrOrder) {
  auto rows = ThreeRowsEach(200);
  auto task = SixtyTwentyTwenty();
  auto parts = SplitRows(rows, task, "physionet2019");
  auto renumbered = rows;
  for (auto& id : renumbered.subjects.ids) id += 1000;
  EXPECT_EQ(SplitRows(renumbered, task, "physionet2019"), parts);
  EXPECT_NE(SplitRows(rows, task, "synthetic"), parts);
  task.seed = 1;
  EXPECT_NE(SplitRows(rows, task, "physionet2019"), parts);
}

// Binomial: a quarter of 2,000 subjects has a standard deviation of 19.4, that of a fold of
// 500 9.7.
TEST(Split, AShareHoldsSmallerOnesAndWholeSubjectsAndLeansToNoFold) {
  auto rows = ThreeRowsEach(2000);
  auto quarter = RowsOfShare(rows, 2019, "physionet2019", 0.25),
       half = RowsOfShare(rows, 2019, "physionet2019", 0.5);
  auto folds = FoldRows(rows, 2019, "physionet2019", 4);
  std::vector<int> in_fold(4);
  for (size_t i = 0; i < quarter.size(); ++i) {
    EXPECT_EQ(quarter[i], quarter[i / 3 * 3]);
    EXPECT_LE(quarter[i], half[i]);
    in_fold[folds[i]] += i % 3 == 0 ? quarter[i] : 0;
  }
  for (int count : in_fold) EXPECT_NEAR(count, 125, 49);
  EXPECT_THAT(RowsOfShare(rows, 2019, "physionet2019", 1), testing::Each(1));
}

TEST(Split, EveryFoldIsUsedAndHoldsWholeSubjects) {
  auto rows = ThreeRowsEach(500);
  auto folds = FoldRows(rows, SixtyTwentyTwenty().seed, "physionet2019", 5);
  EXPECT_EQ(std::set<uint8_t>(folds.begin(), folds.end()).size(), 5U);
  for (size_t i = 0; i < folds.size(); ++i) EXPECT_EQ(folds[i], folds[i / 3 * 3]);
}

TEST(Split, RowsOutsideTheCohortAreInNoPart) {
  auto rows = ThreeRowsEach(100);
  auto parts = SplitRows(rows, SixtyTwentyTwenty(), "physionet2019");
  auto all = RowsIn(rows, parts, {kTrain, kTuning, kHeldOut});
  for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], i % 3 == 2 ? 0 : 1);
}

}  // namespace
}  // namespace codman::training
