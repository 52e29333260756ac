#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/text.h"

// What is accepted and refused: RFC 8259; the cases follow the y_ and n_ files of Seriot's
// JSONTestSuite ("Parsing JSON is a minefield").
namespace codman::base {
namespace {

TEST(Json, AcceptsWhatRfc8259Accepts) {
  for (std::string_view text : {"null",
                                "true",
                                " false ",
                                "0",
                                "-0",
                                "1e2",
                                "1E+2",
                                "0.5e-3",
                                "-1.5",
                                "\"\"",
                                "[]",
                                "{}",
                                "[[],{}]",
                                "\t[\r\n1 , 2]\n",
                                R"({"":0})",
                                R"(["\u0000"])",
                                R"(["\"\\\/\b\f\n\r\t"])",
                                R"({"a":1,"b":[null,true,{"c":"d"}]})",
                                "[\"\x7f\"]",
                                "[\"\xE2\x82\xAC\"]",
                                "[1.7976931348623157e308]",
                                "[4.9e-324]"}) {
    EXPECT_TRUE(ParseJson(text).ok()) << text;
  }
}

TEST(Json, RefusesWhatRfc8259Refuses) {
  for (std::string_view text : {"",
                                " ",
                                "nul",
                                "True",
                                "NaN",
                                "[NaN]",
                                "Infinity",
                                "-Infinity",
                                "[inf]",
                                "[1,]",
                                "[,1]",
                                "[1 2]",
                                "{\"a\":1,}",
                                "{\"a\"}",
                                "{a:1}",
                                "{'a':1}",
                                "[01]",
                                "[-01]",
                                "[1.]",
                                "[.5]",
                                "[+1]",
                                "[1e]",
                                "[0x1]",
                                "[--1]",
                                "[\"a]",
                                "[\"\\x\"]",
                                "[\"\\u12\"]",
                                "[\"\\u12G4\"]",
                                "[\"tab\there\"]",
                                "[\"line\nbreak\"]",
                                "[1",
                                "{\"a\":1",
                                "]",
                                "[1]]",
                                "1 2",
                                "[1]x",
                                "{\"a\":1}{}",
                                "/* c */ 1",
                                "[1] // c"}) {
    EXPECT_FALSE(ParseJson(text).ok()) << text;
  }
}

// RFC 3629: overlong forms, surrogates and code points above U+10FFFF are not UTF-8.
TEST(Json, RefusesTextThatIsNotUtf8) {
  for (std::string_view bytes : {"\xFF", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80", "\x80",
                                 "\xF4\x90\x80\x80", "\xE2\x82", "\xF0\x80\x80\x80"}) {
    EXPECT_FALSE(ParseJson("[\"" + std::string(bytes) + "\"]").ok()) << ToLower(bytes);
  }
}

TEST(Json, DecodesEscapes) {
  EXPECT_EQ(ParseJson(R"("\u0041\u00e9\u20ac\ud83d\ude00")")->AsString(),
            "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(ParseJson(R"("\"\\\/\b\f\n\r\t")")->AsString(), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(ParseJson(R"("a\u0000b")")->AsString(), std::string("a\0b", 3));
}

TEST(Json, ReadsNumbersBeyond64BitsAsTheNearestDouble) {
  Json read =
      *ParseJson(R"([123456789012345678901234567890, -1e400, "1e400 \" 99999999999999999999", 3])");
  EXPECT_EQ(read.items()[0].AsDouble(), 123456789012345678901234567890.0);
  EXPECT_EQ(read.items()[1].AsDouble(), -std::numeric_limits<double>::max());
  EXPECT_EQ(read.items()[2].AsString(), "1e400 \" 99999999999999999999");
  EXPECT_EQ(read.items()[3].AsInt(), 3);
  for (const char* bad : {"[01]", "[1.]", "[-]", "[1e]", "[123456789012345678901234567890",
                          "[00000000000000000000]", "[1-1-1-1-1-1-1-1-1-1-1]"})
    EXPECT_FALSE(ParseJson(bad).ok()) << bad;
}

