#include "evaluation/repeated.h"

#include <gtest/gtest.h>

#include <cmath>

namespace codman::evaluation {
namespace {

// Five repeats of three folds: rmse 4500 + (37 r + 11 k) mod 17 · 10.
std::vector<std::vector<FoldMetrics>> Example() {
  std::vector<std::vector<FoldMetrics>> repeats(5);
  for (int r = 0; r < 5; ++r) {
    for (int k = 0; k < 3; ++k) {
      repeats[r].push_back({{"rmse", 4500 + (37 * r + 11 * k) % 17 * 10.0}, {"r2", 0.8}});
    }
  }
  return repeats;
}

// Expected values: numpy.
//   m = np.array([[4500 + (37*r+11*k)%17*10. for k in range(3)] for r in range(5)]).mean(1)
//   m.mean(), np.quantile(m, [.025, .975]), m.std(ddof=1)
TEST(AverageRepeats, GivesMeanAndSpreadOverRepeats) {
  auto averaged = AverageRepeats(Example());
  ASSERT_TRUE(averaged.ok()) << averaged.error().ToString();
  const RepeatedMetric& rmse = averaged->at("rmse");
  EXPECT_NEAR(rmse.mean, 4568, 1e-9);
  EXPECT_NEAR(rmse.low, 4553.6666666666661, 1e-9);
  EXPECT_NEAR(rmse.high, 4586.3333333333339, 1e-9);
  EXPECT_NEAR(rmse.deviation, 15.740958604156825, 1e-9);
  EXPECT_EQ(rmse.repeats, 5);
  EXPECT_NEAR(averaged->at("r2").deviation, 0, 1e-12);
}

TEST(AverageRepeats, LeavesOutFoldsWithoutTheMetric) {
  auto repeats = Example();
  repeats[0][1]["r2"] = NAN;
  repeats[0][2].erase("r2");
  for (FoldMetrics& fold : repeats[4]) fold["r2"] = NAN;
  auto averaged = AverageRepeats(repeats);
  ASSERT_TRUE(averaged.ok());
  EXPECT_NEAR(averaged->at("r2").mean, 0.8, 1e-12);
  EXPECT_EQ(averaged->at("r2").repeats, 4);
}

TEST(AverageRepeats, HasNoSpreadOfOneRepeat) {
  auto repeats = Example();
  repeats.resize(1);
  auto averaged = AverageRepeats(repeats);
  ASSERT_TRUE(averaged.ok());
  EXPECT_TRUE(std::isnan(averaged->at("rmse").low));
  EXPECT_TRUE(std::isnan(averaged->at("rmse").deviation));
  auto json = RepeatedJson(repeats);
  ASSERT_TRUE(json.ok());
  EXPECT_TRUE((*json)["metrics"]["rmse"]["low"].is_null());
}

TEST(AverageRepeats, RefusesWhatDoesNotFit) {
  EXPECT_FALSE(AverageRepeats({}).ok());
  EXPECT_FALSE(AverageRepeats({{}}).ok());
  auto repeats = Example();
  repeats[2].pop_back();
  EXPECT_FALSE(AverageRepeats(repeats).ok());
}

TEST(FlatMetrics, NamesNumbersByTheirPath) {
  auto report = base::ParseJson(R"({"rows":3,"regression":{"rmse":1.5,"r2":null},"deciles":[1]})");
  ASSERT_TRUE(report.ok());
  FoldMetrics expected = {{"rows", 3}, {"regression.rmse", 1.5}};
  EXPECT_EQ(FlatMetrics(*report), expected);
}

}  // namespace
}  // namespace codman::evaluation
