#include "base/text.h"
#include "evaluation/comparison.h"
#include "evaluation/html_table_internal.h"
#include "evaluation/report_html_internal.h"

namespace codman::evaluation {
namespace {

// The verdict is about the whole: it says what the part is worth where its interval leaves 0 out.
std::string WorthOf(const Json& measure) {
  const std::string& verdict = measure["verdict"].AsString();
  return verdict == "better" ? "adds" : verdict == "worse" ? "harms" : verdict;
}

}  // namespace

const char* WordsOfMeasure(const std::string& measure) {
  return measure == "auroc" ? "AUROC" : measure == "macro_auroc" ? "macro AUROC" : "R²";
}

std::string AblationSection(const Json& report) {
  const Json& parts = report["ablation"];
  if (parts.size() == 0) return "";
  std::string figure = WordsOfMeasure(HeadMeasure(parts.items()[0]["without"])["name"].AsString());
  HtmlTable table("95 % intervals; differences are paired by patient, each interval by itself",
                  {"inputs", "what it is", "the part", "how many", figure + " without it",
                   "lost without it", figure + " of it alone", "lost by it alone"},
                  3);
  for (const Json& part : parts.items()) {
    const Json &without = HeadMeasure(part["without"]), &alone = HeadMeasure(part["alone"]);
    table.Row({part["name"].AsString(), part["kind"].AsString(), WorthOf(without),
               Count(part["inputs"]), WithInterval(without, "other", 3),
               WithInterval(without, "difference", 4), WithInterval(alone, "other", 3),
               WithInterval(alone, "difference", 4)});
  }
  return "<h2>What each group of inputs adds</h2>\n<p>The same learner and settings on the same "
         "folds, without the group and with nothing else. Of many groups some intervals leave 0 "
         "out by chance; a group whose news others also bring, or that others are computed from, "
         "adds little.</p>\n" +
         table.Html();
}

}  // namespace codman::evaluation
