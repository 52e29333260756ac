// Boundaries are those of the tables named above the cases.
#include "features/score_calls_internal.h"

namespace codman::features {
namespace {

// Vincent et al. 1996, table 3.
TEST(PartialSofaTest, FollowsTheTable) {
  ExpectRows("partial_sofa", 0, 4,
             {{150, 0}, {149, 1}, {100, 1}, {99, 2}, {50, 2}, {49, 3}, {20, 3}, {19, 4}});
  ExpectRows("partial_sofa", 1, 4,
             {{1.1, 0}, {1.2, 1}, {1.9, 1}, {2.0, 2}, {5.9, 2}, {6.0, 3}, {11.9, 3}, {12.0, 4}});
  ExpectRows("partial_sofa", 2, 4,
             {{1.1, 0}, {1.2, 1}, {1.9, 1}, {2.0, 2}, {3.4, 2}, {3.5, 3}, {4.9, 3}, {5.0, 4}});
  ExpectRows("partial_sofa", 3, 4, {{70, 0}, {69, 1}});
  EXPECT_EQ(Call("partial_sofa", {10, 20, 9, 40}), 13);
  EXPECT_EQ(Call("partial_sofa", {90, kNull, 2.5, 80}), 4);
  EXPECT_TRUE(std::isnan(Call("partial_sofa", {kNull, kNull, kNull, kNull})));
}

TEST(SofaTest, OrgansFollowTheTable) {
  EXPECT_EQ(Call("sofa_respiration", {80, 0.2, 0}), 0);   // 400
  EXPECT_EQ(Call("sofa_respiration", {79, 0.2, 0}), 1);   // 395
  EXPECT_EQ(Call("sofa_respiration", {145, 0.5, 0}), 2);  // 290
  EXPECT_EQ(Call("sofa_respiration", {95, 0.5, 0}), 2);   // 190 without support
  EXPECT_EQ(Call("sofa_respiration", {95, 0.5, 1}), 3);
  EXPECT_EQ(Call("sofa_respiration", {95, 1.0, 1}), 4);  // 95
  EXPECT_EQ(Call("sofa_respiration", {95, 1.0, kNull}), 2);
  ExpectRows("sofa_cns", 0, 1,
             {{15, 0}, {14, 1}, {13, 1}, {12, 2}, {10, 2}, {9, 3}, {6, 3}, {5, 4}});
  EXPECT_EQ(Call("sofa_cardiovascular", {69, 0}), 1);
  EXPECT_EQ(Call("sofa_cardiovascular", {80, 0.1}), 3);
  EXPECT_EQ(Call("sofa_cardiovascular", {80, 0.11}), 4);
  EXPECT_EQ(Call("sofa_cardiovascular", {kNull, 0}), 0);
  EXPECT_TRUE(std::isnan(Call("sofa_cardiovascular", {kNull, kNull})));
  EXPECT_EQ(Call("sofa_renal", {1.0, 499}), 3);
  EXPECT_EQ(Call("sofa_renal", {1.0, 500}), 0);
  EXPECT_EQ(Call("sofa_renal", {1.0, 199}), 4);
  EXPECT_EQ(Call("sofa_renal", {5.0, 200}), 4);
  EXPECT_EQ(Call("sofa_renal", {2.0, kNull}), 2);
  EXPECT_EQ(Call("sofa_coagulation", {99}), 2);
  EXPECT_EQ(Call("sofa_liver", {6}), 3);
}

// The same table: dopamine <= 5, > 5, > 15 and dobutamine at any dose, in ug/kg/min.
TEST(SofaTest, CardiovascularTakesTheWorstOfPressureAndDrugs) {
  ExpectRows("sofa_cardiovascular", 2, 4, {{0, 0}, {5, 2}, {5.1, 3}, {15, 3}, {15.1, 4}});
  ExpectRows("sofa_cardiovascular", 3, 4, {{0, 0}, {2, 2}, {20, 2}});
  EXPECT_EQ(Call("sofa_cardiovascular", {60, 0, 0, 3}), 2);
  EXPECT_EQ(Call("sofa_cardiovascular", {60, 0.05, 20, 3}), 4);
  EXPECT_EQ(Call("sofa_cardiovascular", {60, kNull, kNull, kNull}), 1);
}

TEST(SofaTest, TotalSumsTheOrgansAndTellsHowManyItLacks) {
  EXPECT_EQ(Call("sofa_total", {4, 4, 4, 4, 4, 4}), 24);
  EXPECT_EQ(Call("sofa_total", {2, kNull, 1, 3, kNull, 0}), 6);
  EXPECT_EQ(Call("n_missing", {2, kNull, 1, 3, kNull, 0}), 2);
  EXPECT_TRUE(std::isnan(Call("sofa_total", std::vector<double>(6, kNull))));
  EXPECT_EQ(Call("n_missing", std::vector<double>(6, kNull)), 6);
}

// KDIGO 2012, table 2; creatinine now, its lowest in 48 h, its lowest in 7 d. The last rows are the
// ones a binary 0.3 gets wrong.
TEST(KdigoTest, CreatinineFollowsTheTable) {
  struct Case {
    double now, low_48h, low_7d, stage;
  };
  for (const Case& c : {Case{1.0, 1.0, 1.0, 0}, Case{1.29, 1.0, 1.0, 0}, Case{1.3, 1.0, 1.0, 1},
                        Case{1.5, 1.5, 1.0, 1}, Case{1.9, 1.9, 1.0, 1}, Case{2.0, 2.0, 1.0, 2},
                        Case{2.9, 2.9, 1.0, 2}, Case{3.0, 3.0, 1.0, 3}, Case{4.0, 3.7, 3.5, 3},
                        Case{4.0, 3.8, 3.5, 0}, Case{3.9, 3.6, 3.5, 1}, Case{1.4, 1.1, 1.1, 1},
                        Case{1.2, 1.2, 0.4, 3}, Case{2.0, 1.7, kNull, 1}}) {
    EXPECT_EQ(Call("kdigo_aki_stage", {c.now, c.low_48h, c.low_7d}), c.stage)
        << c.now << " " << c.low_48h << " " << c.low_7d;
  }
  EXPECT_TRUE(std::isnan(Call("kdigo_aki_stage", {2.0, kNull, kNull})));
}

// The urine column of the same table, in mL/kg/h over 6, 12 and 24 h.
TEST(KdigoTest, UrineAndDialysisFollowTheTable) {
  ExpectRows("kdigo_aki_stage", 3, 7, {{0.5, 0}, {0.49, 1}});
  ExpectRows("kdigo_aki_stage", 4, 7, {{0.49, 2}, {0, 3}});
  ExpectRows("kdigo_aki_stage", 5, 7, {{0.29, 3}});
  EXPECT_EQ(Call("kdigo_aki_stage", {1, 1, 1, 0.4, 0.6, 0.6, 0}), 1);
  EXPECT_EQ(Call("kdigo_aki_stage", {1, 1, 1, 0.4, 0.45, 0.5, 0}), 2);
  EXPECT_EQ(Call("kdigo_aki_stage", {2.5, 1, 1, 1, 1, 1, 0}), 2);
  EXPECT_EQ(Call("kdigo_aki_stage", {1, 1, 1, 1, 1, 1, 1}), 3);
}

}  // namespace
}  // namespace codman::features
