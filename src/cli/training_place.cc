#include "cli/training_place.h"

#include <algorithm>

#include "base/text.h"
#include "lakehouse/table_builder.h"

namespace codman::cli {
namespace {

// The named source, or the only one that the task names and the home holds; an error listing them
// otherwise.
Result<const events::SourceMapping*> SourceOf(Workspace* workspace, const registry::Task& task,
                                              const std::string& name) {
  if (!name.empty()) return workspace->FindSource(name);
  auto* engine = TRY(workspace->Engine());
  auto subjects = workspace->lake().Subjects();
  auto present = TRY(engine->QueryAll(format("select distinct source from ({}) order by source",
                                             subjects.SelectAll(TRY(subjects.Load())))));
  std::vector<std::string> fitting;
  for (size_t i = 0; i < static_cast<size_t>(present.num_rows()); ++i) {
    std::string source(present.columns[0].strings[i]);
    bool named = std::any_of(task.variants.begin(), task.variants.end(),
                             [&](const auto& v) { return v.FindSource(source) != nullptr; });
    if (named) fitting.push_back(source);
  }
  if (fitting.size() == 1) return workspace->FindSource(fitting.front());
  if (fitting.empty()) {
    return base::NotFound(format(
        "the home holds no data that task {} can use: add --source NAME --input PATH", task.name));
  }
  return base::InvalidInput(
      format("the home holds several sources for task {}: choose one with --source ({})", task.name,
             base::Join(fitting, ", ")));
}

// Those that learn from the source, or the named one.
Result<std::vector<const registry::TaskVariant*>> VariantsOf(const registry::Task& task,
                                                             const std::string& source,
                                                             const std::string& name) {
  std::vector<const registry::TaskVariant*> fitting;
  for (const auto& variant : task.variants) {
    if (variant.FindSource(source) != nullptr && (name.empty() || variant.name == name))
      fitting.push_back(&variant);
  }
  if (!fitting.empty()) return fitting;
  return base::NotFound(format("task {} has no variant{} for the source '{}'", task.name,
                               name.empty() ? "" : " '" + name + "'", source));
}

}  // namespace

Result<> BuildTables(Workspace* workspace, const std::vector<std::string>& only,
                     const GlobalOptions& global) {
  lakehouse::TableBuilder builder(workspace->lake(), TRY(workspace->Engine()),
                                  workspace->database());
  auto tables = TRY(builder.Build(workspace->clinic(), only, ProgressBar("tables", global)));
  return tables.ToResult();
}

Result<> BuildLake(Workspace* workspace, const GlobalOptions& global) {
  TRY(workspace->BuildSilver(ProgressBar("silver", global)));
  return BuildTables(workspace, {}, global);
}

Result<training::TrainingPlace> PlaceOf(Workspace* workspace, registry::Registry* registry,
                                        const GlobalOptions& global) {
  training::TrainingPlace place{.engine = TRY(workspace->Engine()),
                                .lake = workspace->lake(),
                                .concepts = &workspace->concepts(),
                                .features_folder = workspace->clinic() + "/features",
                                .matrix_root = workspace->home() + "/features",
                                .temp_folder = workspace->home() + "/tmp/sql",
                                .registry = registry,
                                .database = workspace->database()};
  // Features have a share done and get a bar; the other stages are told by name.
  auto bar = std::make_shared<std::pair<std::string, std::function<void(double)>>>();
  place.progress = [bar, global](const std::string& stage, double done) {
    if (bar->first != stage) {
      if (bar->second) bar->second(1);
      *bar = {stage, ProgressBar(stage, global)};
    }
    bar->second(done);
  };
  return place;
}

void AddOptions(CLI::App* app, TaskChoice* choice) {
  app->add_option("task", choice->task, "clinical question, as declared in clinic/tasks")
      ->required();
  app->add_option(
      "--source", choice->source,
      "where the rows come from (default: the only one in the home that the task names)");
  app->add_option("--input", choice->input, "file, archive or folder to ingest first");
  app->add_option("--variant", choice->variant, "this variant only");
}

Result<OpenedTask> OpenTask(const GlobalOptions& global, const TaskChoice& choice) {
  OpenedTask opened{.workspace = TRY(Workspace::Open(global.workspace))};
  Workspace* workspace = opened.workspace.get();
  opened.tasks = TRY(registry::LoadTasks(workspace->clinic() + "/tasks"));
  opened.task = TRY(registry::FindTask(opened.tasks, choice.task));
  opened.source = TRY(SourceOf(workspace, *opened.task, choice.source));
  opened.variants = TRY(VariantsOf(*opened.task, opened.source->name, choice.variant));
  if (!choice.input.empty())
    TRY(workspace->Ingest(*opened.source, choice.input, ProgressBar("ingest", global)));
  TRY(BuildLake(workspace, global));
  opened.registry = TRY(registry::Registry::Open(
      workspace->database(), workspace->home() + "/models", workspace->secrets()));
  opened.place = TRY(PlaceOf(workspace, opened.registry.get(), global));
  return opened;
}

}  // namespace codman::cli
