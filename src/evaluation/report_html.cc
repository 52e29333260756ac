#include <string>
#include <string_view>

#include "base/text.h"
#include "evaluation/html_table_internal.h"
#include "evaluation/report.h"
#include "evaluation/report_charts.h"
#include "evaluation/report_html_internal.h"
#include "evaluation/report_style_internal.h"

namespace codman::evaluation {
namespace {

using base::EscapeHtml;

std::string Head(const Json& report) {
  std::string title = EscapeHtml(report["title"].AsString());
  std::string html =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>";
  html += title + " – evaluation</title><style>" + kReportStyle + "</style></head>\n<body>\n";
  if (report["synthetic"].AsBool()) {
    html +=
        "<div class=\"banner\" role=\"alert\">Synthetic data: no claim of accuracy. These numbers "
        "show that the "
        "program works, not how well it predicts for patients.</div>\n";
  }
  html += "<header><h1>" + title +
          "</h1><p class=\"quiet\">Evaluation report. Not a medical device; for research and "
          "validation.</p></header>\n";
  return html;
}

std::string Warnings(const Json& report) {
  const Json& warnings = report["warnings"];
  if (warnings.size() == 0) return "";
  std::string html = "<div class=\"warnings\"><h3>▲ To bear in mind</h3><ul>";
  for (const Json& warning : warnings.items())
    html += "<li>" + EscapeHtml(warning.AsString()) + "</li>";
  return html + "</ul></div>\n";
}

std::string Fact(const std::string& label, const std::string& text) {
  return "<dt>" + EscapeHtml(label) + "</dt><dd>" + EscapeHtml(text) + "</dd>\n";
}

std::string ContextText(const Json& entry) {
  const Json& value = entry["value"].is_null() ? entry["text"] : entry["value"];
  if (value.is_string()) return value.AsString();
  if (value.is_number() && value.AsDouble() == static_cast<double>(value.AsInt()))
    return Count(value);
  return value.is_null() ? "–" : value.ToString();
}

std::string WhatWasJudged(const Json& report) {
  std::string html = "<h2>What was judged</h2>\n<dl class=\"facts\">";
  std::string subjects = Count(report["subjects"]), rows = Count(report["rows"]);
  if (report["events"].is_number()) {
    subjects += ", " + Count(report["event_subjects"]) + " with an event";
    rows +=
        ", " + Count(report["events"]) + " with label 1 (" + Percent(report["prevalence"], 2) + ")";
  }
  html += Fact("subjects", subjects);
  if (report["encounters"].is_number()) html += Fact("encounters", Count(report["encounters"]));
  html += Fact("predictions (rows)", rows);
  for (const Json& entry : report["context"].items()) {
    html += Fact(entry["label"].AsString(), ContextText(entry));
  }
  return html + "</dl>\n";
}

std::string DelongNote(const Json& discrimination) {
  const Json &low = discrimination["auroc_delong_low"], &high = discrimination["auroc_delong_high"];
  if (!low.is_number() || !high.is_number()) return "";
  return format("DeLong, rows as independent: {} to {}", Fixed(low, 3), Fixed(high, 3));
}

std::string Headline(const Json& report) {
  const Json &discrimination = report["discrimination"], &burden = report["alert_burden"];
  std::string html = "<h2>Headline</h2>\n<dl class=\"figures\">";
  html +=
      HeadlineFigure("AUROC", WithInterval(discrimination, "auroc", 3), DelongNote(discrimination));
  html += HeadlineFigure("AUPRC", WithInterval(discrimination, "auprc", 3),
                         "chance: " + Fixed(report["prevalence"], 3));
  if (report["utility"].is_object()) {
    const Json& utility = report["utility"];
    Json named;
    named.Set("u", utility["value"]).Set("u_low", utility["low"]).Set("u_high", utility["high"]);
    html += HeadlineFigure("utility (PhysioNet 2019)", WithInterval(named, "u", 3),
                           "silence 0, best 1");
  }
  html += HeadlineFigure("calibration slope", WithInterval(report["calibration"], "slope", 3),
                         "perfect: 1");
  html += HeadlineFigure("Brier skill", WithInterval(report["brier"], "skill", 3),
                         "Brier score " + Fixed(report["brier"]["value"], 4));
  if (burden.is_object()) {
    html += HeadlineFigure("alerts / 100 patient-days",
                           WithInterval(burden["silenced"], "per_100_patient_days", 1),
                           "with silencing");
    html += HeadlineFigure("PPV of alerts", PercentWithInterval(burden["silenced"], "ppv"),
                           "with silencing");
    html +=
        HeadlineFigure("events announced", PercentWithInterval(burden["silenced"], "sensitivity"),
                       "median lead " + Fixed(burden["silenced"]["median_lead_hours"], 1) + " h");
  }
  return html + "</dl>\n";
}

std::string DiscriminationSection(const Json& report) {
  std::string charts =
      ChartFigure(RocChart(report), "How often a row with an event ranks above one without.",
                  CurveTable(report["roc"], "ROC curve", "false positive rate", "sensitivity")) +
      ChartFigure(PrecisionRecallChart(report), "How many rows at or above a threshold are events.",
                  CurveTable(report["pr"], "Precision and recall", "recall", "precision"));
  if (charts.empty()) return "";
  return "<h2>Discrimination</h2>\n<div class=\"pair\">" + charts + "</div>\n";
}

std::string DecisionTable(const Json& rows) {
  HtmlTable table("Net benefit; treating nobody has 0", {"threshold", "model", "treat all"}, 0);
  for (const Json& row : rows.items()) {
    table.Row({Percent(row["threshold"], 2), Fixed(row["model"], 5), Fixed(row["treat_all"], 5)});
  }
  return TableView(table);
}

std::string CalibrationSection(const Json& report) {
  const Json& calibration = report["calibration"];
  if (!calibration.is_object()) return "";
  std::string caption = format(
      "Slope {}, intercept {}, calibration in the large {}, expected calibration error {}. "
      "Bars: distribution of the risks.",
      WithInterval(calibration, "slope", 3), WithInterval(calibration, "intercept", 2),
      Fixed(calibration["in_the_large"], 3), Fixed(calibration["ece"], 4));
  const Json& brier = report["brier"];
  if (brier["reliability"].is_number()) {
    caption += format(" Brier score {}: reliability {} (best 0), resolution {} of {}.",
                      Fixed(brier["value"], 4), Fixed(brier["reliability"], 4),
                      Fixed(brier["resolution"], 4), Fixed(brier["uncertainty"], 4));
  }
  return "<h2>Calibration and clinical usefulness</h2>\n<div class=\"pair\">" +
         ChartFigure(CalibrationChart(report), caption, CalibrationTable(calibration)) +
         ChartFigure(DecisionChart(report),
                     "Worth of acting on the model, against treating everybody and nobody. The "
                     "dotted rule marks the "
                     "operating point.",
                     DecisionTable(report["decision_curve"])) +
         "</div>\n";
}

const char* MethodOf(const std::string& kind) {
  if (kind == "regression") {
    return "error: predicted − observed. R²: 1 − squared error / squared distance from the mean of "
           "the rows. Deciles: rows in order of their predicted value. Gaps between subgroups lie "
           "above 0 by chance alone.";
  }
  if (kind == "multiclass") {
    return "macro AUROC: mean over classes of one against the rest; pairwise AUROC: Hand and Till "
           "2001. Calibration of each class: logistic regression of the class on the logit of its "
           "probability. Brier score: from 0 to 2. Gaps between subgroups lie above 0 by chance "
           "alone.";
  }
  return "calibration slope and intercept: cluster-robust by subject; calibration curve: Wilson. "
         "AUPRC is average precision. Calibration: logistic regression of the label on the logit "
         "of the risk. Decision curve: Vickers and Elkin 2006.";
}

std::string Method(const Json& report) {
  const Json& bootstrap = report["bootstrap"];
  std::string html = "<footer><p>Intervals: ";
  html += bootstrap["replicates"].AsInt() > 0
              ? format("95 % percentile, cluster bootstrap by subject, {} replicates, seed {}; ",
                       Count(bootstrap["replicates"]), EscapeHtml(bootstrap["seed"].ToString()))
              : "no bootstrap; ";
  html += MethodOf(report["kind"].AsString());
  if (report["utility"].is_object()) {
    html +=
        " Utility: Reyna et al., Crit Care Med 2020;48:210–217, normalised so that silence is 0 "
        "and the best "
        "possible alerts are 1.";
  }
  return html + "</p></footer>\n";
}

std::string BinaryBody(const Json& report) {
  return Headline(report) + DiscriminationSection(report) + CalibrationSection(report) +
         AlertBurdenSection(report) + OperatingPointSection(report) + TransferSection(report) +
         SubgroupSection(report) + ComparatorSection(report);
}

std::string BodyOf(const Json& report) {
  const std::string& kind = report["kind"].AsString();
  if (kind == "regression") return RegressionBody(report);
  if (kind == "multiclass") return MulticlassBody(report);
  return BinaryBody(report);  // reports from before there were kinds
}

}  // namespace

std::string HeadlineFigure(std::string_view name, const std::string& ranged,
                           std::string_view note) {
  size_t open = ranged.find(" (");
  std::string value = ranged.substr(0, open);
  std::string range =
      open == std::string::npos ? "" : ranged.substr(open + 2, ranged.size() - open - 3);
  std::string html = format("<div><dt>{}</dt><dd><span class=\"value\">{}</span>", EscapeHtml(name),
                            EscapeHtml(value));
  if (!range.empty()) html += "<span class=\"range\">95 %: " + EscapeHtml(range) + "</span>";
  if (!note.empty()) html += "<span class=\"range\">" + EscapeHtml(note) + "</span>";
  return html + "</dd></div>\n";
}

std::string CurveTable(const Json& points, const char* caption, const char* x, const char* y) {
  // The page tabulates every tenth point; the JSON report holds them all.
  constexpr size_t kStride = 10;
  HtmlTable table(caption, {"threshold", x, y}, 0);
  for (size_t i = 0; i < points.size(); ++i) {
    if (i % kStride != 0 && i + 1 != points.size() && points.size() > 2 * kStride) continue;
    const Json& point = points.items()[i];
    table.Row({Significant(point["threshold"]), Percent(point["x"]), Percent(point["y"])});
  }
  return TableView(table);
}

std::string ChartFigure(const std::string& svg, const std::string& caption,
                        const std::string& table) {
  if (svg.empty()) return "";
  return "<figure>" + svg + "<figcaption>" + EscapeHtml(caption) + "</figcaption>" + table +
         "</figure>\n";
}

std::string CalibrationTable(const Json& calibration) {
  HtmlTable table("Rows in order of risk, in parts of equal size",
                  {"mean risk", "observed", "95 % low", "95 % high", "rows"}, 0);
  for (const Json& bin : calibration["curve"].items()) {
    table.Row({Percent(bin["mean_risk"], 2), Percent(bin["observed"], 2), Percent(bin["low"], 2),
               Percent(bin["high"], 2), Count(bin["rows"])});
  }
  HtmlTable bars("Histogram of the risks; the last bar holds all above", {"risk from", "rows"}, 0);
  const Json& counts = calibration["histogram"]["counts"];
  double upper = calibration["histogram"]["upper"].AsDouble();
  for (size_t i = 0; i < counts.size(); ++i) {
    double from = upper * static_cast<double>(i) / static_cast<double>(counts.size());
    bars.Row({Percent(from, 2), Count(counts.items()[i])});
  }
  return "<details><summary>Table view</summary>" + table.Html() + bars.Html() + "</details>\n";
}

std::string RenderHtml(const Json& report) {
  return Head(report) + Warnings(report) + WhatWasJudged(report) + BodyOf(report) +
         AblationSection(report) + LearningCurveSection(report) + SearchSection(report) +
         LeakageSection(report) + Method(report) + "</body></html>\n";
}

}  // namespace codman::evaluation
