#include <chrono>

#include "base/text.h"
#include "cli/command.h"
#include "cli/figures.h"
#include "cli/training_place.h"

namespace codman::cli {
namespace {

struct Options {
  std::string task, source, input, variant, learner, reason, override_reason;
  bool activate = false;
};

std::string Summary(const std::string& task, const training::TrainingResult& result) {
  const Json& report = result.report;
  std::string text =
      format("{} {}: {}  [{} held-out patients, look {}]\n", task, result.version.version,
             FiguresOf(report), report["subjects"].AsInt(), report["held_out_look"].AsInt());
  text += BesideIt(report);
  for (const auto& finding : report["leakage"].items()) {
    if (finding["severity"].AsString() == "pass") continue;
    text += format("  {}: {}\n", finding["check"].AsString(), finding["message"].AsString());
  }
  return text;
}

Result<> Run(const GlobalOptions& global, const Options& options) {
  if (options.activate && options.reason.empty()) {
    return base::InvalidInput(
        "--activate puts a model live and needs a reason: add --reason \"…\"");
  }
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
  Json trained = Json::Array();
  training::TrainingRequest request{.task = task,
                                    .source = source,
                                    .learner = options.learner,
                                    .actor = CurrentActor(),
                                    .override_reason = options.override_reason};
  for (const auto& variant : task->variants) {
    if (variant.FindSource(source->name) == nullptr ||
        (!options.variant.empty() && variant.name != options.variant))
      continue;
    request.variant = &variant;
    auto result = TRY(
        training::Train(place, request).While(format("training {}/{}", task->name, variant.name)));
    TRY(workspace->Record("train", format("model {} {}", task->name, result.version.version),
                          "done", options.override_reason, result.version.metrics));
    if (options.activate) {
      TRY(registry->Activate(task->name, result.version.version, CurrentActor(), options.reason,
                             task->approvals));
      TRY(workspace->Record("model.activate",
                            format("model {} {}", task->name, result.version.version), "done",
                            options.reason));
    }
    Print(global, global.json ? "" : Summary(task->name, result),
          Json::Object({{"model", registry::ToJson(result.version)}}));
    trained.Add(registry::ToJson(result.version));
    request.beside[variant.name] = std::move(result.told);
  }
  if (trained.size() == 0)
    return base::NotFound(format("task {} has no variant '{}' for the source '{}'", task->name,
                                 options.variant, source->name));
  return {};
}

}  // namespace

std::function<Result<>()> SetupTrain(CLI::App* app, GlobalOptions* global) {
  auto options = std::make_shared<Options>();
  app->add_option("task", options->task, "clinical question, as declared in clinic/tasks")
      ->required();
  app->add_option(
      "--source", options->source,
      "where the rows come from (default: the only one in the home that the task names)");
  app->add_option("--input", options->input, "file, archive or folder to ingest first");
  app->add_option("--variant", options->variant, "train this variant only");
  app->add_option("--learner", options->learner, "another learner than the variant declares");
  app->add_flag("--activate", options->activate, "put the trained models live");
  app->add_option("--reason", options->reason, "why they go live");
  app->add_option("--override-leakage", options->override_reason,
                  "register in spite of a blocking finding; the reason lands on the card");
  return [=] { return Run(*global, *options); };
}

}  // namespace codman::cli
