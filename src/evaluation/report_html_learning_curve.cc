#include "base/text.h"
#include "evaluation/html_table_internal.h"
#include "evaluation/report_charts.h"
#include "evaluation/report_html_internal.h"

namespace codman::evaluation {

std::string LearningCurveSection(const Json& report) {
  const Json& curve = report["learning_curve"];
  if (curve.is_null()) return "";
  const char* figure = WordsOfMeasure(curve["measure"].AsString());
  HtmlTable table(
      "95 % intervals; what is lost against all is paired by patient, each interval by itself",
      {"share of the patients", "patients learnt from", figure, "lost against all"});
  for (const Json& point : curve["points"].items()) {
    const bool whole = point["lost"].is_null();
    table.Row({Percent(point["share"]), Count(point["subjects"]), WithInterval(point, "value", 3),
               whole ? "–" : WithInterval(point, "lost", 4)});
  }
  std::string html =
      "<h2>Would more patients help?</h2>\n<p>The same learner and settings on the same folds, "
      "learning from parts of the patients. Where the curve still rises at its end, more patients "
      "would help; where it is flat, other inputs might.</p>\n" +
      ChartFigure(LearningCurveChart(report),
                  format("{} by the number of patients a model learnt from", figure), table.Html());
  for (const Json& left_out : curve["left_out"].items()) {
    html += format("<p>Not learnt from {} of the patients: {}</p>\n", Percent(left_out["share"]),
                   base::EscapeHtml(left_out["why"].AsString()));
  }
  return html;
}

}  // namespace codman::evaluation
