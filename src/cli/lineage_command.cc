#include "base/text.h"
#include "cli/command.h"
#include "lakehouse/lineage_graph.h"
#include "serving/journal.h"

namespace codman::cli {
namespace {

bool IsPredictionId(const std::string& name) {
  return name.size() == 32 && name.find_first_not_of("0123456789abcdef") == name.npos;
}

// A prediction is one more run: model in, answer out.
Result<lakehouse::LineageRun> RunOfPrediction(Workspace* workspace, const std::string& id) {
  auto journal = TRY(serving::Journal::Open(workspace->audit(), workspace->database()));
  auto entry = TRY(journal->Find(id));
  const Json& answer = entry.document["answer"];
  lakehouse::LineageRun run{.run_id = id, .job = "predict", .outcome = "complete"};
  run.inputs = {{.table = format("model {}/{}", answer["task"].AsString(),
                                 answer["model"]["version"].AsString()),
                 .version = 0}};
  run.outputs = {{.table = "prediction " + id, .version = 0, .rows = 1}};
  run.start_us = run.end_us = entry.time_us;
  return run;
}

std::string TreeOf(const Json& node, const char* children, int depth) {
  std::string text = format("{:{}}{}", "", 2 * depth, node["name"].AsString());
  if (node["version"].AsInt() >= 0 && node["name"].AsString().find(' ') == std::string::npos)
    text += format(" version {}", node["version"].AsInt());
  if (node["rows"].AsInt() > 0) text += format(", {} rows", node["rows"].AsInt());
  const Json& made_by = node["made_by"];
  if (made_by.is_object())
    text += format("   ({}, {})", made_by["job"].AsString(), made_by["at"].AsString());
  if (node["shown"].AsBool()) text += ", as above";
  text += "\n";
  for (const auto& child : node[children].items()) text += TreeOf(child, children, depth + 1);
  return text;
}

Result<> Show(const GlobalOptions& global, const std::string& asked, bool forward) {
  auto workspace = TRY(Workspace::Open(global.workspace));
  auto lineage = TRY(lakehouse::Lineage::Open(workspace->database()));
  auto runs = TRY(lineage.Latest(100000));
  for (auto& run : TRY(lakehouse::IngestRuns(workspace->lake()))) runs.push_back(std::move(run));
  std::string name = asked;
  if (IsPredictionId(asked)) {
    runs.insert(runs.begin(), TRY(RunOfPrediction(workspace.get(), asked)));
    name = "prediction " + asked;
  } else if (asked.find('.') == asked.npos && asked.find('/') != asked.npos &&
             !asked.starts_with("model ")) {
    name = "model " + asked;
  }
  Json tree = lakehouse::TraceLineage(
      runs, name, forward ? lakehouse::Direction::kForward : lakehouse::Direction::kBack);
  TRY(workspace->Record("lineage.show", name, "done"));
  bool known = tree["from"].size() + tree["into"].size() > 0 || tree["version"].AsInt() >= 0;
  if (!known)
    return base::NotFound(
        format("nothing is recorded about '{}'; name a table (gold.icu_stays), a model "
               "(sepsis/process-1), a file (file SHA-256) or a prediction's id",
               asked));
  Print(global, TreeOf(tree, forward ? "into" : "from", 0), tree);
  return {};
}

}  // namespace

std::function<Result<>()> SetupLineage(CLI::App* app, GlobalOptions* global) {
  auto name = std::make_shared<std::string>();
  auto forward = std::make_shared<bool>(false);
  CLI::App* show = app->add_subcommand("show", "what a thing was made from");
  show->add_option("name", *name, "table, model (sepsis/process-1), file SHA-256, prediction id")
      ->required();
  show->add_flag("--forward", *forward, "what was made from it instead");
  app->require_subcommand(1);
  return [=] { return Show(*global, *name, *forward); };
}

}  // namespace codman::cli
