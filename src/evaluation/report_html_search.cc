#include "base/text.h"
#include "evaluation/html_table_internal.h"
#include "evaluation/report_html_internal.h"

namespace codman::evaluation {
namespace {

// "leaves 7, learning rate 0.05"
std::string WordsOf(const Json& settings) {
  std::vector<std::string> words;
  for (const auto& [name, value] : settings.members()) {
    words.push_back(base::ReplaceAll(name, "_", " ") + " " +
                    (value.is_string() ? value.AsString() : value.ToString()));
  }
  return base::Join(words, ", ");
}

}  // namespace

std::string SearchSection(const Json& report) {
  const Json& searches = report["search"];
  if (searches.size() == 0) return "";
  std::string html =
      "<h2>Settings search</h2>\n<p>Settings are tried in inner folds of the patients that the "
      "model learns from; no patient that calibrates or judges it is looked at.</p>\n";
  for (const Json& search : searches.items()) {
    std::string measure = base::ReplaceAll(search["measure"].AsString(), "_", " ");
    HtmlTable table(format("{} of {} settings, {} inner folds of {} {}", search["tried"].size(),
                           Count(search["grid_size"]), Count(search["folds"]),
                           Count(search["patients"]), search["of"].AsString()),
                    {"settings", "", measure + " (least is taken)"}, 2);
    for (const Json& tried : search["tried"].items()) {
      table.Row({WordsOf(tried["settings"]), tried["chosen"].AsBool() ? "● taken" : "",
                 Fixed(tried["loss"], 5)});
    }
    html += table.Html();
  }
  return html;
}

}  // namespace codman::evaluation
