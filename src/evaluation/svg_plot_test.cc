#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "evaluation/svg_plot_internal.h"

namespace codman::evaluation {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Ticks, AreRoundNumbersInsideTheRange) {
  EXPECT_THAT(Ticks(0, 1, 5), ElementsAre(0, DoubleNear(0.2, 1e-12), DoubleNear(0.4, 1e-12),
                                          DoubleNear(0.6, 1e-12), DoubleNear(0.8, 1e-12), 1));
  EXPECT_THAT(Ticks(-30, 110, 3), ElementsAre(0, 50, 100));
  EXPECT_THAT(Ticks(2, 2, 5), ElementsAre(2));
}

TEST(SvgPlot, LeavesAGapWhereAPointIsMissing) {
  SvgPlot plot("t", {0, 1, "x"}, {0, 1, "y"});
  plot.Line({{0, 0}, {0.25, NAN}, {0.5, 0}, {1, 0}}, "model");
  std::string svg = plot.Svg();
  size_t path = svg.find("class=\"line model\"");
  std::string line = svg.substr(path, svg.find("/>", path) - path);
  EXPECT_EQ(std::count(line.begin(), line.end(), 'M'), 2);
  EXPECT_EQ(std::count(line.begin(), line.end(), 'L'), 1);
}

TEST(SvgPlot, EscapesItsTextAndStandsARangeOfNoWidth) {
  SvgPlot plot("<t>", {0, 0, "a < b"}, {1, 1, "y"});
  plot.Dot({0, 1}, "model");
  plot.Dot({NAN, 1}, "model");
  plot.Label({0, 1}, "p < 0.05", Anchor::kStart, "ink");
  plot.Histogram({0, 0}, 1);
  std::string svg = plot.Svg();
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, HasSubstr("a &lt; b"));
  EXPECT_THAT(svg, HasSubstr("p &lt; 0.05"));
}

}  // namespace
}  // namespace codman::evaluation
