#include "base/file.h"
#include "base/problems.h"
#include "base/text.h"
#include "base/yaml.h"
#include "cli/command.h"
#include "engine/sql_reader.h"
#include "features/feature_set.h"
#include "features/kernel.h"
#include "lakehouse/sql_table.h"
#include "models/catalog.h"
#include "registry/task.h"

namespace codman::cli {
namespace {

// A feature that the task declares to be made from its outcome, or for audits only.
void CheckInputs(const registry::Task& task, const registry::TaskVariant& variant,
                 const features::Plan& plan, const std::function<void(const std::string&)>& at) {
  for (const auto& feature : plan.contract()) {
    const auto& outcome = task.outcome_columns;
    if (std::find(outcome.begin(), outcome.end(), feature.column) != outcome.end()) {
      at(format("the feature '{}' reads the column '{}', which outcome_columns lists: remove it",
                feature.id, feature.column));
    }
    if (variant.ForAuditsOnly(feature.id) || variant.ForAuditsOnly(feature.column)) {
      at(format(
          "the feature '{}' bears the name of a declared subgroup, which is for audits only: "
          "remove it, or name the subgroup otherwise",
          feature.id));
    }
  }
}

void CheckCohort(events::Cohort cohort, const events::Concepts& concepts,
                 base::Problems* problems) {
  base::Problems of_file(cohort.file);
  events::ResolveConcepts(concepts, &cohort, &of_file);
  if (auto fits = of_file.ToResult(); !fits.ok()) problems->Add(fits.error());
}

// What a task names must exist: feature sets and their blocks, learners, sources, label concepts.
void CheckReferences(const registry::Task& task, const std::string& clinic,
                     const events::Concepts& concepts,
                     const std::vector<events::SourceMapping>& sources, base::Problems* problems) {
  for (const auto& variant : task.variants) {
    auto at = [&](const std::string& message) {
      problems->Add(base::InvalidInput(format("{}:{}: {}", task.file, variant.line, message)));
    };
    auto learner = models::FindLearner(variant.learner);
    if (!learner.ok()) at(learner.error().message());
    std::string path = format("{}/features/{}.yaml", clinic, variant.feature_set);
    if (!base::FileExists(path)) {
      at(format("there is no feature set '{}': expected {}", variant.feature_set, path));
    } else if (auto set = features::FeatureSet::Load(path, concepts); set.ok()) {
      auto plan = set->Compile(variant.blocks);
      if (!plan.ok())
        at(plan.error().message());
      else
        CheckInputs(task, variant, **plan, at);
    }
    for (const auto& from : variant.from) {
      bool known = std::any_of(sources.begin(), sources.end(),
                               [&](const auto& s) { return s.name == from.source; });
      if (!known)
        at(format("there is no source '{}': declare it in {}/sources", from.source, clinic));
      if (from.cohort) {
        CheckCohort(*from.cohort, concepts, problems);
        continue;
      }
      const std::string& table = from.table.empty() ? from.label_table : from.table;
      if (!table.empty()) {
        size_t dot = std::min(table.find('.'), table.size() - 1);
        std::string path =
            format("{}/{}/{}.sql", clinic, table.substr(0, dot), table.substr(dot + 1));
        if (!base::FileExists(path)) at(format("there is no table '{}': expected {}", table, path));
        continue;
      }
      int label = concepts.Find(from.label_concept);
      if (label < 0)
        at(format("the label concept '{}' is not declared in {}/concepts", from.label_concept,
                  clinic));
      else if (!concepts[label].outcome)
        at(format("the label concept '{}' must be declared with outcome: true",
                  from.label_concept));
    }
  }
}

// The SQL of sources that are made of several files: one select that repeats itself.
void CheckQueries(const std::vector<events::SourceMapping>& sources, base::Problems* problems) {
  for (const auto& source : sources) {
    for (const auto& mapped : source.feeds) {
      if (mapped.query.empty()) continue;
      auto fits = engine::CheckRepeatable(mapped.query);
      if (fits.ok()) continue;
      problems->Add(base::InvalidInput(
          format("{}:1: the query of {}: {}", source.file, mapped.feed, fits.error().message())));
    }
  }
}

// What a table may read besides other declared tables.
std::vector<std::string> TablesOfTheProgram(
    const Result<std::vector<events::SourceMapping>>& sources) {
  std::vector<std::string> names = {"silver.events", "silver.quarantine", "silver.subjects",
                                    "silver.quality", "clinic.concepts"};
  if (!sources.ok()) return names;
  for (const auto& source : *sources) {
    for (const auto& mapped : source.feeds) names.push_back("bronze." + mapped.feed);
  }
  return names;
}

Result<> Run(const GlobalOptions& global) {
  const std::string& clinic = global.workspace.clinic;
  base::Problems problems(clinic);
  auto concepts = events::Concepts::Load(clinic + "/concepts");
  if (!concepts.ok()) return std::move(concepts).error();  // everything else leans on them
  int files = 0;
  auto sources = events::LoadSources(clinic + "/sources", *concepts);
  if (!sources.ok()) problems.Add(sources.error());
  auto each = [&](const std::string& folder, const std::function<void(const std::string&)>& check) {
    auto names = base::ListFolder(clinic + "/" + folder);
    if (!names.ok()) return;
    for (const auto& name : *names) {
      ++files;
      if (name.ends_with(".yaml"))
        check(clinic + "/" + folder + "/" + name);
      else if (!name.ends_with(".sql"))
        problems.Add(base::InvalidInput(
            format("{}/{}/{}:1: not a declaration; only .yaml and .sql files belong here", clinic,
                   folder, name)));
    }
  };
  if (sources.ok()) CheckQueries(*sources, &problems);
  each("concepts", [](const std::string&) {});
  each("sources", [](const std::string&) {});
  each("features", [&](const std::string& path) {
    auto set = features::FeatureSet::Load(path, *concepts);
    if (!set.ok()) problems.Add(set.error());
  });
  each("tasks", [&](const std::string& path) {
    auto task = registry::Task::Load(path);
    if (!task.ok())
      problems.Add(task.error());
    else if (sources.ok())
      CheckReferences(*task, clinic, *concepts, *sources, &problems);
  });
  auto tables = lakehouse::LoadSqlTables(clinic);
  if (!tables.ok()) {
    problems.Add(tables.error());
  } else if (auto ordered = lakehouse::InBuildOrder(*tables, TablesOfTheProgram(sources));
             !ordered.ok()) {
    problems.Add(ordered.error());
  }
  each("silver", [](const std::string&) {});
  each("gold", [](const std::string&) {});
  TRY(problems.ToResult());
  Print(global, format("{}: {} declarations, nothing to mend\n", clinic, files),
        Json::Object({{"files", files}, {"problems", 0}}));
  return {};
}

}  // namespace

std::function<Result<>()> SetupCheck(CLI::App*, GlobalOptions* global) {
  return [=] { return Run(*global); };
}

}  // namespace codman::cli