TEST(Json, RefusesNestingBeyond64Levels) {
  auto nested = [](size_t depth) {
    return std::string(depth, '[') + "1" + std::string(depth, ']');
  };
  EXPECT_TRUE(ParseJson(nested(64)).ok());
  auto deep = ParseJson(nested(65));
  ASSERT_FALSE(deep.ok());
  EXPECT_THAT(deep.error().message(), testing::HasSubstr("64"));
  EXPECT_FALSE(ParseJson(nested(100000)).ok());
  EXPECT_FALSE(ParseJson(std::string(1000000, '[')).ok());
}

TEST(Json, WritesIntegersWithoutPointAndDoublesShortest) {
  struct Case {
    double value;
    const char* text;
  };
  for (auto [value, text] : {Case{0, "0"},
                             {-7, "-7"},
                             {9007199254740991.0, "9007199254740991"},
                             {-9007199254740991.0, "-9007199254740991"},
                             {0.1, "0.1"},
                             {1e300, "1e+300"},
                             {5e-324, "5e-324"},
                             {1.0 / 3, "0.3333333333333333"},
                             {std::nan(""), "null"},
                             {HUGE_VAL, "null"},
                             {-HUGE_VAL, "null"}}) {
    EXPECT_EQ(Json(value).ToString(), text);
  }
}

TEST(Json, NumbersReadBackToTheSameDouble) {
  for (double value : {0.1, 1.0 / 3, 1e300, 5e-324, 2.2250738585072014e-308, 9007199254740993.0,
                       1.7976931348623157e308, -123.456, 18446744073709551615.0}) {
    EXPECT_EQ(ParseJson(Json(value).ToString())->AsDouble(), value);
  }
  EXPECT_EQ(ParseJson("9223372036854775807")->AsDouble(), 9223372036854775807.0);
  EXPECT_EQ(ParseJson("18446744073709551615")->AsDouble(), 18446744073709551615.0);
  EXPECT_EQ(ParseJson("9007199254740991")->AsInt(), 9007199254740991);
}

TEST(Json, RoundTripKeepsOrderAndContent) {
  std::string text = R"({"z":1,"a":[true,false,null,"x\ny",{"k":-0.25}],"m":{},"n":[]})";
  auto json = *ParseJson(text);
  EXPECT_EQ(json.ToString(), text);
  EXPECT_EQ(ParseJson(json.ToPrettyString())->ToString(), text);
  EXPECT_EQ(json.ToPrettyString().back(), '\n');
}

TEST(Json, StringsAreEscapedAndInvalidUtf8IsReplaced) {
  EXPECT_EQ(Json("a\"b\\c\n\x01").ToString(), R"("a\"b\\c\n\u0001")");
  EXPECT_EQ(Json("\xE2\x82\xAC").ToString(), "\"\xE2\x82\xAC\"");
  EXPECT_EQ(Json("a\xFFz").ToString(), "\"a\xEF\xBF\xBDz\"");
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every.push_back(static_cast<char>(byte));
  EXPECT_TRUE(ParseJson(Json(every).ToString()).ok()) << "what is written must be readable";
}

TEST(Json, ReadsAreTotalAndSetReplaces) {
  Json json;
  json.Set("a", 1).Set("b", "text").Set("a", 2);
  EXPECT_EQ(json.ToString(), R"({"a":2,"b":"text"})");
  EXPECT_EQ(json["a"].AsInt(), 2);
  EXPECT_TRUE(json["absent"]["deeper"].is_null());
  EXPECT_EQ(json["b"].AsDouble(-1), -1);
  EXPECT_EQ(json["a"].AsString(), "");
  EXPECT_TRUE(json["b"].AsBool(true));
  EXPECT_EQ(json.Find("absent"), nullptr);
  EXPECT_EQ(json.size(), 2u);
}

}  // namespace
}  // namespace codman::base
