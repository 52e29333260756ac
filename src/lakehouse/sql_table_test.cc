#include "lakehouse/sql_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace codman::lakehouse {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kGood[] =
    "-- description: one row per stay\n"
    "-- key: a, b\n"
    "-- owner: data team\n"
    "-- check: range hours 0 10\n"
    "-- warn: accepted_values sex 0, 1\n"
    "-- check: relationship a silver.patients.subject_id\n"
    "-- check: freshness known_time 24h\n"
    "select a, b, 'ref(''x'')' as t -- ref('silver.gone')\n"
    "from ref('silver.events') join ref('bronze.patient-vitals') using (a);\n";

TEST(SqlTable, ReadsHeaderAndRefs) {
  auto table = ParseSqlTable("gold", "clinic/gold/stays.sql", kGood);
  ASSERT_TRUE(table.ok()) << table.error().ToString();
  EXPECT_EQ(table->QualifiedName(), "gold.stays");
  EXPECT_THAT(table->key, ElementsAre("a", "b"));
  EXPECT_THAT(table->refs,
              ElementsAre("bronze.patient-vitals", "silver.events", "silver.patients"));
  EXPECT_EQ(table->sql,
            "select a, b, 'ref(''x'')' as t \n"
            "from silver.\"events\" join bronze.\"patient-vitals\" using (a)");
  ASSERT_EQ(table->checks.size(), 7u);  // four declared, the key's three
  EXPECT_EQ(table->checks[1].severity, Severity::kWarning);
  EXPECT_EQ(table->checks[3].max_age_us, 86'400'000'000);
  EXPECT_EQ(table->checks[6].text, "unique a, b");
  EXPECT_EQ(table->checks[6].line, 2);
}

struct Mistake {
  const char* text;
  const char* message;
};

TEST(SqlTable, ReportsEveryMistakeWithItsPlace) {
  const std::string head = "-- description: d\n-- key: a\n";
  const Mistake cases[] = {
      {"-- chek: not_null a\nselect 1 as a",
       ":3: unknown header key 'chek'; did you mean 'check'?"},
      {"-- check: rang a 0 1\nselect 1 as a", ":3: 'rang a 0 1' is no check; write one of"},
      {"-- check: range a 5 1\nselect 1 as a", ":3: 'range a 5 1' is no check"},
      {"-- key: b\nselect 1 as a", ":3: 'key' stands twice"},
      {"delete from x", ":3: 'delete' begins the statement"},
      {"select a\nfrom silver.events", ":4: 'silver.' names a table directly"},
      {"select a from ref(silver.events)", ":3: a ref reads ref('silver.table')"},
      {"select a from ref('copper.events')", ":3: a ref reads ref('silver.table')"},
      {"select 1 as a; select 2", ":3: one select per file"},
      {"select now() as a", ":3: 'now' is refused: a table is a function of its inputs"},
      {"select 'a", ":3: a quote is not closed"},
      {"", "the select is missing"},
  };
  for (const auto& [text, message] : cases) {
    auto table = ParseSqlTable("gold", "g/t.sql", head + text);
    ASSERT_FALSE(table.ok()) << text;
    EXPECT_THAT(table.error().ToString(), HasSubstr(message));
  }
  auto all = ParseSqlTable("gold", "g/t.sql", "-- chek: x\n-- check: y\nselect 1;\nselect 2");
  ASSERT_FALSE(all.ok());
  for (const char* message : {"chek", "no check", "description", "key", "one select"})
    EXPECT_THAT(all.error().ToString(), HasSubstr(message));
}

SqlTable Reading(const std::string& name, const std::vector<std::string>& refs) {
  SqlTable table;
  table.layer = "gold";
  table.name = name;
  table.file = "gold/" + name + ".sql";
  table.refs = refs;
  return table;
}

TEST(SqlTable, InputsAreBuiltFirst) {
  auto ordered = InBuildOrder(
      {Reading("a", {"gold.c"}), Reading("b", {}), Reading("c", {"gold.b", "silver.events"})}, {});
  ASSERT_TRUE(ordered.ok());
  std::vector<std::string> names;
  for (const auto& table : *ordered) names.push_back(table.name);
  EXPECT_THAT(names, ElementsAre("b", "c", "a"));
}

TEST(SqlTable, ACircleIsRefusedNamingItsPath) {
  auto ordered = InBuildOrder(
      {Reading("a", {"gold.b"}), Reading("b", {"gold.c"}), Reading("c", {"gold.b"})}, {});
  ASSERT_FALSE(ordered.ok());
  EXPECT_THAT(ordered.error().ToString(), HasSubstr("gold.b -> gold.c -> gold.b"));
}

TEST(SqlTable, AnUnknownRefGetsTheNearestName) {
  auto ordered = InBuildOrder({Reading("a", {"silver.event"})}, {});
  ASSERT_FALSE(ordered.ok());
  EXPECT_THAT(ordered.error().ToString(), HasSubstr("did you mean 'silver.events'?"));
}

}  // namespace
}  // namespace codman::lakehouse
