// A small printed-chart plot as SVG text: two linear axes, a light horizontal grid, lines, dots,
// direct labels.
//
// Colours come from the page's CSS by class ("model", "second", "reference"). What lies outside the
// axes is clipped; points that are not finite leave a gap. The coordinates given are those of the
// data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace codman::evaluation {

struct PlotAxis {
  double low = 0, high = 1;
  std::string label;
  bool percent = false;
};

struct PlotPoint {
  double x = 0, y = 0;
};

enum class Anchor { kStart, kMiddle, kEnd };

class SvgPlot {
 public:
  // `title` is read to those who cannot see the chart.
  SvgPlot(std::string title, PlotAxis x, PlotAxis y);

  void Line(const std::vector<PlotPoint>& points, std::string_view style);
  void Dot(PlotPoint at, std::string_view style);
  void Whisker(double x, double low, double high);
  void VerticalMark(double x, std::string_view style);
  // Bars standing on the x axis, of equal width from x = 0 to `upper`; the highest takes a fifth of
  // the height.
  void Histogram(const std::vector<double>& counts, double upper);
  // Bars of equal width from x = `low` to `high` whose heights are read from the y axis.
  void Bars(const std::vector<double>& heights, double low, double high);
  void Label(PlotPoint at, std::string_view text, Anchor anchor, std::string_view style);
  std::string Svg() const;

 private:
  double PixelX(double x) const;
  double PixelY(double y) const;
  void AppendAxes(std::string* svg) const;

  std::string title_;
  PlotAxis x_, y_;
  std::string clipped_, labels_;
};

// Round numbers from low to high, about `wanted` of them: steps of 1, 2 or 5 times a power of ten.
std::vector<double> Ticks(double low, double high, int wanted);

}  // namespace codman::evaluation
