#include "evaluation/row_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace codman::evaluation {
namespace {

using testing::ElementsAre;

TEST(RowGroups, GatherScatteredRowsInRowOrder) {
  std::vector<int32_t> index = {900, 7, 900, 7, 7, 12};
  RowGroups groups(index);
  EXPECT_EQ(groups.count(), 3);
  EXPECT_THAT(groups.group_of_row(), ElementsAre(2, 0, 2, 0, 0, 1));
  EXPECT_THAT(groups.Rows(0), ElementsAre(1, 3, 4));
  EXPECT_THAT(groups.Rows(1), ElementsAre(5));
  EXPECT_THAT(groups.Rows(2), ElementsAre(0, 2));
}

TEST(RowGroups, OfNothingAreNone) { EXPECT_EQ(RowGroups({}).count(), 0); }

}  // namespace
}  // namespace codman::evaluation
