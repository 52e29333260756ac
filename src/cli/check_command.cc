#include "base/file.h"
#include "base/problems.h"
#include "base/text.h"
#include "base/yaml.h"
#include "cli/command.h"
#include "engine/sql_reader.h"
#include "features/feature_set.h"
#include "features/kernel.h"
#include "lakehouse/table_binding.h"
#include "models/catalog.h"
#include "registry/task.h"

namespace codman::cli {
namespace {

using Complaint = std::function<void(const std::string&)>;

// A feature that the task declares to be made from its outcome, or for audits only.
void CheckInputs(const registry::Task& task, const registry::TaskVariant& variant,
                 const features::Plan& plan, const Complaint& at) {
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

// The declared tables as the clinic's SQL makes them, with the engine that has their views.
struct Tables {
  engine::SqlEngine* engine;
  lakehouse::TableSchemas schemas;

  // Complains where the table lacks one of the columns. Of a table that has a mistake of its own
  // nothing is known.
  void CheckColumns(const std::string& table, const std::vector<std::string>& wanted,
                    const std::string& what, const Complaint& at) const {
    auto known = schemas.find(table);
    if (known == schemas.end()) return;
    std::vector<std::string> names;
    for (const auto& field : known->second) names.push_back(field.name);
    for (const auto& column : wanted) {
      if (std::find(names.begin(), names.end(), column) != names.end()) continue;
      std::string nearest = base::NearestWord(column, names);
      at(format("{} needs the column '{}', which {} does not have{}", what, column, table,
                nearest.empty() ? "" : format("; did you mean '{}'?", nearest)));
    }
  }
  void CheckExpression(const std::string& table, const std::string& sql, const std::string& what,
                       const Complaint& at) const {
    if (schemas.count(table) == 0) return;
    auto fits = engine->Describe(format("select ({}) from {}", sql, table));
    if (!fits.ok())
      at(format("{} does not fit {}: {}", what, table, lakehouse::WhyRefused(fits.error())));
  }
};

// What rows, labels and subgroups are read from tables.
void CheckColumnsOf(const registry::TaskSource& from, const Tables& tables, const Complaint& at) {
  if (!from.label_table.empty()) {
    tables.CheckColumns(from.label_table, {"source", "subject_id", "event_time", from.label_column},
                        "the label", at);
  }
  if (!from.table.empty()) {
    std::vector<std::string> wanted = {"source",     "subject_id", "source_row",
                                       "event_time", "known_time", from.label_column};
    if (!from.comparator.empty()) wanted.push_back(from.comparator);
    tables.CheckColumns(from.table, wanted, "a row of the question", at);
  }
  for (const auto& subgroup : from.subgroups) {
    tables.CheckExpression(subgroup.table.empty() ? from.table : subgroup.table, subgroup.level,
                           format("the subgroup '{}'", subgroup.name), at);
  }
}

// The columns of the rows' table that a feature set in the file `path` reads.
void CheckFeaturesOf(const registry::TaskSource& from, const features::Plan& plan,
                     const std::string& path, const Tables& tables, base::Problems* problems) {
  if (from.table.empty()) return;
  for (const auto& feature : plan.contract()) {
    if (feature.column.empty()) continue;
    auto at = [&](const std::string& message) {
      problems->Add(base::InvalidInput(format("{}:{}: {}", path, feature.line, message)));
    };
    tables.CheckColumns(from.table, {feature.column}, format("the feature '{}'", feature.id), at);
  }
}

// What a task names must exist: feature sets and their blocks, learners, sources, label concepts,
// tables and their columns.
void CheckReferences(const registry::Task& task, const std::string& clinic,
                     const events::Concepts& concepts,
                     const std::vector<events::SourceMapping>& sources, const Tables& tables,
                     base::Problems* problems) {
  for (const auto& [source, sites] : task.transfers) {
    auto at = [&](const std::string& message) {
      problems->Add(base::InvalidInput(format("{}:1: {}", task.file, message)));
    };
    tables.CheckColumns(sites.table, {"subject_id"}, "the transfer of " + source, at);
    for (const auto& condition : {sites.from, sites.to})
      tables.CheckExpression(sites.table, condition, format("the site '{}'", condition), at);
  }
  for (const auto& variant : task.variants) {
    auto at = [&](const std::string& message) {
      problems->Add(base::InvalidInput(format("{}:{}: {}", task.file, variant.line, message)));
    };
    auto learner = models::FindLearner(variant.learner);
    if (!learner.ok()) at(learner.error().message());
    std::shared_ptr<const features::Plan> plan;
    std::string path = format("{}/features/{}.yaml", clinic, variant.feature_set);
    if (!base::FileExists(path)) {
      at(format("there is no feature set '{}': expected {}", variant.feature_set, path));
    } else if (auto set = features::FeatureSet::Load(path, concepts); set.ok()) {
      auto compiled = set->Compile(variant.blocks);
      if (!compiled.ok()) at(compiled.error().message());
      if (compiled.ok()) plan = *compiled;
      if (plan != nullptr) CheckInputs(task, variant, *plan, at);
    }
    for (const auto& from : variant.from) {
      CheckColumnsOf(from, tables, at);
      if (plan != nullptr) CheckFeaturesOf(from, *plan, path, tables, problems);
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
        std::string file =
            format("{}/{}/{}.sql", clinic, table.substr(0, dot), table.substr(dot + 1));
        if (!base::FileExists(file)) at(format("there is no table '{}': expected {}", table, file));
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

std::vector<std::string> FeedsOf(const Result<std::vector<events::SourceMapping>>& sources) {
  std::vector<std::string> feeds;
  if (!sources.ok()) return feeds;
  for (const auto& source : *sources) {
    for (const auto& mapped : source.feeds) feeds.push_back(mapped.feed);
  }
  return feeds;
}

// The views of what the clinic's SQL declares; mistakes in it are told.
Result<Tables> BindTables(const std::string& clinic, const events::Concepts& concepts,
                          const Result<std::vector<events::SourceMapping>>& sources,
                          engine::SqlEngine* engine, base::Problems* problems) {
  Tables tables{engine, {}};
  auto declared = lakehouse::LoadSqlTables(clinic);
  if (!declared.ok()) problems->Add(declared.error());
  if (!declared.ok()) return tables;
  auto ordered = lakehouse::InBuildOrder(*declared, FeedsOf(sources));
  if (!ordered.ok()) problems->Add(ordered.error());
  if (!ordered.ok()) return tables;
  tables.schemas =
      TRY(lakehouse::BindTables(engine, concepts, FeedsOf(sources), *ordered, problems));
  return tables;
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
  auto engine = TRY(engine::SqlEngine::Open({.num_threads = 1}));
  auto tables = TRY(BindTables(clinic, *concepts, sources, engine.get(), &problems));
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
      CheckReferences(*task, clinic, *concepts, *sources, tables, &problems);
  });
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
