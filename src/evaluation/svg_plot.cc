#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.h"
#include "evaluation/svg_plot_internal.h"

namespace codman::evaluation {
namespace {

constexpr double kWidth = 420, kHeight = 300;
constexpr double kLeft = 62, kRight = 24, kTop = 12, kBottom = 44;
constexpr double kInnerWidth = kWidth - kLeft - kRight, kInnerHeight = kHeight - kTop - kBottom;
constexpr double kHistogramShare = 0.2;

std::string TickText(double value, double step, bool percent) {
  double shown = percent ? value * 100 : value;
  double shown_step = percent ? step * 100 : step;
  int digits = std::clamp(static_cast<int>(std::ceil(-std::log10(shown_step) - 1e-9)), 0, 6);
  std::string text = format("{:.{}f}", std::abs(shown), digits);
  bool negative = shown < -shown_step / 2;
  return (negative ? "−" : "") + text + (percent ? " %" : "");
}

double StepOf(const std::vector<double>& ticks) {
  return ticks.size() < 2 ? 1 : ticks[1] - ticks[0];
}

const char* NameOf(Anchor anchor) {
  switch (anchor) {
    case Anchor::kStart:
      return "start";
    case Anchor::kMiddle:
      return "middle";
    case Anchor::kEnd:
      return "end";
  }
  return "";
}

}  // namespace

std::vector<double> Ticks(double low, double high, int wanted) {
  if (!(high > low) || wanted < 1) return {low};
  double rough = (high - low) / wanted;
  double power = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough * (1 - 1e-9)) {
      step = factor * power;
      break;
    }
  }
  std::vector<double> ticks;
  for (double k = std::ceil(low / step - 1e-9); k * step <= high + step * 1e-9; ++k) {
    ticks.push_back(k * step);
  }
  return ticks;
}

SvgPlot::SvgPlot(std::string title, PlotAxis x, PlotAxis y)
    : title_(std::move(title)), x_(std::move(x)), y_(std::move(y)) {
  // A range of no width, from constant data, would divide by zero.
  if (!(x_.high > x_.low)) x_.high = x_.low + 1;
  if (!(y_.high > y_.low)) y_.high = y_.low + 1;
}

double SvgPlot::PixelX(double x) const { return (x - x_.low) / (x_.high - x_.low) * kInnerWidth; }
double SvgPlot::PixelY(double y) const { return (y_.high - y) / (y_.high - y_.low) * kInnerHeight; }

void SvgPlot::Line(const std::vector<PlotPoint>& points, std::string_view style) {
  std::string path;
  bool pen_down = false;
  for (const PlotPoint& point : points) {
    bool finite = std::isfinite(point.x) && std::isfinite(point.y);
    if (finite) {
      path += format("{}{:.1f} {:.1f}", pen_down ? "L" : "M", PixelX(point.x), PixelY(point.y));
    }
    pen_down = finite;
  }
  clipped_ += format("<path class=\"line {}\" d=\"{}\"/>", style, path);
}

void SvgPlot::Dot(PlotPoint at, std::string_view style) {
  if (!std::isfinite(at.x) || !std::isfinite(at.y)) return;
  clipped_ += format("<circle class=\"dot {}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\"/>", style,
                     PixelX(at.x), PixelY(at.y));
}

void SvgPlot::Whisker(double x, double low, double high) {
  if (!std::isfinite(x) || !std::isfinite(low) || !std::isfinite(high)) return;
  clipped_ += format("<path class=\"whisker\" d=\"M{0:.1f} {1:.1f}L{0:.1f} {2:.1f}\"/>", PixelX(x),
                     PixelY(low), PixelY(high));
}

void SvgPlot::VerticalMark(double x, std::string_view style) {
  if (!std::isfinite(x)) return;
  clipped_ += format("<path class=\"line {0}\" d=\"M{1:.1f} 0L{1:.1f} {2:.1f}\"/>", style,
                     PixelX(x), kInnerHeight);
}

