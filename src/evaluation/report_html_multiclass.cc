#include <string>
#include <vector>

#include "base/text.h"
#include "evaluation/html_table_internal.h"
#include "evaluation/report_charts.h"
#include "evaluation/report_html_internal.h"

namespace codman::evaluation {
namespace {

std::string Headline(const Json& report) {
  const Json& scores = report["multiclass"];
  std::string html = "<h2>Headline</h2>\n<dl class=\"figures\">";
  html += HeadlineFigure("macro AUROC", WithInterval(scores, "macro_auroc", 3),
                         "one class against the rest");
  html +=
      HeadlineFigure("pairwise AUROC", WithInterval(scores, "hand_till_auroc", 3), "Hand and Till");
  html += HeadlineFigure("accuracy", PercentWithInterval(scores, "accuracy"), "");
  html += HeadlineFigure("balanced accuracy", PercentWithInterval(scores, "balanced_accuracy"), "");
  html += HeadlineFigure("Brier score", WithInterval(scores, "brier", 3), "best 0, worst 2");
  html += HeadlineFigure("log loss", WithInterval(scores, "log_loss", 3), "best 0");
  return html + "</dl>\n";
}

std::string Confusion(const Json& report) {
  const Json& classes = report["classes"];
  if (report["confusion"].size() != classes.size() || classes.size() == 0) return "";
  std::vector<std::string> heads = {"truth"};
  for (const Json& of_class : classes.items()) {
    heads.push_back("predicted " + of_class["name"].AsString());
  }
  HtmlTable table("Rows, and their share of the true class", heads);
  for (size_t truth = 0; truth < classes.size(); ++truth) {
    const Json& of_class = classes.items()[truth];
    std::vector<std::string> cells = {of_class["name"].AsString()};
    for (const Json& count : report["confusion"].items()[truth].items()) {
      Json share(count.AsDouble() / of_class["rows"].AsDouble(1));
      cells.push_back(Count(count) + " (" + Percent(share, 0) + ")");
    }
    table.Row(cells);
  }
  return "<h2>Confusion</h2>\n" + table.Html();
}

std::string ClassTable(const Json& report) {
  HtmlTable table("Each class against the rest, with 95 % intervals",
                  {"class", "subjects", "rows", "AUROC", "sensitivity", "PPV", "calibration slope",
                   "in the large"});
  for (const Json& of_class : report["classes"].items()) {
    const Json& calibration = of_class["calibration"];
    table.Row({of_class["name"].AsString(), Count(of_class["subjects"]), Count(of_class["rows"]),
               WithInterval(of_class["discrimination"], "auroc", 3),
               PercentWithInterval(of_class, "sensitivity"), PercentWithInterval(of_class, "ppv"),
               WithInterval(calibration, "slope", 3), Fixed(calibration["in_the_large"], 3)});
  }
  return table.Html();
}

std::string Classes(const Json& report) {
  if (report["classes"].size() == 0) return "";
  std::string html = "<h2>Classes</h2>\n" + ClassTable(report) + "<div class=\"pair\">";
  for (const Json& of_class : report["classes"].items()) {
    std::string name = of_class["name"].AsString();
    // A class has the members of a binary report that these charts read.
    html +=
        ChartFigure(RocChart(of_class), name + ": how often a row of it ranks above another.",
                    CurveTable(of_class["roc"], "ROC curve", "false positive rate", "sensitivity"));
    html += ChartFigure(CalibrationChart(of_class),
                        name +
                            ": observed share by predicted probability. Bars: distribution of "
                            "the probabilities.",
                        CalibrationTable(of_class["calibration"]));
  }
  return html + "</div>\n";
}

std::string Subgroups(const Json& report) {
  if (report["subgroups"].size() == 0) return "";
  HtmlTable table("95 % intervals; “–” stands where too few subjects are of some class",
                  {"subgroup", "subjects", "rows", "macro AUROC", "accuracy", "balanced accuracy"});
  for (const Json& row : report["subgroups"].items()) {
    table.Row({row["column"].AsString() + ": " + row["level"].AsString(), Count(row["subjects"]),
               Count(row["rows"]), WithInterval(row, "macro_auroc", 3),
               PercentWithInterval(row, "accuracy"),
               PercentWithInterval(row, "balanced_accuracy")});
  }
  return "<h2>Subgroups</h2>\n" + table.Html() + SubgroupGapTable(report);
}

std::string Comparators(const Json& report) {
  if (report["comparators"].size() == 0) return "";
  HtmlTable table(
      "95 % intervals; the gain is paired: both models are judged on the same redrawn patients",
      {"model on the same rows", "macro AUROC", "accuracy", "balanced accuracy",
       "macro AUROC gained over it"});
  auto cells = [](const std::string& name, const Json& row) {
    return std::vector<std::string>{name, WithInterval(row, "macro_auroc", 3),
                                    PercentWithInterval(row, "accuracy"),
                                    PercentWithInterval(row, "balanced_accuracy")};
  };
  auto own = cells("this model", report["multiclass"]);
  own.emplace_back();
  table.Row(own);
  for (const Json& row : report["comparators"].items()) {
    auto theirs = cells(row["name"].AsString(), row);
    theirs.push_back(WithInterval(row, "difference", 4));
    table.Row(theirs);
  }
  return "<h2>Comparison with simpler models</h2>\n" + table.Html();
}

}  // namespace

std::string MulticlassBody(const Json& report) {
  return Headline(report) + Confusion(report) + Classes(report) + Subgroups(report) +
         Comparators(report);
}

}  // namespace codman::evaluation
