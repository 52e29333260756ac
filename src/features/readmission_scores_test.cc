#include "features/score_calls_internal.h"

namespace codman::features {
namespace {

// van Walraven et al. 2010, table 3. Arguments: days, emergency, Charlson, emergency visits.
TEST(LaceTest, FollowsTheTable) {
  ExpectRows("lace", 0, 4,
             {{0.9, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 4}, {6.9, 4}, {7, 5}, {13.9, 5}, {14, 7}});
  ExpectRows("lace", 1, 4, {{0, 0}, {1, 3}});
  ExpectRows("lace", 2, 4, {{0, 0}, {1, 1}, {2, 2}, {3, 3}, {4, 5}, {9, 5}});
  ExpectRows("lace", 3, 4, {{0, 0}, {1, 1}, {3, 3}, {4, 4}, {7, 4}});
  EXPECT_EQ(Call("lace", {20, 1, 6, 5}), 19);  // the table's maximum
  // The two worked examples in the manual of the R package cliot, lace_readmission_index.
  EXPECT_EQ(Call("lace", {5, 1, 5, 2}), 14);
  EXPECT_EQ(Call("lace", {2, 0, 0, 0}), 2);
  EXPECT_TRUE(std::isnan(Call("lace", std::vector<double>(4, kNull))));
}

// Donzé et al. 2016, table 1. Arguments: hemoglobin, oncology, sodium, procedure, urgent,
// admissions in the year before, days.
TEST(HospitalScoreTest, FollowsTheTable) {
  ExpectRows("hospital_score", 0, 7, {{11.9, 1}, {12, 0}});
  ExpectRows("hospital_score", 1, 7, {{0, 0}, {1, 2}});
  ExpectRows("hospital_score", 2, 7, {{134, 1}, {135, 0}});
  ExpectRows("hospital_score", 3, 7, {{0, 0}, {1, 1}});
  ExpectRows("hospital_score", 4, 7, {{0, 0}, {1, 1}});
  ExpectRows("hospital_score", 5, 7, {{0, 0}, {1, 0}, {2, 2}, {5, 2}, {6, 5}});
  ExpectRows("hospital_score", 6, 7, {{4, 0}, {5, 2}});
  EXPECT_EQ(Call("hospital_score", {8, 1, 120, 1, 1, 9, 12}), 13);  // the table's maximum
}

}  // namespace
}  // namespace codman::features
