#include "engine/delta_fixture_internal.h"
#include "engine/delta_stats_internal.h"

// Expected values: PROTOCOL.md of delta-io/delta ("Per-file Statistics"); arithmetic by hand; the
// order of UTF-8 bytes.
namespace codman::engine {
namespace {

using columns::Type;

class DeltaStatsTest : public DeltaFixture {
 protected:
  // The stats of a file with these rows of (id, level, name, flag, at).
  Json Stats(const std::string& values) {
    DeltaTable table(root_, kDeltaSchema);
    auto files =
        Write(table, format("select id::bigint as id, level::double as level, name::varchar "
                            "as name, flag::boolean as flag, \"at\"::timestamptz as \"at\" "
                            "from (values {}) t(id, level, name, flag, \"at\")",
                            values));
    EXPECT_EQ(files.size(), 1u);
    if (files.empty()) return {};
    return Must(base::ParseJson(files.front().stats));
  }
};

TEST_F(DeltaStatsTest, BoundEveryValue) {
  Json stats = Stats(
      "(-3, 0.1, 'b', true, make_timestamptz(-1)), (5, null, 'a', null, make_timestamptz(1500)), "
      "(null, -7.5, null, false, null)");
  EXPECT_EQ(stats["numRecords"].AsInt(), 3);
  EXPECT_EQ(stats["minValues"]["id"].AsInt(), -3);
  EXPECT_EQ(stats["maxValues"]["id"].AsInt(), 5);
  EXPECT_EQ(stats["minValues"]["level"].AsDouble(), -7.5);
  EXPECT_EQ(stats["maxValues"]["level"].AsDouble(), 0.1);
  EXPECT_EQ(stats["minValues"]["name"].AsString(), "a");
  EXPECT_EQ(stats["maxValues"]["name"].AsString(), "b");
  // -1 µs lies in the millisecond that begins at -1 ms; 1500 µs is below 2 ms.
  EXPECT_EQ(stats["minValues"]["at"].AsString(), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(stats["maxValues"]["at"].AsString(), "1970-01-01T00:00:00.002Z");
  EXPECT_EQ(stats["nullCount"].ToString(), R"({"id":1,"level":1,"name":1,"flag":1,"at":1})");
  EXPECT_EQ(stats["minValues"].Find("flag"), nullptr) << "booleans have no bounds";
  EXPECT_EQ(stats["maxValues"].Find("flag"), nullptr);
}

TEST_F(DeltaStatsTest, LeavesOutWhatItCannotTell) {
  struct Case {
    const char* values;
    const char* column;
  };
  for (auto [values, column] :
       {Case{"(1, 'nan', 'a', true, now())", "level"},
        {"(1, '1.5', 'a', true, now()), (1, 'nan', 'a', true, now())", "level"},
        {"(1, 'infinity', 'a', true, now())", "level"},
        {"(1, '-infinity', 'a', true, now())", "level"},
        {"(9007199254740993, 1, 'a', true, now())", "id"},
        {"(-9223372036854775808, 1, 'a', true, now())", "id"},
        {"(1, 1, 'a', true, '10000-01-01T00:00:00Z')", "at"},
        {"(1, 1, 'a', true, '0001-12-31 (BC) 00:00:00+00')", "at"},
        {"(1, 1, 'a', true, 'infinity')", "at"},
        {"(1, 1, null, true, now())", "name"}}) {
    Json stats = Stats(values);
    EXPECT_EQ(stats["minValues"].Find(column), nullptr) << values;
    EXPECT_EQ(stats["maxValues"].Find(column), nullptr) << values;
    EXPECT_NE(stats["nullCount"].Find(column), nullptr) << values;
  }
  Json exact = Stats("(9007199254740992, 1, 'a', true, make_timestamptz(1000))");
  EXPECT_EQ(exact["maxValues"]["id"].AsDouble(), 9007199254740992.0);
  EXPECT_EQ(exact["minValues"]["at"].AsString(), "1970-01-01T00:00:00.001Z");
  EXPECT_EQ(exact["maxValues"]["at"].AsString(), "1970-01-01T00:00:00.001Z");
}

std::string Times(const std::string& text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST_F(DeltaStatsTest, CutsLongTextsAndMovesTheUpperBoundUp) {
  const std::string kLast = "\xF4\x8F\xBF\xBF";  // U+10FFFF
  struct Case {
    std::string text;
    std::string lower;
    std::optional<std::string> upper;
  };
  const std::vector<Case> kCases = {
      {"", "", ""},
      {"short", "short", "short"},
      {Times("z", 32), Times("z", 32), Times("z", 32)},
      {Times("z", 33), Times("z", 32), Times("z", 31) + "{"},
      {Times("a", 31) + "\x7F" + "tail", Times("a", 31) + "\x7F", Times("a", 31) + "\xC2\x80"},
      // 32 characters of two bytes, not 32 bytes.
      {Times("ö", 32), Times("ö", 32), Times("ö", 32)},
      {Times("ö", 40), Times("ö", 32), Times("ö", 31) + "÷"},
      // U+07FF → U+0800, U+FFFF → U+10000: the next length of UTF-8.
      {Times("\xDF\xBF", 33), Times("\xDF\xBF", 32), Times("\xDF\xBF", 31) + "\xE0\xA0\x80"},
      {Times("\xEF\xBF\xBF", 33), Times("\xEF\xBF\xBF", 32),
       Times("\xEF\xBF\xBF", 31) + "\xF0\x90\x80\x80"},
      // U+D7FF → U+E000: surrogates are no characters.
      {Times("\xED\x9F\xBF", 33), Times("\xED\x9F\xBF", 32),
       Times("\xED\x9F\xBF", 31) + "\xEE\x80\x80"},
      {"a" + Times(kLast, 32), "a" + Times(kLast, 31), "b"},
      {Times(kLast, 33), Times(kLast, 32), std::nullopt},
      {Times("😀", 33), Times("😀", 32), Times("😀", 31) + "😁"},
      // No UTF-8: what follows a broken character is not known.
      {Times("a", 31) + "\xDA" + Times("a", 9), Times("a", 31) + "\xDA", std::nullopt}};
  for (const auto& each : kCases) {
    EXPECT_EQ(LowerTextBound(each.text), each.lower) << each.text;
    EXPECT_EQ(UpperTextBound(each.text), each.upper) << each.text;
    EXPECT_LE(LowerTextBound(each.text), each.text);
    if (each.upper) {
      EXPECT_GE(*each.upper, each.text);
      EXPECT_GE(*each.upper, each.text.substr(0, each.text.size() / 2));
    }
  }
  Json stats = Stats(format("(1, 1, '{}', true, now()), (2, 1, 'b', true, now())", Times("z", 40)));
  EXPECT_EQ(stats["minValues"]["name"].AsString(), "b");
  EXPECT_EQ(stats["maxValues"]["name"].AsString(), Times("z", 31) + "{");
}

// Files are skipped by stats: a filter at each row's own values must find it, and by a reader that
// is not ours.
TEST_F(DeltaStatsTest, NoReaderSkipsARow) {
  DeltaTable table(root_, kDeltaSchema);
  for (const std::string& text :
       {Times("z", 33), Times("😀", 40), Times("ö", 33), std::string("a")}) {
    Append(table,
           format("select 7::bigint as id, 0.1::double as level, '{}' as name, true as flag, "
                  "make_timestamptz(1234567) as at union all select 8, 'nan', 'b', false, "
                  "make_timestamptz(-1)",
                  text));
  }
  ASSERT_TRUE(LoadDelta().ok());
  EXPECT_EQ(
      Must(engine_->QueryInt(format(
          "select count(*) from ({0}) a where (select count(*) from delta_scan('{1}') b where "
          "b.name = a.name and b.at = a.at and b.level = a.level) >= 1",
          table.SelectAll(*table.Load()), root_))),
      8);
  for (const char* filter :
       {"level > 5", "level = 0.1", "\"at\" >= make_timestamptz(1234567)",
        "\"at\" <= make_timestamptz(-1)", "name >= repeat('z', 33)", "id = 7"}) {
    EXPECT_EQ(Must(engine_->QueryInt(
                  format("select count(*) from delta_scan('{}') where {}", root_, filter))),
              Must(engine_->QueryInt(format("select count(*) from ({}) where {}",
                                            table.SelectAll(*table.Load()), filter))))
        << filter;
  }
}

}  // namespace
}  // namespace codman::engine
