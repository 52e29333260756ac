#include "serving/shadow_comparison.h"

#include <gtest/gtest.h>

#include "base/text.h"

// Expected values by hand.
namespace codman::serving {
namespace {

TEST(ShadowTally, CountsAlertsBandsAndGapsOfBinaryModels) {
  ShadowTally tally(models::Objective::kBinary);
  tally.Add("a", {0.10, Band::kLow, false, ""}, {0.30, Band::kHigh, true, ""});
  tally.Add("b", {0.50, Band::kHigh, true, ""}, {0.40, Band::kHigh, true, ""});
  tally.Add("c", {0.20, Band::kModerate, false, ""}, {0.20, Band::kModerate, false, ""});
  tally.Add("d", {0.90, Band::kCritical, true, ""}, {0.10, Band::kLow, false, ""});
  Json json = tally.ToJson();
  EXPECT_EQ(json["predictions"].AsInt(), 4);
  EXPECT_NEAR(json["difference"]["mean"].AsDouble(), (0.2 - 0.1 + 0 - 0.8) / 4, 1e-15);
  EXPECT_NEAR(json["difference"]["mean_absolute"].AsDouble(), (0.2 + 0.1 + 0 + 0.8) / 4, 1e-15);
  EXPECT_NEAR(json["difference"]["p95_absolute"].AsDouble(), 0.8, 1e-15);
  EXPECT_EQ(json["largest"].items()[0]["id"].AsString(), "d");
  EXPECT_EQ(json["largest"].items()[3]["id"].AsString(), "c");
  EXPECT_EQ(json["alerts"].ToString(),
            R"({"both":1,"champion_only":1,"challenger_only":1,"neither":1})");
  EXPECT_EQ(json["bands"].ToString(), "[[0,0,1,0],[0,1,0,0],[0,0,1,0],[1,0,0,0]]");
}

TEST(ShadowTally, TheTailIsTheGapThatNineteenOfTwentyDoNotExceed) {
  ShadowTally tally(models::Objective::kRegression);
  for (int i = 1; i <= 20; ++i) {
    tally.Add(format("{:02}", i), {100, Band::kLow, false, ""}, {100.0 + i, Band::kLow, false, ""});
  }
  Json json = tally.ToJson();
  EXPECT_EQ(json["difference"]["p95_absolute"].AsDouble(), 19);
  EXPECT_EQ(json["largest"].size(), 10u);
  EXPECT_EQ(json.Find("alerts"), nullptr) << "an amount alerts nobody";
}

TEST(ShadowTally, CountsClassesAndIsEmptyWithoutAnswers) {
  ShadowTally tally(models::Objective::kMulticlass);
  EXPECT_EQ(tally.ToJson()["predictions"].AsInt(), 0);
  EXPECT_TRUE(tally.ToJson()["difference"].is_null());
  tally.Add("a", {0.6, Band::kLow, false, "AD"}, {0.5, Band::kLow, false, "MCI"});
  tally.Add("b", {0.6, Band::kLow, false, "CN"}, {0.7, Band::kLow, false, "CN"});
  EXPECT_EQ(tally.ToJson()["classes"].ToString(), R"({"same":1,"different":1})");
}

}  // namespace
}  // namespace codman::serving