void SvgPlot::Histogram(const std::vector<double>& counts, double upper) {
  double highest = counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
  if (!(highest > 0)) return;
  double step = upper / static_cast<double>(counts.size());
  for (size_t i = 0; i < counts.size(); ++i) {
    double begin = PixelX(step * static_cast<double>(i)) + 0.5;
    double end = PixelX(step * static_cast<double>(i + 1)) - 0.5;
    double height = counts[i] / highest * kInnerHeight * kHistogramShare;
    // A bar that holds anything is seen, if only as a hairline.
    if (counts[i] > 0) height = std::max(height, 1.0);
    clipped_ +=
        format("<rect class=\"bar\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>",
               begin, kInnerHeight - height, std::max(end - begin, 0.5), height);
  }
}

void SvgPlot::Bars(const std::vector<double>& heights, double low, double high) {
  double step = (high - low) / static_cast<double>(heights.size()), floor = PixelY(y_.low);
  for (size_t i = 0; i < heights.size(); ++i) {
    if (!(heights[i] > y_.low)) continue;
    double begin = PixelX(low + step * static_cast<double>(i)) + 0.5;
    double end = PixelX(low + step * static_cast<double>(i + 1)) - 0.5;
    double top = std::min(PixelY(heights[i]), floor - 1);
    clipped_ += format(
        "<rect class=\"bar strong\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
        "height=\"{:.1f}\"/>",
        begin, top, std::max(end - begin, 0.5), floor - top);
  }
}

void SvgPlot::Label(PlotPoint at, std::string_view text, Anchor anchor, std::string_view style) {
  if (!std::isfinite(at.x) || !std::isfinite(at.y)) return;
  double x = std::clamp(kLeft + PixelX(at.x), kLeft, kWidth - kRight);
  double y = std::clamp(kTop + PixelY(at.y), kTop + 10, kTop + kInnerHeight - 3);
  labels_ +=
      format("<text class=\"label {}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>",
             style, x, y, NameOf(anchor), base::EscapeHtml(text));
}

void SvgPlot::AppendAxes(std::string* svg) const {
  auto rows = Ticks(y_.low, y_.high, 5), columns = Ticks(x_.low, x_.high, 5);
  for (double tick : rows) {
    double y = kTop + PixelY(tick);
    *svg += format("<path class=\"grid\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>", kLeft, y, kWidth - kRight);
    *svg += format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>",
                   kLeft - 6, y + 4, TickText(tick, StepOf(rows), y_.percent));
  }
  double floor = kTop + kInnerHeight;
  *svg +=
      format("<path class=\"axis\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>", kLeft, floor, kWidth - kRight);
  for (double tick : columns) {
    double x = kLeft + PixelX(tick);
    *svg += format("<path class=\"axis\" d=\"M{:.1f} {:.1f}v4\"/>", x, floor);
    *svg +=
        format("<text class=\"tick\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>", x,
               floor + 16, TickText(tick, StepOf(columns), x_.percent));
  }
  *svg += format(
      "<text class=\"axis-label\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>",
      kLeft + kInnerWidth / 2, kHeight - 8, base::EscapeHtml(x_.label));
  *svg += format(
      "<text class=\"axis-label\" transform=\"translate(11 {:.1f}) rotate(-90)\" "
      "text-anchor=\"middle\">{}</text>",
      kTop + kInnerHeight / 2, base::EscapeHtml(y_.label));
}

std::string SvgPlot::Svg() const {
  std::string title = base::EscapeHtml(title_);
  std::string svg =
      format("<svg class=\"plot\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", kWidth,
             kHeight, title);
  AppendAxes(&svg);
  // A nested svg clips to its own box, without ids that could collide on the page.
  svg += format("<svg x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\">{}</svg>", kLeft, kTop,
                kInnerWidth, kInnerHeight, clipped_);
  return svg + labels_ + "</svg>";
}

}  // namespace codman::evaluation
