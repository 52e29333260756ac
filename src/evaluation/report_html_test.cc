#include <gtest/gtest.h>

#include "evaluation/example_rows_internal.h"
#include "evaluation/report.h"
#include "evaluation/threshold_transfer.h"

namespace codman::evaluation {
namespace {

bool Holds(const std::string& html, const std::string& text) {
  return html.find(text) != std::string::npos;
}

int CountOf(const std::string& html, const std::string& text) {
  int count = 0;
  for (size_t at = html.find(text); at != html.npos; at = html.find(text, at + 1)) ++count;
  return count;
}

Json ExampleReport(bool synthetic) {
  Predictions rows;
  rows.risk = ExampleScores();
  rows.label = ExampleLabels();
  for (int i = 0; i < 40; ++i) {
    rows.subject.push_back(i / 4);
    rows.time_us.push_back(i * int64_t{3'600'000'000});
    rows.subgroups["<sex>"].push_back(i < 20 ? "<b>f" : "m & m");
    rows.comparators["<i>other"].push_back(0.5);
  }
  ReportOptions options;
  options.title = "<script>alert(1)</script>";
  options.threshold_rule = "<u>rule";
  options.physionet_utility = true;
  options.synthetic = synthetic;
  options.context =
      Json::Array(std::vector<Json>{Json::Object({{"label", "<data>"}, {"text", "a < b"}}),
                                    Json::Object({{"label", "seen"}, {"value", 12345}})});
  Json report = Evaluate(rows, options).value();
  report.Set("leakage",
             Json::Array(std::vector<Json>{Json::Object({{"check", "subject_overlap"},
                                                         {"severity", "block"},
                                                         {"subject", "<x>"},
                                                         {"message", "5 < 6 subjects"}})}));
  return report;
}

TEST(RenderHtml, EscapesAllTextOfOthers) {
  std::string html = RenderHtml(ExampleReport(false));
  EXPECT_FALSE(Holds(html, "<script"));
  for (const char* raw : {"<b>f", "<i>other", "<u>rule", "<data>", "<x>", "<sex>", "5 < 6"}) {
    EXPECT_FALSE(Holds(html, raw)) << raw;
  }
  EXPECT_TRUE(Holds(html, "&lt;script&gt;alert(1)"));
  EXPECT_TRUE(Holds(html, "m &amp; m"));
}

TEST(RenderHtml, RefersToNothingOutside) {
  std::string html = RenderHtml(ExampleReport(true));
  for (const char* reference : {"http:", "https:", "src=", "href=", "@import", "url("}) {
    EXPECT_FALSE(Holds(html, reference)) << reference;
  }
}

TEST(RenderHtml, GivesEveryChartATableView) {
  std::string html = RenderHtml(ExampleReport(false));
  EXPECT_EQ(CountOf(html, "<svg class=\"plot\""), 5);
  EXPECT_EQ(CountOf(html, "<details>"), 5);
}

TEST(RenderHtml, ClosesEveryTagItOpens) {
  std::string html = RenderHtml(ExampleReport(true));
  for (std::string tag : {"svg", "table", "div", "dl", "dt", "dd", "figure", "details", "p", "tr",
                          "td", "th", "text"}) {
    int opened = CountOf(html, "<" + tag + ">") + CountOf(html, "<" + tag + " ");
    EXPECT_EQ(opened, CountOf(html, "</" + tag + ">")) << tag;
    EXPECT_GT(opened, 0) << tag;
  }
  EXPECT_FALSE(Holds(html, "nan"));
  EXPECT_FALSE(Holds(html, "inf\""));
}

TEST(RenderHtml, ShowsTheBannerForSyntheticDataOnly) {
  EXPECT_TRUE(Holds(RenderHtml(ExampleReport(true)), "Synthetic data: no claim of accuracy"));
  EXPECT_FALSE(Holds(RenderHtml(ExampleReport(false)), "Synthetic data: no claim of accuracy"));
}

TEST(RenderHtml, ShowsContextLeakageAndWarnings) {
  std::string html = RenderHtml(ExampleReport(false));
  EXPECT_TRUE(Holds(html, "12,345"));
  EXPECT_TRUE(Holds(html, "■ blocks"));
  EXPECT_TRUE(Holds(html, "subjects have an event"));
}

TEST(RenderHtml, ShowsAThresholdTransfer) {
  Predictions rows;
  rows.risk = ExampleScores();
  rows.label = ExampleLabels();
  for (int i = 0; i < 40; ++i) rows.subject.push_back(i / 4);
  Json report = ExampleReport(false);
  EXPECT_FALSE(Holds(RenderHtml(report), "Threshold transfer"));
  report.Set("threshold_transfer", JudgeThresholdTransfer(rows, rows, {}).value());
  std::string html = RenderHtml(report);
  EXPECT_TRUE(Holds(html, "Threshold transfer"));
  EXPECT_TRUE(Holds(html, "as many rows here as were alerted there (50.0 %)"));
  EXPECT_FALSE(Holds(html, "<td>cautious"));  // none was given
  EXPECT_FALSE(Holds(html, "<th>utility"));   // not asked for
  report.Set("threshold_transfer",
             JudgeThresholdTransfer(rows, rows, {.cautious_threshold = 0.625}).value());
  EXPECT_TRUE(Holds(RenderHtml(report), "cautious, 0.625"));
}

TEST(RenderHtml, SaysTheSameOfAReportReadBackFromItsJson) {
  Json report = ExampleReport(false);
  EXPECT_EQ(RenderHtml(report), RenderHtml(base::ParseJson(report.ToString()).value()));
}

TEST(RenderHtml, LeavesOutWhatTheReportLacks) {
  std::string html = RenderHtml(Json());
  EXPECT_TRUE(Holds(html, "</html>"));
  EXPECT_FALSE(Holds(html, "<svg"));
}

TEST(RenderHtml, ShowsWhatEachGroupOfInputsAdds) {
  Json report = ExampleReport(false);
  EXPECT_FALSE(Holds(RenderHtml(report), "What each group of inputs adds"));
  auto compared = [](double other, double difference, const char* verdict) {
    Json measure = Json::Object({{"name", "auroc"}, {"other", other}, {"difference", difference}});
    measure.Set("verdict", verdict);
    return Json::Object({{"measures", Json::Array(std::vector<Json>{measure})}});
  };
  report.Set("ablation", Json::Array(std::vector<Json>{
                             Json::Object({{"kind", "group"},
                                           {"name", "<em>Cognitive"},
                                           {"inputs", 3},
                                           {"without", compared(0.71, 0.1234, "better")},
                                           {"alone", compared(0.82, -0.05, "not shown")}})}));
  std::string html = RenderHtml(report);
  for (const char* text : {"What each group of inputs adds", "&lt;em&gt;Cognitive", "<td>adds</td>",
                           "0.710", "0.1234", "0.820"})
    EXPECT_TRUE(Holds(html, text)) << text;
}

TEST(RenderHtml, ShowsWhetherMorePatientsWouldHelp) {
  Json report = ExampleReport(false);
  EXPECT_FALSE(Holds(RenderHtml(report), "Would more patients help?"));
  auto point = [](double share, int subjects, double value) {
    return Json::Object({{"share", share},
                         {"subjects", subjects},
                         {"value", value},
                         {"value_low", value - 0.02},
                         {"value_high", value + 0.02}});
  };
  Json eighth = point(0.125, 1234, 0.713);
  eighth.Set("lost", 0.0842).Set("lost_low", 0.06).Set("lost_high", 0.1);
  Json left_out = Json::Object({{"share", 0.25}, {"why", "a class <of> nobody"}});
  report.Set(
      "learning_curve",
      Json::Object({{"measure", "auroc"},
                    {"points", Json::Array(std::vector<Json>{eighth, point(1, 9870, 0.797)})},
                    {"left_out", Json::Array(std::vector<Json>{left_out})}}));
  std::string html = RenderHtml(report);
  for (const char* text :
       {"Would more patients help?", "1,234", "0.713 (0.693 to 0.733)", "0.0842 (0.0600 to 0.1000)",
        "9,870", "Quality by patients learnt from", "25.0 % of the patients: a class &lt;of&gt;"})
    EXPECT_TRUE(Holds(html, text)) << text;
}

}  // namespace
}  // namespace codman::evaluation
