#include "evaluation/report_charts.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/text.h"
#include "evaluation/svg_plot_internal.h"

namespace codman::evaluation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double NumberOf(const Json& object, std::string_view name) { return object[name].AsDouble(kNaN); }

std::vector<PlotPoint> PointsOf(const Json& rows, std::string_view x, std::string_view y) {
  std::vector<PlotPoint> points;
  for (const Json& row : rows.items()) points.push_back({NumberOf(row, x), NumberOf(row, y)});
  return points;
}

double HighestOf(const std::vector<PlotPoint>& points, double otherwise) {
  double highest = otherwise;
  for (const PlotPoint& point : points) {
    if (std::isfinite(point.y)) highest = std::max(highest, point.y);
  }
  return highest;
}

std::string Three(double value) { return std::isfinite(value) ? format("{:.3f}", value) : "–"; }

}  // namespace

std::string RocChart(const Json& report) {
  if (report["roc"].size() == 0) return "";
  SvgPlot plot("Receiver operating characteristic",
               {0, 1, "false positive rate (1 − specificity)", true}, {0, 1, "sensitivity", true});
  plot.Line({{0, 0}, {1, 1}}, "reference");
  plot.Line(PointsOf(report["roc"], "x", "y"), "model");
  plot.Label({0.98, 0.12}, "AUROC " + Three(NumberOf(report["discrimination"], "auroc")),
             Anchor::kEnd, "model");
  plot.Label({0.6, 0.52}, "chance", Anchor::kStart, "reference");
  const Json& point = report["operating_point"];
  PlotPoint at{1 - NumberOf(point, "specificity"), NumberOf(point, "sensitivity")};
  plot.Dot(at, "model");
  plot.Label({at.x + 0.025, at.y - 0.045}, "operating point", Anchor::kStart, "ink");
  return plot.Svg();
}

std::string PrecisionRecallChart(const Json& report) {
  if (report["pr"].size() == 0) return "";
  auto points = PointsOf(report["pr"], "x", "y");
  double prevalence = NumberOf(report, "prevalence");
  // A few lucky rows at the very top would flatten the rest: the scale follows the curve from 1 %
  // recall on.
  double highest = std::max(4 * prevalence, NumberOf(report["operating_point"], "ppv") * 1.2);
  for (const PlotPoint& p : points) {
    if (p.x >= 0.01) highest = std::max(highest, p.y);
  }
  highest = std::min(1.0, highest * 1.05);
  SvgPlot plot("Precision and recall", {0, 1, "recall (sensitivity)", true},
               {0, highest, "precision (PPV)", true});
  plot.Line({{0, prevalence}, {1, prevalence}}, "reference");
  plot.Line(points, "model");
  plot.Label({0.98, highest * 0.93}, "AUPRC " + Three(NumberOf(report["discrimination"], "auprc")),
             Anchor::kEnd, "model");
  plot.Label({0.02, prevalence + highest * 0.02}, format("prevalence {:.1f} %", prevalence * 100),
             Anchor::kStart, "reference");
  const Json& point = report["operating_point"];
  PlotPoint at{NumberOf(point, "sensitivity"), NumberOf(point, "ppv")};
  plot.Dot(at, "model");
  plot.Label({at.x + 0.02, at.y + highest * 0.04}, "operating point", Anchor::kStart, "ink");
  return plot.Svg();
}

std::string CalibrationChart(const Json& report) {
  const Json& calibration = report["calibration"];
  const Json& curve = calibration["curve"];
  if (curve.size() == 0) return "";
  double upper = calibration["histogram"]["upper"].AsDouble(1);
  double highest = upper;
  for (const Json& bin : curve.items()) highest = std::max(highest, NumberOf(bin, "observed"));
  SvgPlot plot("Calibration: observed frequency by predicted risk",
               {0, upper, "predicted risk", true}, {0, highest, "observed frequency", true});
  std::vector<double> counts;
  for (const Json& count : calibration["histogram"]["counts"].items())
    counts.push_back(count.AsDouble());
  plot.Histogram(counts, upper);
  plot.Line({{0, 0}, {highest, highest}}, "reference");
  for (const Json& bin : curve.items()) {
    plot.Whisker(NumberOf(bin, "mean_risk"), NumberOf(bin, "low"), NumberOf(bin, "high"));
  }
  auto points = PointsOf(curve, "mean_risk", "observed");
  plot.Line(points, "model");
  for (const PlotPoint& point : points) plot.Dot(point, "model");
  plot.Label({upper * 0.03, highest * 0.93}, "slope " + Three(NumberOf(calibration, "slope")),
             Anchor::kStart, "model");
  plot.Label({upper * 0.97, upper * 0.84}, "ideal", Anchor::kEnd, "reference");
  return plot.Svg();
}

