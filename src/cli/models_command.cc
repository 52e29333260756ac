#include "base/clock.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/difference_text.h"
#include "cli/figures.h"
#include "cli/opened_registry.h"
#include "registry/task.h"
#include "registry/version_diff.h"
#include "serving/journal.h"
#include "serving/prediction_service.h"
#include "serving/shadow_comparison.h"

namespace codman::cli {
namespace {

struct Options {
  std::string task, version, other, variant, reason, at;
};

// How many approvals the task file asks for.
Result<int> ApprovalsOf(const Workspace& workspace, const std::string& name) {
  auto tasks = TRY(registry::LoadTasks(workspace.clinic() + "/tasks"));
  return TRY(registry::FindTask(tasks, name))->approvals;
}

Result<> List(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(OpenRegistry(global));
  std::string text;
  Json json = Json::Array();
  for (const auto& version : TRY(opened.registry->List(options.task))) {
    json.Add(registry::ToJson(version));
    text += format("{:<13} {:<14} {:<10} {}  {}  from {}{}{}\n", version.task, version.version,
                   version.state, version.created_at, HeadFigure(version.metrics), version.source,
                   version.synthetic ? " (synthetic)" : "", version.fixture ? " (fixture)" : "");
  }
  TRY(opened.workspace->Record("models.list", options.task, "done"));
  Print(
      global,
      text.empty() ? "no models yet; train one: codman train sepsis --source … --input …\n" : text,
      json);
  return {};
}

Result<> Show(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(OpenRegistry(global));
  auto version = TRY(opened.registry->Get(options.task, options.version));
  std::string card = TRY(opened.registry->ReadFile(version, "card.md"));
  TRY(opened.workspace->Record("models.show", format("model {} {}", options.task, options.version),
                               "done"));
  Print(global, card, registry::ToJson(version));
  return {};
}

std::string LineOf(const registry::Transition& move) {
  return format("{}  {} {} → {} by {}: {}\n", move.at, move.version, move.from_state, move.to_state,
                move.actor, move.reason);
}

// What was live at a time: one line per variant that had a champion then.
Result<std::pair<std::string, Json>> LiveThen(const registry::Registry& registry,
                                              const Options& options) {
  auto at = base::ParseTime(options.at);
  if (!at) return base::InvalidInput("--at must be a time such as 2026-11-21T14:05:00Z");
  std::string text;
  Json live = Json::Array();
  for (const auto& move : TRY(registry.LiveAt(options.task, *at))) {
    text += format("{} {} was live since {}, put there by {}: {}\n", options.task, move.version,
                   move.at, move.actor, move.reason);
    live.Add(registry::ToJson(move));
  }
  if (text.empty()) text = format("no model of {} was live at {}\n", options.task, options.at);
  return std::pair(text,
                   Json::Object({{"task", options.task}, {"at", options.at}, {"live", live}}));
}

Result<> History(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(OpenRegistry(global));
  std::string text;
  Json json = Json::Array();
  if (!options.at.empty()) {
    std::tie(text, json) = TRY(LiveThen(*opened.registry, options));
  } else {
    for (const auto& move : TRY(opened.registry->History(options.task))) {
      text += LineOf(move);
      json.Add(registry::ToJson(move));
    }
    if (text.empty()) text = format("nothing of {} was ever moved\n", options.task);
  }
  TRY(opened.workspace->Record("models.history", options.task, "done"));
  Print(global, text, json);
  return {};
}

std::string Names(const char* title, const Json& names) {
  std::string text;
  for (const auto& name : names.items()) {
    text += format("  {} {}\n", title,
                   name.is_string() ? name.AsString()
                                    : format("{} {} {}", name["severity"].AsString(),
                                             name["check"].AsString(), name["subject"].AsString()));
  }
  return text;
}

std::string DiffText(const Json& diff) {
  const Json &data = diff["data"], &features = diff["features"], &leakage = diff["leakage"];
  std::string text = format("{}: {} → {}\n", diff["task"].AsString(),
                            diff["a"]["version"].AsString(), diff["b"]["version"].AsString());
  text += format("data: {}\n", data["same_snapshot"].AsBool() ? "the same rows" : "other rows");
  text += DifferenceLines("data differs in", data["differences"]);
  text += format("features: {} kept, {} added, {} removed\n", features["kept"].AsInt(),
                 features["added"].size(), features["removed"].size());
  text += Names("+", features["added"]) + Names("-", features["removed"]);
  text += DifferenceLines("features differ in", features["differences"]);
  text += DifferenceLines("training differs in", diff["training"]);
  text += DifferenceLines("parameters differ in", diff["parameters"]);
  text += DifferenceLines("metrics", diff["metrics"]);
  text += format("leakage findings: {} kept, {} appeared, {} gone\n", leakage["kept"].AsInt(),
                 leakage["appeared"].size(), leakage["gone"].size());
  return text + Names("+", leakage["appeared"]) + Names("-", leakage["gone"]);
}

Result<> Diff(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(OpenRegistry(global));
  Json diff =
      TRY(registry::DiffVersions(*opened.registry, options.task, options.version, options.other));
  TRY(opened.workspace->Record(
      "models.diff", format("model {} {} {}", options.task, options.version, options.other),
      "done"));
  Print(global, DiffText(diff), diff);
  return {};
}

Result<> Shadow(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(OpenRegistry(global));
  auto* workspace = opened.workspace.get();
  auto tasks = TRY(registry::LoadTasks(workspace->clinic() + "/tasks"));
  const auto* task = TRY(registry::FindTask(tasks, options.task));
  serving::PredictionService service(&tasks, opened.registry.get());
  auto journal = TRY(serving::Journal::Open(workspace->audit(), workspace->database()));
  const std::string variant = options.variant.empty() ? task->live : options.variant;
  Json seen = TRY(serving::CompareInShadow({.task = task->name, .variant = variant},
                                           *opened.registry, &service, journal.get()));
  std::string text = format(
      "{} / {}: {} in shadow since {} beside {}\n{} answers of {} to {}; {} left out\n", task->name,
      variant, seen["challenger"].AsString(), seen["challenger_since"].AsString(),
      seen["champion"].AsString(), seen["predictions"].AsInt(), seen["from"].AsString(),
      seen["until"].AsString(), seen["left_out"].AsInt());
  const Json &gap = seen["difference"], &alerts = seen["alerts"], &classes = seen["classes"];
  if (!gap.is_null())
    text += format(
        "challenger − champion: mean {:+.4f}, mean absolute {:.4f}, 95 % within {:.4f}\n",
        gap["mean"].AsDouble(), gap["mean_absolute"].AsDouble(), gap["p95_absolute"].AsDouble());
  if (!alerts.is_null())
    text += format("alerts: both {}, champion only {}, challenger only {}, neither {}\n",
                   alerts["both"].AsInt(), alerts["champion_only"].AsInt(),
                   alerts["challenger_only"].AsInt(), alerts["neither"].AsInt());
  if (!classes.is_null())
    text += format("classes: same {}, different {}\n", classes["same"].AsInt(),
                   classes["different"].AsInt());
  TRY(workspace->Record("models.shadow", format("task {} {}", task->name, variant), "done"));
  Print(global, text, seen);
  return {};
}

// What follows a change: the audit record, then what the user is told.
Result<> Finish(const GlobalOptions& global, const Options& options, const OpenedRegistry& opened,
                const char* action, const char* told) {
  TRY(opened.workspace->Record(action, format("model {} {}", options.task, options.version), "done",
                               options.reason));
  auto version = TRY(opened.registry->Get(options.task, options.version));
  Print(global,
        format("{} {} {}; its state is {}\n", options.task, options.version, told, version.state),
        registry::ToJson(version));
  return {};
}

Result<> Approve(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(OpenRegistry(global));
  int needed = TRY(ApprovalsOf(*opened.workspace, options.task));
  TRY(opened.registry->Approve(options.task, options.version, CurrentActor(), options.reason,
                               needed));
  return Finish(global, options, opened, "model.approve", "is approved by you");
}

Result<> Challenge(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(OpenRegistry(global));
  TRY(opened.registry->Challenge(options.task, options.version, CurrentActor(), options.reason));
  return Finish(global, options, opened, "model.challenge", "runs in shadow");
}

Result<> Retire(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(OpenRegistry(global));
  TRY(opened.registry->Retire(options.task, options.version, CurrentActor(), options.reason));
  return Finish(global, options, opened, "model.retire", "is out of the way");
}

Result<> Activate(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(OpenRegistry(global));
  int needed = TRY(ApprovalsOf(*opened.workspace, options.task));
  TRY(opened.registry->Activate(options.task, options.version, CurrentActor(), options.reason,
                                needed));
  TRY(opened.workspace->Record("model.activate",
                               format("model {} {}", options.task, options.version), "done",
                               options.reason));
  Print(global, format("{} {} is live\n", options.task, options.version),
        Json::Object({{"live", options.version}}));
  return {};
}

Result<> Rollback(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(OpenRegistry(global));
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
  Parts<Options> parts(app, global, options);
  parts.Add("list", "all versions", List)->add_option("task", options->task, "only of this task");
  CLI::App* show = parts.Add("show", "the card of a version", Show);
  CLI::App* history = parts.Add("history", "who moved which version, when and why", History);
  CLI::App* diff = parts.Add("diff", "what differs between two versions", Diff);
  CLI::App* approve =
      parts.Add("approve", "approve a version; the task says how many must", Approve);
  CLI::App* activate = parts.Add("activate", "put a version live", Activate);
  CLI::App* challenge =
      parts.Add("challenge", "let a version run in shadow of the champion", Challenge);
  CLI::App* shadow = parts.Add("shadow", "what the challenger would have answered", Shadow);
  CLI::App* retire = parts.Add("retire", "take a version that is not live out of the way", Retire);
  CLI::App* rollback =
      parts.Add("rollback", "put the champion before the present one back", Rollback);
  for (CLI::App* part :
       {show, history, diff, approve, activate, challenge, shadow, retire, rollback})
    part->add_option("task", options->task)->required();
  for (CLI::App* part : {show, approve, activate, challenge, retire})
    part->add_option("version", options->version)->required();
  diff->add_option("version", options->version, "the version before")->required();
  diff->add_option("other", options->other, "the version after")->required();
  history->add_option("--at", options->at, "only what was live at this time");
  rollback->add_option("variant", options->variant)->required();
  shadow->add_option("variant", options->variant, "else the task's live variant");
  for (CLI::App* part : {approve, activate, challenge, retire, rollback})
    part->add_option("--reason", options->reason, "kept in the history")->required();
  return parts.Chosen();
}

}  // namespace codman::cli
