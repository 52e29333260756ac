#include "base/text.h"
#include "cli/command.h"
#include "registry/registry.h"
#include "registry/task.h"

namespace codman::cli {
namespace {

struct Options {
  std::string task, version, variant, reason;
};

struct Opened {
  std::unique_ptr<Workspace> workspace;
  std::unique_ptr<registry::Registry> registry;
};

Result<Opened> Open(const GlobalOptions& global) {
  Opened opened{.workspace = TRY(Workspace::Open(global.workspace))};
  opened.registry = TRY(registry::Registry::Open(opened.workspace->database(),
                                                 opened.workspace->home() + "/models",
                                                 opened.workspace->secrets()));
  return opened;
}

Result<> List(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(Open(global));
  std::string text;
  Json json = Json::Array();
  for (const auto& version : TRY(opened.registry->List(options.task))) {
    json.Add(registry::ToJson(version));
    text += format("{} {:<14} {:<10} {}  AUROC {:.4f}  from {}{}\n", version.task, version.version,
                   version.state, version.created_at, version.metrics["auroc"].AsDouble(),
                   version.source, version.synthetic ? " (synthetic)" : "");
  }
  TRY(opened.workspace->Record("models.list", options.task, "done"));
  Print(
      global,
      text.empty() ? "no models yet; train one: codman train sepsis --source … --input …\n" : text,
      json);
  return {};
}

Result<> Show(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(Open(global));
  auto version = TRY(opened.registry->Get(options.task, options.version));
  std::string card = TRY(opened.registry->ReadFile(version, "card.md"));
  TRY(opened.workspace->Record("models.show", format("model {} {}", options.task, options.version),
                               "done"));
  Print(global, card, registry::ToJson(version));
  return {};
}

Result<> Activate(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(Open(global));
  TRY(opened.registry->Activate(options.task, options.version, CurrentActor(), options.reason));
  TRY(opened.workspace->Record("model.activate",
                               format("model {} {}", options.task, options.version), "done",
                               options.reason));
  Print(global, format("{} {} is live\n", options.task, options.version),
        Json::Object({{"live", options.version}}));
  return {};
}

Result<> Rollback(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(Open(global));
  std::string live =
      TRY(opened.registry->Rollback(options.task, options.variant, CurrentActor(), options.reason));
  TRY(opened.workspace->Record("model.rollback", format("model {} {}", options.task, live), "done",
                               options.reason));
  Print(global, format("{} {} is live again\n", options.task, live),
        Json::Object({{"live", live}}));
  return {};
}

}  // namespace

std::function<Result<>()> SetupModels(CLI::App* app, GlobalOptions* global) {
  auto options = std::make_shared<Options>();
  auto chosen = std::make_shared<std::function<Result<>()>>();
  app->require_subcommand(1);
  auto add = [&](const char* name, const char* help,
                 Result<> (*run)(const GlobalOptions&, const Options&)) {
    CLI::App* part = app->add_subcommand(name, help);
    part->callback([=] { *chosen = [=] { return run(*global, *options); }; });
    return part;
  };
  add("list", "all versions", List)->add_option("task", options->task, "only of this task");
  CLI::App* show = add("show", "the card of a version", Show);
  CLI::App* activate = add("activate", "put a version live", Activate);
  CLI::App* rollback = add("rollback", "put the champion before the present one back", Rollback);
  for (CLI::App* part : {show, activate}) {
    part->add_option("task", options->task)->required();
    part->add_option("version", options->version)->required();
  }
  rollback->add_option("task", options->task)->required();
  rollback->add_option("variant", options->variant)->required();
  for (CLI::App* part : {activate, rollback})
    part->add_option("--reason", options->reason, "kept in the history")->required();
  return [=] { return (*chosen)(); };
}

}  // namespace codman::cli