std::string DecisionChart(const Json& report) {
  const Json& rows = report["decision_curve"];
  if (rows.size() == 0) return "";
  auto model = PointsOf(rows, "threshold", "model");
  auto treat_all = PointsOf(rows, "threshold", "treat_all");
  double last = model.back().x;
  double high = HighestOf(model, HighestOf(treat_all, 0)) * 1.1;
  if (!(high > 0)) high = 0.01;
  // Treating all falls without bound; only its crossing of zero matters.
  SvgPlot plot("Decision curve", {0, last, "threshold risk at which one would act", true},
               {-0.25 * high, high, "net benefit per row", false});
  plot.Line({{0, 0}, {last, 0}}, "reference");
  plot.Line(treat_all, "second");
  plot.Line(model, "model");
  plot.VerticalMark(NumberOf(report["operating_point"], "threshold"), "mark");
  plot.Label({last, -0.07 * high}, "treat none", Anchor::kEnd, "reference");
  PlotPoint crossing = treat_all.front();
  for (const PlotPoint& point : treat_all) {
    if (point.y > -0.12 * high) crossing = point;
  }
  plot.Label({crossing.x + 0.01 * last, -0.18 * high}, "treat all", Anchor::kStart, "second");
  const PlotPoint& middle = model[model.size() / 2];
  plot.Label({middle.x, middle.y + 0.06 * high}, "model", Anchor::kStart, "model");
  return plot.Svg();
}

std::string AlertBurdenChart(const Json& report) {
  const Json& burden = report["alert_burden"];
  std::vector<PlotPoint> ppv, sensitivity;
  double reach = 0;
  for (const Json& row : burden["curve"].items()) {
    double load = NumberOf(row["silenced"], "per_100_patient_days");
    ppv.push_back({load, NumberOf(row["silenced"], "ppv")});
    sensitivity.push_back({load, NumberOf(row["silenced"], "sensitivity")});
    if (std::isfinite(load)) reach = std::max(reach, load);
  }
  if (!(reach > 0)) return "";
  const Json& now = burden["silenced"];
  double load = NumberOf(now, "per_100_patient_days");
  if (std::isfinite(load) && load > 0) reach = std::min(reach, std::max(3 * load, 20.0));
  SvgPlot plot("Alert burden: PPV and sensitivity by alerts per 100 patient-days",
               {0, reach, "alerts per 100 patient-days", false}, {0, 1, "share", true});
  plot.VerticalMark(load, "mark");
  plot.Line(ppv, "second");
  plot.Line(sensitivity, "model");
  plot.Dot({load, NumberOf(now, "sensitivity")}, "model");
  plot.Dot({load, NumberOf(now, "ppv")}, "second");
  auto last_inside = [&](const std::vector<PlotPoint>& line) {
    PlotPoint last{kNaN, kNaN};
    for (const PlotPoint& point : line) {
      if (point.x <= reach) last = point;
    }
    return last;
  };
  PlotPoint top = last_inside(sensitivity), low = last_inside(ppv);
  if (low.y > top.y - 0.3) low.y = top.y - 0.3;  // the labels keep apart where the lines meet
  plot.Label({reach, top.y - 0.24}, "event encounters announced", Anchor::kEnd, "model");
  plot.Label({reach, low.y + 0.04}, "alerts that are right (PPV)", Anchor::kEnd, "second");
  plot.Label({load + 0.015 * reach, 0.5}, "operating point", Anchor::kStart, "ink");
  return plot.Svg();
}

std::string LearningCurveChart(const Json& report) {
  const Json& curve = report["learning_curve"]["points"];
  if (curve.size() == 0) return "";
  auto points = PointsOf(curve, "subjects", "value");
  double low = kNaN, high = kNaN;
  for (const Json& point : curve.items()) {
    for (const char* name : {"value", "value_low", "value_high"}) {
      low = std::fmin(low, NumberOf(point, name));
      high = std::fmax(high, NumberOf(point, name));
    }
  }
  const double room = std::max(0.1 * (high - low), 0.005);
  SvgPlot plot("Quality by patients learnt from",
               {0, points.back().x * 1.05, "patients learnt from", false},
               {low - room, high + room, "on patients not learnt from", false});
  for (const Json& point : curve.items()) {
    plot.Whisker(NumberOf(point, "subjects"), NumberOf(point, "value_low"),
                 NumberOf(point, "value_high"));
  }
  plot.Line(points, "model");
  for (const PlotPoint& point : points) {
    plot.Dot(point, "model");
    plot.Label({point.x - 0.02 * points.back().x, point.y + room / 3}, Three(point.y), Anchor::kEnd,
               "model");
  }
  return plot.Svg();
}

std::string IntervalMark(const Json& object, const std::string& name, double low, double high,
                         double reference) {
  constexpr double kWidth = 120, kMargin = 5;
  if (!object[name].is_number() || !(high > low)) return "";
  auto place = [&](double value) {
    return kMargin + (std::clamp(value, low, high) - low) / (high - low) * (kWidth - 2 * kMargin);
  };
  std::string svg = format(
      "<svg class=\"interval\" viewBox=\"0 0 {0} 16\" width=\"{0}\" height=\"16\" "
      "aria-hidden=\"true\">"
      "<path class=\"rule\" d=\"M{1:.1f} 0V16\"/>",
      kWidth, place(reference));
  if (object[name + "_low"].is_number()) {
    svg +=
        format("<path class=\"line model\" d=\"M{:.1f} 8H{:.1f}\"/>",
               place(object[name + "_low"].AsDouble()), place(object[name + "_high"].AsDouble()));
  }
  return svg + format("<circle class=\"dot model\" cx=\"{:.1f}\" cy=\"8\" r=\"3.5\"/></svg>",
                      place(object[name].AsDouble()));
}

}  // namespace codman::evaluation
