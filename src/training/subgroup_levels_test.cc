#include <gmock/gmock.h>

#include "engine/delta_table.h"
#include "lakehouse/lake_testing.h"
#include "training/subgroup_levels_internal.h"

// Expected values by hand from registry/task.h (SubgroupColumn).
namespace codman::training {
namespace {

using columns::Type;
using testing::ElementsAre;
using testing::HasSubstr;

class SubgroupLevelsTest : public testing::Test {
 protected:
  SubgroupLevelsTest() {
    place_.engine = at_.engine.get();
    place_.lake = at_.lake;
    rows_.subjects = {.ids = {7, 8}, .identifiers = {"a", "b"}};
    rows_.subject = {0, 0, 1};
    rows_.source_row = {1, 2, 3};
    from_ = {.source = "here", .table = "gold.visits"};
    Make("gold.visits",
         "(7, 'here', 1, 'x'), (7, 'here', 2, 'y'), (8, 'here', 3, null), (8, 'there', 3, 'z')");
    Make("silver.stays",
         "(7, 'here', 0, 'one'), (7, 'here', 0, 'one'), (8, 'here', 0, 'two'), (8, 'here', 0, "
         "'one')");
  }

  void Make(const std::string& name, const std::string& values) {
    columns::Schema schema = {{"subject_id", Type::kInt64},
                              {"source", Type::kString},
                              {"source_row", Type::kInt64},
                              {"kind", Type::kString}};
    engine::DeltaTable table(at_.lake.RootOf(name), schema);
    std::string select = format(
        "select subject_id::bigint as subject_id, source::varchar as source, source_row::bigint "
        "as source_row, kind::varchar as kind from (values {}) as t(subject_id, source, "
        "source_row, kind)",
        values);
    engine::DeltaChange change;
    change.adds = lakehouse::Must(table.WriteFile(place_.engine, select));
    lakehouse::Must(table.Commit(lakehouse::Must(table.Load()), change));
  }

  lakehouse::TestLake at_;
  TrainingPlace place_;
  registry::TaskSource from_;
  feature_store::PredictionRows rows_;
};

TEST_F(SubgroupLevelsTest, AreThoseOfTheRowsOwnTableRowByRowAndOfThisSourceOnly) {
  from_.subgroups = {{.name = "kind", .table = "", .level = "upper(kind)"}};
  auto levels = DeclaredSubgroups(place_, from_, rows_);
  ASSERT_TRUE(levels.ok()) << levels.error().ToString();
  EXPECT_THAT((*levels)["kind"], ElementsAre("X", "Y", ""));
}

TEST_F(SubgroupLevelsTest, OfAnotherTableArePerSubjectAndOneOfTwoLevelsHasNone) {
  from_.subgroups = {{.name = "stay", .table = "silver.stays", .level = "kind"}};
  auto levels = DeclaredSubgroups(place_, from_, rows_);
  ASSERT_TRUE(levels.ok()) << levels.error().ToString();
  EXPECT_THAT((*levels)["stay"], ElementsAre("one", "one", ""));
}

TEST_F(SubgroupLevelsTest, WhatCannotBeReadIsNamed) {
  from_.subgroups = {{.name = "race", .table = "", .level = "no_such_column"}};
  auto wrong = DeclaredSubgroups(place_, from_, rows_);
  ASSERT_FALSE(wrong.ok());
  EXPECT_THAT(wrong.error().ToString(), HasSubstr("the subgroup 'race' from gold.visits"));
  from_.subgroups = {{.name = "race", .table = "gold.none", .level = "race"}};
  auto missing = DeclaredSubgroups(place_, from_, rows_);
  ASSERT_FALSE(missing.ok());
  EXPECT_THAT(missing.error().ToString(), HasSubstr("codman build gold.none"));
}

}  // namespace
}  // namespace codman::training
