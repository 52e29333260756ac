#include <algorithm>
#include <iterator>

#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/figures.h"
#include "cli/training_place.h"
#include "evaluation/report.h"
#include "training/site_transfer.h"

namespace codman::cli {
namespace {

struct Options {
  TaskChoice choice;
  std::string report_path;
  int folds = 0, repeats = 1;
  bool transfer = false, ablation = false, learning_curve = false;
};

// Of repeated folds, what a terminal shows; the report holds all.
constexpr std::string_view kHeadlines[] = {
    "discrimination.auroc", "discrimination.auprc", "calibration.slope",     "regression.r2",
    "regression.rmse",      "interval.coverage",    "multiclass.macro_auroc"};

std::string TransferLines(const std::string& variant, const Json& report) {
  std::string text = format("{:<10} at the second site: {}\n", variant, FiguresOf(report));
  for (const char* at :
       {"at_source_threshold", "at_transferred_threshold", "at_cautious_threshold"}) {
    const Json& figures = report["threshold_transfer"][at];
    text += format("  {:<26} {:.4f}: alerts {:.2f} % of rows, sensitivity {:.3f}, PPV {:.3f}", at,
                   figures["threshold"].AsDouble(), 100 * figures["alert_rate"].AsDouble(),
                   figures["sensitivity"].AsDouble(), figures["ppv"].AsDouble());
    if (!figures["utility"].is_null())
      text += format(", utility {:.4f} ({:.4f} to {:.4f})", figures["utility"].AsDouble(),
                     figures["utility_low"].AsDouble(), figures["utility_high"].AsDouble());
    text += "\n";
  }
  return text;
}

// Without folds the figures are those of the champion on the patients it had not seen when it was
// judged.
Result<Json> StoredReport(const registry::Registry& registry, const registry::Task& task,
                          const std::string& variant) {
  auto champion = TRY(registry.Champion(task.name, variant));
  if (!champion) {
    return base::NotFound(
        format("task {} has no live model of the variant '{}': train one with --activate, or use "
               "--folds 5",
               task.name, variant));
  }
  return base::ParseJson(TRY(registry.ReadFile(*champion, "evaluation.json")));
}

std::string RepeatedLines(const Json& repeated, int repeats) {
  std::string text;
  for (const auto& [name, figure] : repeated["metrics"].members()) {
    if (std::count(std::begin(kHeadlines), std::end(kHeadlines), name) == 0) continue;
    text += format("  {:<24} {:.4f} ({:.4f} to {:.4f}) over {} repeats\n", name,
                   figure["mean"].AsDouble(), figure["low"].AsDouble(), figure["high"].AsDouble(),
                   repeats);
  }
  return text;
}

// The report of one variant; out of fold, what it told of each row stands beside the next ones.
Result<Json> Judge(const OpenedTask& opened, const Options& options,
                   training::TrainingRequest* request) {
  const std::string& variant = request->variant->name;
  if (options.folds == 0) return StoredReport(*opened.registry, *opened.task, variant);
  auto judged = TRY(training::CrossValidate(opened.place, *request,
                                            {.folds = options.folds,
                                             .repeats = options.repeats,
                                             .ablation = options.ablation,
                                             .learning_curve = options.learning_curve}));
  request->beside[variant] = std::move(judged.told);
  return std::move(judged.report);
}

std::string Summary(const std::string& variant, const Json& report, int repeats) {
  return format("{:<10} {}  [{} patients, {} rows]\n", variant, FiguresOf(report),
                report["subjects"].AsInt(), report["rows"].AsInt()) +
         BesideIt(report) + AblationLines(report) + LearningCurveLines(report) +
         RepeatedLines(report["repeated"], repeats);
}

Result<> Run(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(OpenTask(global, options.choice));
  Json reports = Json::Object();
  std::string text;
  training::TrainingRequest request{
      .task = opened.task, .source = opened.source, .actor = CurrentActor()};
  for (const auto* variant : opened.variants) {
    request.variant = variant;
    Json report = options.transfer ? TRY(training::JudgeSiteTransfer(opened.place, request))
                                   : TRY(Judge(opened, options, &request));
    text += options.transfer ? TransferLines(variant->name, report)
                             : Summary(variant->name, report, options.repeats);
    if (!options.report_path.empty()) {
      TRY(base::WriteFileAtomically(
          format("{}/{}-{}.html", options.report_path, opened.task->name, variant->name),
          evaluation::RenderHtml(report)));
    }
    reports.Set(variant->name, std::move(report));
  }
  TRY(opened.workspace->Record("evaluate", "task " + opened.task->name, "done"));
  Print(global, text, reports);
  return {};
}

}  // namespace

std::function<Result<>()> SetupEvaluate(CLI::App* app, GlobalOptions* global) {
  auto options = std::make_shared<Options>();
  AddOptions(app, &options->choice);
  auto* folds = app->add_option(
      "--folds", options->folds,
      "out-of-fold judgement by patient (3 to 50); without it the live model's stored figures");
  app->add_option("--repeats", options->repeats, "so many divisions into folds (with --folds)");
  app->add_flag("--ablation", options->ablation,
                "also without each group of inputs and with it alone (with --folds)")
      ->needs(folds);
  app->add_flag("--learning-curve", options->learning_curve,
                "also learnt from an eighth, a quarter and a half of the patients (with --folds)")
      ->needs(folds);
  app->add_flag("--transfer", options->transfer,
                "learn at one site of the source, judge at the other, with the threshold as it is, "
                "more cautious, and moved by alert rate (the task's `transfer`)");
  app->add_option("--report", options->report_path, "folder for one HTML page per variant")
      ->check(CLI::ExistingDirectory);
  return [=] { return Run(*global, *options); };
}

}  // namespace codman::cli
