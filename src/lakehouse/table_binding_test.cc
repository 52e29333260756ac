#include "lakehouse/table_binding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "base/yaml.h"

// Expected columns by hand from the selects of the test.
namespace codman::lakehouse {
namespace {

using columns::Type;
using testing::ElementsAre;
using testing::HasSubstr;

class TableBindingTest : public testing::Test {
 protected:
  static Result<SqlTable> Gold(const std::string& name, const std::string& more,
                               const std::string& select) {
    return ParseSqlTable("gold", "gold/" + name + ".sql",
                         "-- description: made\n-- key: subject_id\n" + more + select + "\n");
  }
  // The tables as the clinic's files would declare them.
  TableSchemas Bind(const std::vector<Result<SqlTable>>& declared) {
    std::vector<SqlTable> tables;
    for (const auto& table : declared) {
      EXPECT_TRUE(table.ok()) << table.error().ToString();
      if (table.ok()) tables.push_back(*table);
    }
    auto ordered = InBuildOrder(tables, {"labs"});
    EXPECT_TRUE(ordered.ok()) << ordered.error().ToString();
    auto bound = BindTables(engine_.get(), concepts_, {"labs"}, *ordered, &problems_);
    EXPECT_TRUE(bound.ok()) << bound.error().ToString();
    return *bound;
  }

  std::unique_ptr<engine::SqlEngine> engine_ = engine::SqlEngine::Open({.num_threads = 1}).value();
  events::Concepts concepts_ = events::Concepts::FromDocuments({}).value();
  base::Problems problems_{""};
};

TEST_F(TableBindingTest, ColumnsAreToldWithoutARow) {
  auto schemas =
      Bind({Gold("last", "-- check: relationship subject_id gold.first.subject_id\n",
                 "select subject_id, n + 1 as n, 'x' as word from ref('gold.first')"),
            Gold("first", "-- check: range n 0 9\n",
                 "select subject_id, count(*) as n, max(event_time) as at, max(high) as high "
                 "from ref('silver.events') join ref('clinic.concepts') using (concept) "
                 "join (select distinct source from ref('bronze.labs')) using (source) "
                 "group by subject_id")});
  EXPECT_TRUE(problems_.empty()) << problems_.ToResult().error().ToString();
  EXPECT_THAT(
      schemas["gold.first"],
      ElementsAre(columns::Field{"subject_id", Type::kInt64}, columns::Field{"n", Type::kInt64},
                  columns::Field{"at", Type::kTimestamp}, columns::Field{"high", Type::kDouble}));
  EXPECT_THAT(schemas["gold.last"], ElementsAre(columns::Field{"subject_id", Type::kInt64},
                                                columns::Field{"n", Type::kInt64},
                                                columns::Field{"word", Type::kString}));
  EXPECT_EQ(schemas["silver.subjects"].size(), 4u);
}

TEST_F(TableBindingTest, MistakesAreToldAtOnceAndWhatLeansOnThemIsNotJudged) {
  auto schemas =
      Bind({Gold("misspelt", "", "select subject_id, evnt_time from ref('silver.events')"),
            Gold("leaning", "", "select subject_id, nothing from ref('gold.misspelt')"),
            Gold("unheld", "", "select subject_id, [1, 2] as list from ref('silver.events')"),
            Gold("keyless", "", "select value from ref('silver.events')"),
            Gold("checked", "-- check: not_null vlue\n",
                 "select subject_id, value from ref('silver.events')")});
  ASSERT_EQ(problems_.lines().size(), 4u) << problems_.ToResult().error().ToString();
  std::string all = base::Join(problems_.lines(), "\n");
  EXPECT_THAT(all, HasSubstr("gold/misspelt.sql:1: the select does not fit: "));
  EXPECT_THAT(all, HasSubstr("\"evnt_time\" not found"));
  EXPECT_THAT(all, HasSubstr("gold/unheld.sql:1: the column list is of type INTEGER[]"));
  EXPECT_THAT(all, HasSubstr("gold/keyless.sql:1: the key names the column subject_id"));
  EXPECT_THAT(all, HasSubstr("gold/checked.sql:3: the check 'not_null vlue' does not fit"));
  EXPECT_EQ(all.find("gold/leaning.sql"), std::string::npos);
  EXPECT_EQ(schemas.count("gold.misspelt") + schemas.count("gold.leaning"), 0u);
  EXPECT_EQ(schemas.count("gold.checked"), 1u);
}

}  // namespace
}  // namespace codman::lakehouse
