#include <algorithm>
#include <cmath>
#include <vector>

#include "base/text.h"
#include "evaluation/html_table_internal.h"
#include "evaluation/report_charts.h"
#include "evaluation/report_html_internal.h"

namespace codman::evaluation {
namespace {

// Digits after the point that suit amounts as large as the spread of the truths.
int DigitsOf(const Json& report) {
  double spread = report["regression"]["sd_observed"].AsDouble();
  if (!(spread > 0)) return 2;
  return std::clamp(3 - static_cast<int>(std::floor(std::log10(spread))), 0, 6);
}

std::string Headline(const Json& report) {
  const Json &scores = report["regression"], &interval = report["interval"];
  int digits = DigitsOf(report);
  std::string unit = report["unit"].AsString();
  std::string html = "<h2>Headline</h2>\n<dl class=\"figures\">";
  html += HeadlineFigure("R²", WithInterval(scores, "r2", 3), "mean of all rows 0, perfect 1");
  html += HeadlineFigure("RMSE", WithInterval(scores, "rmse", digits), unit);
  html += HeadlineFigure("mean absolute error", WithInterval(scores, "mae", digits), unit);
  html += HeadlineFigure("median absolute error",
                         WithInterval(scores, "median_absolute_error", digits), unit);
  html += HeadlineFigure("bias (mean error)", WithInterval(scores, "bias", digits),
                         "mean observed " + Fixed(scores["mean_observed"], digits));
  if (interval.is_object()) {
    html += HeadlineFigure("truths within the interval", PercentWithInterval(interval, "coverage"),
                           "promised " + Percent(interval["nominal"], 0));
    html += HeadlineFigure("mean width", WithInterval(interval, "mean_width", digits), unit);
  }
  return html + "</dl>\n";
}

std::string DecileTable(const Json& report) {
  HtmlTable table("Rows in order of their predicted value, in parts of equal size",
                  {"mean predicted", "mean observed", "within the interval", "mean width", "rows"},
                  0);
  int digits = DigitsOf(report);
  for (const Json& decile : report["deciles"].items()) {
    table.Row({Fixed(decile["mean_predicted"], digits),
               WithInterval(decile, "mean_observed", digits),
               PercentWithInterval(decile, "coverage"), Fixed(decile["mean_width"], digits),
               Count(decile["rows"])});
  }
  return TableView(table);
}

std::string ResidualTable(const Json& report) {
  const Json &residuals = report["residuals"], &counts = residuals["counts"];
  HtmlTable table("The outermost bars hold all errors beyond", {"error from", "rows"}, 0);
  double from = residuals["from"].AsDouble(), to = residuals["to"].AsDouble();
  for (size_t i = 0; i < counts.size(); ++i) {
    double begin = from + (to - from) * static_cast<double>(i) / static_cast<double>(counts.size());
    table.Row({Fixed(begin, DigitsOf(report)), Count(counts.items()[i])});
  }
  return TableView(table);
}

std::string Charts(const Json& report) {
  std::string charts =
      ChartFigure(
          ObservedChart(report),
          "Mean observed against mean predicted value of each tenth of the rows, over where "
          "the rows lie.",
          DecileTable(report)) +
      ChartFigure(ResidualChart(report),
                  "How far predictions lie above (right) or below (left) the truth.",
                  ResidualTable(report)) +
      ChartFigure(CoverageChart(report),
                  "Share of truths within their predicted interval, by predicted value.",
                  DecileTable(report));
  if (charts.empty()) return "";
  return "<h2>Predicted and observed</h2>\n<div class=\"pair\">" + charts + "</div>\n";
}

std::string Subgroups(const Json& report) {
  if (report["subgroups"].size() == 0) return "";
  HtmlTable table("95 % intervals; “–” stands where a subgroup has too few subjects",
                  {"subgroup", "subjects", "mean predicted", "mean observed", "RMSE", "mean error",
                   "R²", "within the interval"});
  int digits = DigitsOf(report);
  for (const Json& row : report["subgroups"].items()) {
    table.Row({row["column"].AsString() + ": " + row["level"].AsString(), Count(row["subjects"]),
               Fixed(row["mean_predicted"], digits), Fixed(row["mean_observed"], digits),
               WithInterval(row, "rmse", digits), WithInterval(row, "bias", digits),
               WithInterval(row, "r2", 3), PercentWithInterval(row, "coverage")});
  }
  return "<h2>Subgroups</h2>\n" + table.Html() + SubgroupGapTable(report);
}

std::string Comparators(const Json& report) {
  const Json& comparators = report["comparators"];
  if (comparators.size() == 0) return "";
  HtmlTable table(
      "95 % intervals; the gain is paired: both models are judged on the same redrawn patients",
      {"model on the same rows", "R²", "RMSE", "R² gained over it", "RMSE against it"});
  int digits = DigitsOf(report);
  const Json& own = report["regression"];
  table.Row({"this model", WithInterval(own, "r2", 3), WithInterval(own, "rmse", digits), "", ""});
  for (const Json& row : comparators.items()) {
    table.Row({row["name"].AsString(), WithInterval(row, "r2", 3),
               WithInterval(row, "rmse", digits), WithInterval(row, "difference", 4),
               WithInterval(row, "rmse_difference", digits)});
  }
  return "<h2>Comparison with simpler models</h2>\n" + table.Html();
}

}  // namespace

std::string RegressionBody(const Json& report) {
  return Headline(report) + Charts(report) + Subgroups(report) + Comparators(report);
}

}  // namespace codman::evaluation
