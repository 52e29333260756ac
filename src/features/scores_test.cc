// What holds of every score; the tables are tested beside the groups.
#include "features/scores.h"

#include <set>

#include "features/score_calls_internal.h"

namespace codman::features {
namespace {

TEST(ScoresTest, EachHasANameOfItsOwnArgumentsAndASource) {
  std::set<std::string_view> names;
  for (const Score& score : Scores()) {
    EXPECT_TRUE(names.insert(score.name).second) << score.name;
    EXPECT_STRNE(score.arguments, "") << score.name;
    EXPECT_STRNE(score.source, "") << score.name;
    EXPECT_LE(static_cast<size_t>(score.min_arguments), score.units.size()) << score.name;
  }
  EXPECT_EQ(FindScore("no_such_score"), -1);
}

TEST(ScoresTest, AScoreOfNothingKnownIsMissing) {
  for (const Score& score : Scores()) {
    if (std::string_view(score.name) == "n_missing") continue;
    EXPECT_TRUE(std::isnan(Call(score.name, std::vector<double>(score.units.size(), kNull))))
        << score.name;
  }
}

TEST(ScoresTest, PartsAreSummedAndCounted) {
  EXPECT_EQ(Call("sum_present", {2, kNull, 3}), 5);
  EXPECT_TRUE(std::isnan(Call("sum_present", {kNull})));
  EXPECT_EQ(Call("n_missing", {2, kNull, kNull}), 2);
}

}  // namespace
}  // namespace codman::features
