#include "base/text.h"
#include "cli/command.h"
#include "cli/figures.h"
#include "lakehouse/lake_catalog.h"
#include "registry/registry.h"

namespace codman::cli {
namespace {

Result<> Run(const GlobalOptions& global) {
  auto workspace = TRY(Workspace::Open(global.workspace));
  auto lake = workspace->lake();
  Json status = Json::Object({{"data", TRY(lakehouse::CountLake(lake, TRY(workspace->Engine())))},
                              {"tables", TRY(lakehouse::ListTables(lake))}});
  auto registry = TRY(registry::Registry::Open(workspace->database(), workspace->home() + "/models",
                                               workspace->secrets()));
  const Json& data = status["data"];
  std::string text = format(
      "{}: {} measurements of {} patients, {} quarantined, {} duplicates, quality {:.4f}\n",
      workspace->home(), data["measurements"].AsInt(), data["patients"].AsInt(),
      data["quarantined"].AsInt(), data["duplicates"].AsInt(), data["quality_score"].AsDouble());
  for (const auto& table : status["tables"].items()) {
    text += format("  {:<28} {:>10} rows  version {}\n", table["name"].AsString(),
                   table["rows"].AsInt(), table["version"].AsInt());
  }
  Json models = Json::Array();
  for (const auto& version : TRY(registry->List())) {
    models.Add(registry::ToJson(version));
    text += format("  model {} {:<14} {:<10} {}{}\n", version.task, version.version, version.state,
                   HeadFigure(version.metrics), version.synthetic ? "  (synthetic data)" : "");
  }
  status.Set("models", models);
  TRY(workspace->Record("status", "home", "done"));
  Print(global, text, status);
  return {};
}

}  // namespace

std::function<Result<>()> SetupStatus(CLI::App*, GlobalOptions* global) {
  return [=] { return Run(*global); };
}

}  // namespace codman::cli
