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
  std::string task, source, input, variant, report_path;
  int folds = 0, repeats = 1;
  bool transfer = false, ablation = false;
};

// Of repeated folds, what a terminal shows; the report holds all.
constexpr std::string_view kHeadlines[] = {
    "discrimination.auroc", "discrimination.auprc", "calibration.slope",     "regression.r2",
    "regression.rmse",      "interval.coverage",    "multiclass.macro_auroc"};

std::string TransferLines(const std::string& variant, const Json& moved) {
  std::string text = format("{:<10} at the second site: {}\n", variant, FiguresOf(moved["report"]));
  for (const char* at : {"at_source_threshold", "at_transferred_threshold"}) {
    const Json& figures = moved[at];
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

Result<> Run(const GlobalOptions& global, const Options& options) {
  auto workspace = TRY(Workspace::Open(global.workspace));
  auto tasks = TRY(registry::LoadTasks(workspace->clinic() + "/tasks"));
  const auto* task = TRY(registry::FindTask(tasks, options.task));
  const auto* source = TRY(SourceOf(workspace.get(), *task, options.source));
  if (!options.input.empty())
    TRY(workspace->Ingest(*source, options.input, ProgressBar("ingest", global)));
  TRY(BuildLake(workspace.get(), global));
  auto registry = TRY(registry::Registry::Open(workspace->database(), workspace->home() + "/models",
                                               workspace->secrets()));
  auto place = TRY(PlaceOf(workspace.get(), registry.get(), global));
  Json reports = Json::Object();
  std::string text;
  training::TrainingRequest request{.task = task, .source = source, .actor = CurrentActor()};
  for (const auto& variant : task->variants) {
    if (variant.FindSource(source->name) == nullptr ||
        (!options.variant.empty() && variant.name != options.variant))
      continue;
    request.variant = &variant;
    if (options.transfer) {
      Json moved = TRY(training::JudgeSiteTransfer(place, request));
      text += TransferLines(variant.name, moved);
      reports.Set(variant.name, std::move(moved));
      continue;
    }
    Json report;
    if (options.folds > 0) {
      auto judged = TRY(training::CrossValidate(
          place, request,
          {.folds = options.folds, .repeats = options.repeats, .ablation = options.ablation}));
      report = std::move(judged.report);
      request.beside[variant.name] = std::move(judged.told);
    } else {
      report = TRY(StoredReport(*registry, *task, variant.name));
    }
    if (!options.report_path.empty()) {
      TRY(base::WriteFileAtomically(
          format("{}/{}-{}.html", options.report_path, task->name, variant.name),
          evaluation::RenderHtml(report)));
    }
    text += format("{:<10} {}  [{} patients, {} rows]\n", variant.name, FiguresOf(report),
                   report["subjects"].AsInt(), report["rows"].AsInt());
    text += BesideIt(report);
    text += AblationLines(report);
    for (const auto& [name, figure] : report["repeated"]["metrics"].members()) {
      bool headline = std::count(std::begin(kHeadlines), std::end(kHeadlines), name) > 0;
      if (headline)
        text += format("  {:<24} {:.4f} ({:.4f} to {:.4f}) over {} repeats\n", name,
                       figure["mean"].AsDouble(), figure["low"].AsDouble(),
                       figure["high"].AsDouble(), options.repeats);
    }
    reports.Set(variant.name, std::move(report));
  }
  TRY(workspace->Record("evaluate", "task " + task->name, "done"));
  Print(global, text, reports);
  return {};
}

}  // namespace

std::function<Result<>()> SetupEvaluate(CLI::App* app, GlobalOptions* global) {
  auto options = std::make_shared<Options>();
  app->add_option("task", options->task, "clinical question")->required();
  app->add_option("--source", options->source, "where the rows come from");
  app->add_option("--input", options->input, "file, archive or folder to ingest first");
  app->add_option("--variant", options->variant, "this variant only");
  auto* folds = app->add_option(
      "--folds", options->folds,
      "out-of-fold judgement by patient (3 to 50); without it the live model's stored figures");
  app->add_option("--repeats", options->repeats, "so many divisions into folds (with --folds)");
  app->add_flag("--ablation", options->ablation,
                "also without each group of inputs and with it alone (with --folds)")
      ->needs(folds);
  app->add_flag("--transfer", options->transfer,
                "learn at one site of the source, judge at the other, with the threshold moved by "
                "alert rate (the task's `transfer`)");
  app->add_option("--report", options->report_path, "folder for one HTML page per variant")
      ->check(CLI::ExistingDirectory);
  return [=] { return Run(*global, *options); };
}

}  // namespace codman::cli
