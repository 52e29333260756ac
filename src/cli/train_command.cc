#include <chrono>

#include "base/text.h"
#include "cli/command.h"
#include "cli/figures.h"
#include "cli/training_place.h"

namespace codman::cli {
namespace {

struct Options {
  TaskChoice choice;
  std::string learner, reason, override_reason;
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
  auto opened = TRY(OpenTask(global, options.choice));
  const registry::Task& task = *opened.task;
  training::TrainingRequest request{.task = &task,
                                    .source = opened.source,
                                    .learner = options.learner,
                                    .actor = CurrentActor(),
                                    .override_reason = options.override_reason};
  for (const auto* variant : opened.variants) {
    request.variant = variant;
    auto result = TRY(training::Train(opened.place, request)
                          .While(format("training {}/{}", task.name, variant->name)));
    const std::string model = format("model {} {}", task.name, result.version.version);
    TRY(opened.workspace->Record("train", model, "done", options.override_reason,
                                 result.version.metrics));
    if (options.activate) {
      TRY(opened.registry->Activate(task.name, result.version.version, CurrentActor(),
                                    options.reason, task.approvals));
      TRY(opened.workspace->Record("model.activate", model, "done", options.reason));
    }
    Print(global, global.json ? "" : Summary(task.name, result),
          Json::Object({{"model", registry::ToJson(result.version)}}));
    request.beside[variant->name] = std::move(result.told);
  }
  return {};
}

}  // namespace

std::function<Result<>()> SetupTrain(CLI::App* app, GlobalOptions* global) {
  auto options = std::make_shared<Options>();
  AddOptions(app, &options->choice);
  app->add_option("--learner", options->learner, "another learner than the variant declares");
  app->add_flag("--activate", options->activate, "put the trained models live");
  app->add_option("--reason", options->reason, "why they go live");
  app->add_option("--override-leakage", options->override_reason,
                  "register in spite of a blocking finding; the reason lands on the card");
  return [=] { return Run(*global, *options); };
}

}  // namespace codman::cli
