#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Expected values by hand from the sentences of text.h.
namespace codman::base {
namespace {

using testing::ElementsAre;

TEST(Text, SplitKeepsEmptyParts) {
  EXPECT_THAT(Split("a|b||", '|'), ElementsAre("a", "b", "", ""));
  EXPECT_THAT(Split("", '|'), ElementsAre(""));
  EXPECT_EQ(Join({"a", "", "b"}, ", "), "a, , b");
  EXPECT_EQ(Trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(Trim(" \n"), "");
}

TEST(Text, ReplaceAllDoesNotReplaceItsOwnResult) {
  EXPECT_EQ(ReplaceAll("aXbX", "X", "XX"), "aXXbXX");
  EXPECT_EQ(QuoteSql("it's"), "'it''s'");
  EXPECT_EQ(QuoteSql(std::string_view("a\0b", 3)), "('a' || chr(0) || 'b')");
  EXPECT_EQ(EscapeHtml("<a href=\"x\">'&"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;");
}

TEST(Text, ParseDoubleReadsWholeNumbersOnly) {
  struct Case {
    const char* text;
    double value;
  };
  for (auto [text, value] : {Case{"0", 0},
                             {"-1.5", -1.5},
                             {"+2", 2},
                             {".5", 0.5},
                             {"1e3", 1000},
                             {"1E-2", 0.01},
                             {"1.7976931348623157e308", 1.7976931348623157e308}}) {
    ASSERT_TRUE(ParseDouble(text).has_value()) << text;
    EXPECT_EQ(*ParseDouble(text), value) << text;
  }
  for (const char* text :
       {"",    " 1",   "1 ",    "1,5", "1.2.3", "abc", "1e",  "0x10", "nan",  "NaN",
        "inf", "-inf", "1e400", "+",   "-",     ".",   "+-5", "++5",  "<0.1", "12%"}) {
    EXPECT_FALSE(ParseDouble(text).has_value()) << text;
  }
}

TEST(Text, ParseIntRefusesWhatDoesNotFit) {
  EXPECT_EQ(ParseInt("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(ParseInt("9223372036854775807"), INT64_MAX);
  for (const char* text : {"", "9223372036854775808", "1.0", " 1", "1x", "--1"}) {
    EXPECT_FALSE(ParseInt(text).has_value()) << text;
  }
}

TEST(Text, AppendDoubleIsShortestThatReadsBack) {
  auto shortest = [](double value) {
    std::string text;
    AppendDouble(&text, value);
    return text;
  };
  EXPECT_EQ(shortest(0.1), "0.1");
  EXPECT_EQ(shortest(1e300), "1e+300");
  EXPECT_EQ(shortest(3), "3");
  EXPECT_EQ(*ParseDouble(shortest(0.1 + 0.2)), 0.1 + 0.2);
}

TEST(Text, NearestWordFindsTypingErrorsOnly) {
  std::vector<std::string> words = {"heart_rate", "lactate", "sbp"};
  EXPECT_EQ(NearestWord("heart_rat", words), "heart_rate");
  EXPECT_EQ(NearestWord("lactat", words), "lactate");
  EXPECT_EQ(NearestWord("something_else", words), "");
}

// RFC 4180, 2.5 to 2.7.
TEST(Text, CsvCellsAreQuotedWhereTheyMustBe) {
  EXPECT_EQ(CsvCell("a b"), "a b");
  EXPECT_EQ(CsvCell("a,b"), "\"a,b\"");
  EXPECT_EQ(CsvCell("say \"a\"\n"), "\"say \"\"a\"\"\n\"");
}

}  // namespace
}  // namespace codman::base
