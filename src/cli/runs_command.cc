#include "base/text.h"
#include "cli/command.h"
#include "cli/difference_text.h"
#include "cli/figures.h"
#include "cli/opened_registry.h"

namespace codman::cli {
namespace {

struct Options {
  registry::TrainingJobFilter filter;
  int64_t run = 0, other = 0;
};

Result<OpenedRegistry> Open(const GlobalOptions& global, const char* action) {
  auto opened = TRY(OpenRegistry(global));
  TRY(opened.workspace->Record(action, "", "done"));
  return opened;
}

// What is told of a run in one line: the model it made, or why it made none.
std::string LineOf(const registry::TrainingJob& job) {
  std::string made = job.kind == "train" ? job.version : "judged, " + job.kind;
  std::string end = job.status == "done" ? made + "  " + HeadFigure(job.results["metrics"])
                                         : job.error.substr(0, job.error.find('\n'));
  if (job.held_out_look > 0)
    end += format("  (look {} at the held-out patients)", job.held_out_look);
  return format("{:>5}  {:<13} {:<12} {:<11} {}  {}\n", job.id, job.task, job.variant, job.status,
                job.started_at, end);
}

std::string Members(const char* title, const Json& document) {
  std::string text;
  for (const auto& [name, value] : document.members())
    text += format("  {:<20} {}\n", name, Written(value));
  return text.empty() ? "" : format("{}\n{}", title, text);
}

std::string Searched(const Json& searches) {
  std::string text;
  for (const auto& search : searches.items()) {
    text += format("search of settings, {} in {} folds of {}\n", search["measure"].AsString(),
                   search["folds"].AsInt(), search["of"].AsString());
    for (const auto& tried : search["tried"].items())
      text += format("  {:<20.6g} {}{}\n", tried["loss"].AsDouble(), tried["settings"].ToString(),
                     tried["chosen"].AsBool() ? "  taken" : "");
  }
  return text;
}

Result<> List(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(Open(global, "runs.list"));
  std::string text;
  Json json = Json::Array();
  for (const auto& job : TRY(opened.registry->jobs().List(options.filter))) {
    text += LineOf(job);
    json.Add(registry::ToJson(job));
  }
  Print(global, text.empty() ? "no run fits; start one: codman train sepsis\n" : text, json);
  return {};
}

Result<> Show(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(Open(global, "runs.show"));
  auto job = TRY(opened.registry->jobs().Get(options.run));
  std::string text = LineOf(job) + format("source {}, asked by {}, ended {}\n", job.source,
                                          job.actor, job.ended_at.empty() ? "–" : job.ended_at);
  if (!job.error.empty()) text += job.error + "\n";
  text += Members("asked", job.config);
  text += Members("metrics", job.results["metrics"]);
  text += Members("parameters", job.results["parameters"]);
  text += Searched(job.results["search"]);
  Print(global, text, registry::ToJson(job));
  return {};
}

Result<> Compare(const GlobalOptions& global, const Options& options) {
  auto opened = TRY(Open(global, "runs.compare"));
  const auto& jobs = opened.registry->jobs();
  auto a = TRY(jobs.Get(options.run)), b = TRY(jobs.Get(options.other));
  Json found = registry::CompareRuns(a, b);
  Print(global,
        LineOf(a) + LineOf(b) + DifferenceLines("asked", found["config"]) +
            DifferenceLines("parameters", found["parameters"]) +
            DifferenceLines("metrics", found["metrics"]),
        found);
  return {};
}

}  // namespace

std::function<Result<>()> SetupRuns(CLI::App* app, GlobalOptions* global) {
  auto options = std::make_shared<Options>();
  Parts<Options> parts(app, global, options);
  CLI::App* list = parts.Add("list", "runs of training, newest first", List);
  list->add_option("task", options->filter.task, "only of this task");
  list->add_option("--status", options->filter.status, "running, done, failed or interrupted")
      ->check(CLI::IsMember({"running", "done", "failed", "interrupted"}));
  list->add_option("--limit", options->filter.limit, "how many at most")
      ->check(CLI::Range(int64_t{1}, int64_t{100000}));
  CLI::App* show = parts.Add("show", "what was asked and how it ended", Show);
  CLI::App* compare = parts.Add("compare", "what differs between two runs", Compare);
  for (CLI::App* part : {show, compare})
    part->add_option("run", options->run, "number of the run")->required();
  compare->add_option("other", options->other, "number of the run after")->required();
  return parts.Chosen();
}

}  // namespace codman::cli
