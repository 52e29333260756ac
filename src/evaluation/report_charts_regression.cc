#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/text.h"
#include "evaluation/report_charts.h"
#include "evaluation/svg_plot_internal.h"

namespace codman::evaluation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double NumberOf(const Json& object, std::string_view name) { return object[name].AsDouble(kNaN); }

std::string WithUnit(const std::string& words, const Json& report) {
  const std::string& unit = report["unit"].AsString();
  return unit.empty() ? words : words + ", " + unit;
}

}  // namespace

std::string ObservedChart(const Json& report) {
  const Json &scatter = report["scatter"], &deciles = report["deciles"];
  if (scatter["cells"].size() == 0) return "";
  double low = NumberOf(scatter, "low"), high = NumberOf(scatter, "high");
  SvgPlot plot("Observed by predicted value", {low, high, WithUnit("predicted", report), false},
               {low, high, WithUnit("observed", report), false});
  plot.Line({{low, low}, {high, high}}, "reference");
  for (const Json& cell : scatter["cells"].items()) {
    plot.Dot({NumberOf(cell, "predicted"), NumberOf(cell, "observed")}, "cell");
  }
  std::vector<PlotPoint> means;
  for (const Json& decile : deciles.items()) {
    double x = NumberOf(decile, "mean_predicted");
    plot.Whisker(x, NumberOf(decile, "mean_observed_low"), NumberOf(decile, "mean_observed_high"));
    means.push_back({x, NumberOf(decile, "mean_observed")});
  }
  plot.Line(means, "model");
  for (const PlotPoint& mean : means) plot.Dot(mean, "model");
  double span = high - low;
  plot.Label({low + 0.97 * span, low + 0.86 * span}, "ideal", Anchor::kEnd, "reference");
  plot.Label({low + 0.03 * span, low + 0.93 * span}, "mean of each decile", Anchor::kStart,
             "model");
  return plot.Svg();
}

std::string ResidualChart(const Json& report) {
  const Json& residuals = report["residuals"];
  std::vector<double> counts;
  for (const Json& count : residuals["counts"].items()) counts.push_back(count.AsDouble());
  if (counts.empty()) return "";
  double from = NumberOf(residuals, "from"), to = NumberOf(residuals, "to");
  double highest = *std::max_element(counts.begin(), counts.end());
  SvgPlot plot("Distribution of the errors",
               {from, to, WithUnit("predicted − observed", report), false},
               {0, std::max(highest * 1.05, 1.0), "rows", false});
  plot.Bars(counts, from, to);
  plot.VerticalMark(0, "mark");
  double bias = NumberOf(report["regression"], "bias");
  plot.VerticalMark(bias, "model");
  plot.Label({bias, highest * 0.93}, " mean error", Anchor::kStart, "model");
  return plot.Svg();
}

std::string CoverageChart(const Json& report) {
  const Json& interval = report["interval"];
  if (!interval.is_object() || report["deciles"].size() == 0) return "";
  double nominal = NumberOf(interval, "nominal"), least = nominal;
  std::vector<PlotPoint> shares;
  for (const Json& decile : report["deciles"].items()) {
    shares.push_back({NumberOf(decile, "mean_predicted"), NumberOf(decile, "coverage")});
    least = std::min({least, shares.back().y, decile["coverage_low"].AsDouble(1)});
  }
  double left = std::min(0.0, shares.front().x), right = shares.back().x;
  double bottom = std::max(0.0, std::floor(least * 10 - 0.5) / 10);
  SvgPlot plot("Coverage of the intervals by predicted value",
               {left, right + 0.05 * (right - left), WithUnit("predicted", report), false},
               {bottom, 1.02, "truths within", true});
  plot.Line({{left, nominal}, {right * 1.05, nominal}}, "reference");
  for (const Json& decile : report["deciles"].items()) {
    plot.Whisker(NumberOf(decile, "mean_predicted"), NumberOf(decile, "coverage_low"),
                 NumberOf(decile, "coverage_high"));
  }
  plot.Line(shares, "model");
  for (const PlotPoint& share : shares) plot.Dot(share, "model");
  plot.Label({right, nominal - 0.03}, format("promised: {:.0f} %", nominal * 100), Anchor::kEnd,
             "reference");
  return plot.Svg();
}

}  // namespace codman::evaluation
