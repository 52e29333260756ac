#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/text.h"
#include "evaluation/html_table_internal.h"
#include "evaluation/report_charts.h"
#include "evaluation/report_html_internal.h"

namespace codman::evaluation {
namespace {

using base::EscapeHtml;

struct PolicyName {
  const char* member;
  const char* words;
};
constexpr PolicyName kPolicies[] = {{"first_alert", "first alert of each encounter"},
                                    {"silenced", "with silencing"},
                                    {"every_alert", "every row at or above the threshold"}};

std::string PolicyTable(const Json& burden) {
  HtmlTable table("At the operating point (95 % intervals)",
                  {"alerts counted", "alerts", "per 100 patient-days", "PPV", "events announced",
                   "median lead, h", "PPV, any time", "announced, any time"});
  for (const PolicyName& policy : kPolicies) {
    const Json& row = burden[policy.member];
    table.Row({policy.words, Count(row["alerts"]), WithInterval(row, "per_100_patient_days", 1),
               PercentWithInterval(row, "ppv"), PercentWithInterval(row, "sensitivity"),
               Fixed(row["median_lead_hours"], 1), Percent(row["ppv_any_time"]),
               Percent(row["sensitivity_any_time"])});
  }
  return table.Html();
}

std::string BurdenCurveTable(const Json& burden) {
  HtmlTable table(
      "By threshold, with silencing; in the last three columns the first alert of each encounter",
      {"threshold", "per 100 patient-days", "PPV", "announced", "median lead, h",
       "first: per 100 patient-days", "first: PPV", "first: announced"},
      0);
  for (const Json& point : burden["curve"].items()) {
    const Json &silenced = point["silenced"], &first = point["first_alert"];
    table.Row({Significant(point["threshold"]), Fixed(silenced["per_100_patient_days"], 1),
               Percent(silenced["ppv"]), Percent(silenced["sensitivity"]),
               Fixed(silenced["median_lead_hours"], 1), Fixed(first["per_100_patient_days"], 1),
               Percent(first["ppv"]), Percent(first["sensitivity"])});
  }
  return TableView(table);
}

// The scale that all marks share: from the lowest to the highest interval, rounded outwards to
// twentieths.
std::pair<double, double> MarkScale(const Json& subgroups) {
  double low = 1, high = 0;
  for (const Json& row : subgroups.items()) {
    low = std::min(low, row["auroc_low"].AsDouble(low));
    high = std::max(high, row["auroc_high"].AsDouble(high));
  }
  return {std::floor(low * 20) / 20, std::ceil(high * 20) / 20};
}

const char* SeverityWords(const std::string& severity) {
  if (severity == "block") return "■ blocks";
  if (severity == "warning") return "▲ warning";
  return "● pass";
}

}  // namespace

std::string AlertBurdenSection(const Json& report) {
  const Json& burden = report["alert_burden"];
  if (!burden.is_object()) return "";
  std::string html = "<h2>Alert burden</h2>\n";
  html += format(
      "<p>{} encounters with an event, {} patient-days. An alert is right if the event follows "
      "within {} h. "
      "With silencing, no second alert is counted within {} h of the last one. Lead time runs from "
      "the "
      "first right alert to the event. “Any time” counts every alert of an encounter with an event "
      "as right.</p>\n",
      Count(burden["event_encounters"]), Count(burden["patient_days"]),
      EscapeHtml(Significant(burden["horizon_hours"])),
      EscapeHtml(Significant(burden["silence_hours"])));
  html += PolicyTable(burden);
  std::string chart = AlertBurdenChart(report);
  if (!chart.empty()) {
    html += "<div class=\"pair single\"><figure>" + chart +
            "<figcaption>What more alerts buy, with silencing. The dotted rule marks the operating "
            "point.</figcaption></figure></div>\n";
  }
  if (burden["curve"].size() > 0) html += BurdenCurveTable(burden);
  return html;
}

std::string OperatingPointSection(const Json& report) {
  const Json& point = report["operating_point"];
  if (!point.is_object()) return "";
  std::string html = "<h2>Operating point</h2>\n";
  std::string rule = point["rule"].AsString();
  html += format("<p>Alert where the risk is {} or more{}. Counted over rows.</p>\n",
                 Significant(point["threshold"]), rule.empty() ? "" : ": " + EscapeHtml(rule));
  HtmlTable rates("Rates with 95 % intervals", {"measure", "value"});
  const std::pair<const char*, const char*> kRates[] = {{"sensitivity", "sensitivity (recall)"},
                                                        {"specificity", "specificity"},
                                                        {"ppv", "PPV (precision)"},
                                                        {"npv", "NPV"}};
  for (const auto& [name, words] : kRates) rates.Row({words, PercentWithInterval(point, name)});
  rates.Row({"F1", WithInterval(point, "f1", 3)});
  HtmlTable counts("Rows", {"", "event", "no event"});
  counts.Row({"alert", Count(point["tp"]), Count(point["fp"])});
  counts.Row({"no alert", Count(point["fn"]), Count(point["tn"])});
  return html + "<div class=\"pair\">" + rates.Html() + counts.Html() + "</div>\n";
}

std::string SubgroupSection(const Json& report) {
  const Json& subgroups = report["subgroups"];
  if (subgroups.size() == 0) return "";
  auto [low, high] = MarkScale(subgroups);
  double whole = report["discrimination"]["auroc"].AsDouble();
  HtmlTable table(
      "AUROC with 95 % interval; the fine rule in the last column is the AUROC of all rows",
      {"subgroup", "subjects", "event rows", "AUROC", "mean risk", "observed", "in the large",
       "alert rate", "sensitivity", "PPV",
       low < high ? format("{:.2f} to {:.2f}", low, high) : ""});
  for (const Json& row : subgroups.items()) {
    table.RowWithMark(
        {row["column"].AsString() + ": " + row["level"].AsString(), Count(row["subjects"]),
         Count(row["events"]), WithInterval(row, "auroc", 3), Percent(row["mean_risk"], 2),
         Percent(row["observed"], 2), Fixed(row["in_the_large"], 2), Percent(row["alert_rate"]),
         Percent(row["sensitivity"]), Percent(row["ppv"])},
        IntervalMark(row, "auroc", low, high, whole));
  }
  return "<h2>Subgroups</h2>\n<p>Calibration in the large is 0 where the mean risk is right, above "
         "0 where risks are "
         "too low. “–” stands where too few subjects have, or lack, an event.</p>\n" +
         table.Html() + SubgroupGapTable(report);
}

std::string ComparatorSection(const Json& report) {
  const Json& comparators = report["comparators"];
  if (comparators.size() == 0) return "";
  bool with_utility = report["utility"].is_object();
  std::vector<std::string> heads = {"model on the same rows", "AUROC", "AUPRC",
                                    "AUROC gained over it"};
  if (with_utility) heads.push_back("utility, best on these rows (optimistic)");
  HtmlTable table(
      "95 % intervals; the gain is paired: both models are judged on the same redrawn patients",
      heads);
  std::vector<std::string> own = {"this model", WithInterval(report["discrimination"], "auroc", 3),
                                  WithInterval(report["discrimination"], "auprc", 3), ""};
  // At its declared threshold, not the best one: said so in the cell.
  if (with_utility)
    own.push_back(Fixed(report["utility"]["value"], 3) + " at its declared threshold");
  table.Row(own);
  for (const Json& row : comparators.items()) {
    std::vector<std::string> cells = {row["name"].AsString(), WithInterval(row, "auroc", 3),
                                      WithInterval(row, "auprc", 3),
                                      WithInterval(row, "difference", 4)};
    if (with_utility) cells.push_back(Fixed(row["best_utility"], 3));
    table.Row(cells);
  }
  return "<h2>Comparison with simpler models</h2>\n" + table.Html();
}

std::string TransferSection(const Json& report) {
  const Json& transfer = report["threshold_transfer"];
  if (!transfer.is_object()) return "";
  const bool with_utility = transfer["at_source_threshold"]["utility"].is_number();
  std::vector<std::string> heads = {"threshold", "rows that alert", "encounters with an alert",
                                    "sensitivity (rows)", "PPV (rows)"};
  if (with_utility) heads.push_back("utility");
  HtmlTable table("95 % intervals; the difference is paired", heads);
  auto add = [&](const char* words, const char* member) {
    const Json& figures = transfer[member];
    if (!figures.is_object()) return;
    std::vector<std::string> cells = {words};
    if (figures["threshold"].is_number()) cells[0] += ", " + Significant(figures["threshold"]);
    for (const char* rate : {"alert_rate", "encounter_alert_rate", "sensitivity", "ppv"})
      cells.push_back(PercentWithInterval(figures, rate));
    if (with_utility) cells.push_back(WithInterval(figures, "utility", 3));
    table.Row(cells);
  };
  add("home", "at_source_threshold");
  add("cautious", "at_cautious_threshold");
  add("alert rate kept", "at_transferred_threshold");
  add("alert rate kept − home", "difference");
  return format(
             "<h2>Threshold transfer</h2>\n<p>The model was learnt at another site. No threshold "
             "was chosen with an outcome of this one: that of home is the other site's own, a "
             "cautious one gives away a little of the utility there, and the last alerts on as "
             "many {}s here as were alerted there ({}). Outcomes only judge them.</p>\n",
             EscapeHtml(transfer["per"].AsString()), Percent(transfer["source_alert_rate"])) +
         table.Html();
}

std::string SubgroupGapTable(const Json& report) {
  if (report["subgroup_gaps"].size() == 0) return "";
  HtmlTable table("Between the highest and the lowest level, with 95 % interval",
                  {"subgroups", "measure", "gap"}, 2);
  for (const Json& gap : report["subgroup_gaps"].items()) {
    Json named;
    named.Set("g", gap["value"]).Set("g_low", gap["low"]).Set("g_high", gap["high"]);
    bool large = std::abs(gap["value"].AsDouble()) >= 100;
    table.Row({gap["column"].AsString(), base::ReplaceAll(gap["measure"].AsString(), "_", " "),
               WithInterval(named, "g", large ? 0 : 3)});
  }
  return table.Html();
}

std::string LeakageSection(const Json& report) {
  const Json& findings = report["leakage"];
  if (findings.size() == 0) return "";
  HtmlTable table("A finding that blocks keeps the model out of the registry",
                  {"check", "result", "where", "finding"}, 4);
  for (const Json& row : findings.items()) {
    table.Row({base::ReplaceAll(row["check"].AsString(), "_", " "),
               SeverityWords(row["severity"].AsString()), row["subject"].AsString(),
               row["message"].AsString()});
  }
  return "<h2>Leakage audit</h2>\n" + table.Html();
}

}  // namespace codman::evaluation
