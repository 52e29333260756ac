// Boundaries are those of the tables named above the cases.
#include "features/score_calls_internal.h"

namespace codman::features {
namespace {

// Bone et al. 1992: the four criteria.
TEST(SirsCountTest, CountsTheCriteriaMet) {
  ExpectRows("sirs_count", 0, 5, {{36, 0}, {35.9, 1}, {38, 0}, {38.1, 1}});
  ExpectRows("sirs_count", 1, 5, {{90, 0}, {91, 1}});
  ExpectRows("sirs_count", 2, 5, {{20, 0}, {21, 1}});
  ExpectRows("sirs_count", 3, 5, {{32, 0}, {31, 1}});
  ExpectRows("sirs_count", 4, 5, {{12, 0}, {12.1, 1}, {4, 0}, {3.9, 1}});
  ExpectRows("sirs_count", 5, 6, {{10, 0}, {10.1, 1}});
  EXPECT_EQ(Call("sirs_count", {39, 120, 30, 25, 20}), 4);  // breathing is one criterion
  EXPECT_EQ(Call("sirs_count", {37, kNull, 15, 45, 8}), 0);
  EXPECT_TRUE(std::isnan(Call("sirs_count", std::vector<double>(6, kNull))));
}

// Royal College of Physicians 2017, chart 1. Arguments: RR, SpO2, FiO2, SBP, HR, temperature, GCS.
TEST(News2Test, FollowsChartOne) {
  for (const char* name : {"news_partial", "news2"}) {
    size_t n = std::string_view(name) == "news2" ? 7 : 6;
    ExpectRows(name, 0, n, {{8, 3}, {9, 1}, {11, 1}, {12, 0}, {20, 0}, {21, 2}, {24, 2}, {25, 3}});
    ExpectRows(name, 1, n, {{91, 3}, {92, 2}, {93, 2}, {94, 1}, {95, 1}, {96, 0}});
    ExpectRows(name, 2, n, {{0.21, 0}, {0.22, 2}, {1.0, 2}});
    ExpectRows(name, 3, n,
               {{90, 3}, {91, 2}, {100, 2}, {101, 1}, {110, 1}, {111, 0}, {219, 0}, {220, 3}});
    ExpectRows(name, 4, n,
               {{40, 3},
                {41, 1},
                {50, 1},
                {51, 0},
                {90, 0},
                {91, 1},
                {110, 1},
                {111, 2},
                {130, 2},
                {131, 3}});
    ExpectRows(
        name, 5, n,
        {{35.0, 3}, {35.1, 1}, {36.0, 1}, {36.1, 0}, {38.0, 0}, {38.1, 1}, {39.0, 1}, {39.1, 2}});
    EXPECT_TRUE(std::isnan(Call(name, std::vector<double>(n, kNull))));
  }
  ExpectRows("news2", 6, 7, {{15, 0}, {14, 3}});
  EXPECT_EQ(Call("news_partial", {25, 91, 0.5, 90, 131, 39.1}), 16);  // 3+3+2+3+3+2
  EXPECT_EQ(Call("news2", {25, 91, 0.5, 90, 131, 35, 3}), 20);        // every row at its worst
}

TEST(News2Test, ScaleTwoCountsHighSaturationOnlyUnderOxygen) {
  ExpectRows("news2_scale2", 1, 7,
             {{83, 3}, {84, 2}, {85, 2}, {86, 1}, {87, 1}, {88, 0}, {92, 0}, {93, 0}, {99, 0}});
  for (Row row : {Row{92, 0}, Row{93, 1}, Row{94, 1}, Row{95, 2}, Row{96, 2}, Row{97, 3}}) {
    EXPECT_EQ(Call("news2_scale2", {kNull, row.value, 0.28, kNull, kNull, kNull, kNull}),
              row.points + 2);  // + 2 for the oxygen
  }
}

// Singer et al. 2016, box 4.
TEST(QsofaTest, CountsTheCriteria) {
  ExpectRows("qsofa", 0, 3, {{21, 0}, {22, 1}});
  ExpectRows("qsofa", 1, 3, {{101, 0}, {100, 1}});
  ExpectRows("qsofa", 2, 3, {{15, 0}, {14, 1}});
}

TEST(IndexTest, RatiosByHand) {
  EXPECT_EQ(Call("shock_index", {90, 120}), 0.75);
  EXPECT_EQ(Call("modified_shock_index", {90, 60}), 1.5);
  EXPECT_EQ(Call("rox_index", {96, 0.5, 24}), 8);
  EXPECT_TRUE(std::isnan(Call("shock_index", {90, kNull})));
  EXPECT_TRUE(std::isnan(Call("shock_index", {90, 0})));
}

}  // namespace
}  // namespace codman::features
