#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/server.h"
#include "cli/training_place.h"
#include "simulation/simulation.h"

namespace codman::cli {
namespace {

constexpr int kPatients = 1000;
constexpr char kReason[] = "demonstration: trained on synthetic patients in front of the reader";

struct Options {
  bool no_serve = false;
  ServeOptions serve;
};

Result<> TrainDemo(Workspace* workspace, const GlobalOptions& global) {
  auto tasks = TRY(registry::LoadTasks(workspace->clinic() + "/tasks"));
  auto registry = TRY(registry::Registry::Open(workspace->database(), workspace->home() + "/models",
                                               workspace->secrets()));
  const auto* source = TRY(workspace->FindSource("synthetic"));
  auto place = TRY(PlaceOf(workspace, registry.get(), global));
  for (const auto& task : tasks) {
    training::TrainingRequest request{.task = &task, .source = source, .actor = CurrentActor()};
    for (const auto& variant : task.variants) {
      if (variant.FindSource("synthetic") == nullptr) continue;
      request.variant = &variant;
      auto result = TRY(
          training::Train(place, request).While(format("training {}/{}", task.name, variant.name)));
      TRY(workspace->Record("train", format("model {} {}", task.name, result.version.version),
                            "done", "", result.version.metrics));
      TRY(registry->Activate(task.name, result.version.version, CurrentActor(), kReason,
                             task.approvals));
      TRY(workspace->Record("model.activate",
                            format("model {} {}", task.name, result.version.version), "done",
                            kReason));
      request.beside[variant.name] = std::move(result.told);
    }
  }
  return {};
}

// A home that already has live models is served as it is: the second demo starts in seconds.
Result<bool> IsReady(Workspace* workspace) {
  auto registry = TRY(registry::Registry::Open(workspace->database(), workspace->home() + "/models",
                                               workspace->secrets()));
  for (const auto& version : TRY(registry->List())) {
    if (version.state == "champion") return true;
  }
  return false;
}

Result<> Run(const GlobalOptions& global, const Options& options) {
  auto workspace = TRY(Workspace::Open(global.workspace));
  if (!TRY(IsReady(workspace.get()))) {
    std::string feed = workspace->home() + "/synthetic-feed";
    if (!base::FileExists(feed + "/manifest.json")) {
      TRY(simulation::Simulate({.patients = kPatients}, workspace->concepts(), feed,
                               ProgressBar("simulate", global)));
    }
    const auto* source = TRY(workspace->FindSource("synthetic"));
    auto report = TRY(workspace->Ingest(*source, feed, ProgressBar("ingest", global)));
    TRY(workspace->Record("ingest", "source synthetic", "done", "",
                          Json::Object({{"rows", report.rows}})));
    TRY(BuildLake(workspace.get(), global));
    TRY(TrainDemo(workspace.get(), global));
  }
  if (!options.no_serve) return Serve(workspace.get(), options.serve);
  Print(global, "ready: start it with codman serve\n", Json::Object({{"ready", true}}));
  return {};
}

}  // namespace

std::function<Result<>()> SetupDemo(CLI::App* app, GlobalOptions* global) {
  auto options = std::make_shared<Options>();
  app->add_option("--port", options->serve.port, "TCP port; 0 takes any free one");
  app->add_flag("--no-serve", options->no_serve, "stop when everything is ready");
  return [=] { return Run(*global, *options); };
}

}  // namespace codman::cli
