#include <gtest/gtest.h>

#include "evaluation/html_table_internal.h"

namespace codman::evaluation {
namespace {

TEST(HtmlNumbers, AreWrittenAsInPrint) {
  EXPECT_EQ(Count(631393), "631,393");
  EXPECT_EQ(Count(999), "999");
  EXPECT_EQ(Fixed(-0.0567, 3), "−0.057");
  EXPECT_EQ(Fixed(-0.0001, 2), "0.00");  // no minus before nothing
  EXPECT_EQ(Percent(0.0213, 2), "2.13 %");
  EXPECT_EQ(Significant(0.0211136), "0.0211");
  EXPECT_EQ(Fixed(Json(), 3), "–");
}

TEST(HtmlNumbers, CarryTheirIntervalWhereThereIsOne) {
  Json object = Json::Object({{"x", 0.804}, {"x_low", -0.01}, {"x_high", 0.814}, {"y", 0.5}});
  EXPECT_EQ(WithInterval(object, "x", 3), "0.804 (−0.010 to 0.814)");
  EXPECT_EQ(PercentWithInterval(object, "y"), "50.0 %");
  EXPECT_EQ(WithInterval(object, "z", 3), "–");
}

TEST(HtmlTable, EscapesCellsHeadsAndCaption) {
  HtmlTable table("<caption>", {"<head>", "n"});
  table.Row({"<row>", "1"});
  std::string html = table.Html();
  EXPECT_NE(html.find("&lt;row&gt;"), std::string::npos);
  EXPECT_NE(html.find("<th scope=\"col\">&lt;head&gt;</th>"), std::string::npos);
  EXPECT_EQ(html.find("<row>"), std::string::npos);
  EXPECT_NE(html.find("<td class=\"n\">1</td>"), std::string::npos);
}

}  // namespace
}  // namespace codman::evaluation
