#include "base/text.h"
#include "cli/command.h"
#include "simulation/simulation.h"

namespace codman::cli {

std::function<Result<>()> SetupSimulate(CLI::App* app, GlobalOptions* global) {
  auto options = std::make_shared<simulation::SimulationOptions>();
  auto out = std::make_shared<std::string>("synthetic-feed");
  app->add_option("--patients", options->patients, "how many patients")
      ->check(CLI::Range(1, 1000000));
  app->add_option("--hours", options->mean_hours, "mean length of a stay");
  app->add_option("--seed", options->seed, "the same seed gives the same bytes");
  app->add_option("--out", *out, "folder for the NDJSON files and manifest.json");
  return [=]() -> Result<> {
    auto concepts = TRY(events::Concepts::Load(global->workspace.clinic + "/concepts"));
    auto manifest =
        TRY(simulation::Simulate(*options, concepts, *out, ProgressBar("simulate", *global)));
    Print(
        *global,
        format("{}: {} patients, {} measurements; injected faults are listed in {}/manifest.json\n",
               *out, options->patients, manifest["expected"]["measurements"].AsInt(), *out),
        manifest);
    return {};
  };
}

}  // namespace codman::cli
