#include "registry/task.h"

#include <algorithm>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/problems.h"
#include "base/text.h"
#include "base/yaml.h"

namespace codman::registry {
namespace {

using base::Problems;

int64_t Duration(const Json& object, const char* key, int64_t otherwise, Problems* problems) {
  const Json* found = object.Find(key);
  if (found == nullptr) return otherwise;
  auto parsed = base::ParseDuration(found->AsString());
  if (!parsed) problems->Add(*found, format("'{}' must be a duration such as 6h or 30m", key));
  return parsed.value_or(otherwise);
}

bool IsHourly(const Json& entry, Problems* problems) {
  std::string times = problems->Text(entry, "prediction_times");
  bool hourly = times == "every 1h while in encounter";
  if (!hourly && times != "source_rows") {
    problems->Add(entry["prediction_times"],
                  "'prediction_times' must be source_rows or every 1h while in encounter");
  }
  return hourly;
}

// {race: race, unit: {table: silver.encounters, level: "case when …"}}
std::vector<SubgroupColumn> ReadSubgroups(const Json& entry, Problems* problems) {
  std::vector<SubgroupColumn> subgroups;
  bool own_table = entry.Find("table") != nullptr;
  for (const auto& [name, declared] : entry["subgroups"].members()) {
    if (declared.is_string()) {
      if (!own_table)
        problems->Add(declared, format("'{}' is a column of a 'table', which is missing: write {}: "
                                       "{{table: …, level: …}}",
                                       name, name));
      subgroups.push_back({.name = name, .table = "", .level = declared.AsString()});
      continue;
    }
    problems->CheckKeys(declared, {"table", "level"});
    subgroups.push_back({.name = name,
                         .table = problems->Text(declared, "table"),
                         .level = problems->Text(declared, "level")});
  }
  return subgroups;
}

TaskSource ReadCohortSource(const std::string& name, const Json& entry, const std::string& file,
                            Problems* problems) {
  TaskSource source{.source = name};
  for (const char* key : {"label", "table", "comparator"}) {
    if (const Json* found = entry.Find(key))
      problems->Add(*found, format("'{}' does not go with 'cohort', which declares rows and label; "
                                   "leave one out",
                                   key));
  }
  source.subgroups = ReadSubgroups(entry, problems);
  bool has_times = entry.Find("prediction_times") != nullptr;
  if (has_times) source.hourly = IsHourly(entry, problems);
  source.cohort = events::ReadCohort(entry["cohort"], has_times, file, problems);
  return source;
}

TaskSource ReadSource(const std::string& name, const Json& entry, const std::string& file,
                      Problems* problems) {
  problems->CheckKeys(entry,
                      {"prediction_times", "label", "table", "comparator", "cohort", "subgroups"});
  if (entry.Find("cohort") != nullptr) return ReadCohortSource(name, entry, file, problems);
  TaskSource source{.source = name};
  source.subgroups = ReadSubgroups(entry, problems);
  const Json& label = entry["label"];
  source.table = problems->Text(entry, "table", false);
  source.comparator = problems->Text(entry, "comparator", false);
  if (source.table.empty() && !source.comparator.empty())
    problems->Add(entry["comparator"], "'comparator' is a column of a 'table', which is missing");
  if (!source.table.empty()) {
    problems->CheckKeys(label, {"column"});
    source.label_column = problems->Text(label, "column");
    if (const Json* times = entry.Find("prediction_times"))
      problems->Add(*times, "the rows of a table are the predictions: leave this out");
    return source;
  }
  source.hourly = IsHourly(entry, problems);
  problems->CheckKeys(label, {"concept", "within", "table", "column"});
  source.label_table = problems->Text(label, "table", false);
  if (!source.label_table.empty()) {
    source.label_column = problems->Text(label, "column");
    return source;
  }
  source.label_concept = problems->Text(label, "concept");
  source.label_within_us = Duration(label, "within", 0, problems);
  return source;
}

// Of the task, or of a variant that predicts something else than the task does.
Target ReadTarget(const Json& entry, const Target& otherwise, Problems* problems) {
  const Json* declared = entry.Find("target");
  if (declared == nullptr) return otherwise;
  problems->CheckKeys(*declared, {"objective", "classes", "unit"});
  Target target;
  auto objective = models::ParseObjective(problems->Text(*declared, "objective"));
  if (!objective) problems->Add(*declared, "'objective' must be binary, multiclass or regression");
  target.objective = objective.value_or(models::Objective::kBinary);
  target.classes = problems->Texts(*declared, "classes");
  target.unit = problems->Text(*declared, "unit", false);
  bool multiclass = target.objective == models::Objective::kMulticlass;
  if (multiclass != (target.classes.size() > 2)) {
    problems->Add(*declared, "'classes' must list three or more, for a multiclass target only");
  }
  return target;
}

TaskVariant ReadVariant(const Json& entry, const Target& of_task, const std::string& file,
                        Problems* problems) {
  problems->CheckKeys(entry, {"name", "description", "feature_set", "blocks", "learner", "settings",
                              "process_free", "from", "target", "search", "learns"});
  TaskVariant variant{.name = problems->Text(entry, "name"), .line = entry.line()};
  variant.description = problems->Text(entry, "description", false);
  variant.feature_set = problems->Text(entry, "feature_set");
  variant.blocks = problems->Texts(entry, "blocks");
  variant.learner = problems->Text(entry, "learner");
  variant.settings = entry["settings"];
  variant.search = ReadSearch(entry, problems);
  variant.target = ReadTarget(entry, of_task, problems);
  variant.process_free = entry["process_free"].AsBool();
  std::string learns = problems->Text(entry, "learns", false);
  variant.learns_utility = learns == "utility";
  if (!learns.empty() && learns != "label" && !variant.learns_utility)
    problems->Add(entry["learns"], "'learns' must be label or utility");
  for (const auto& [source, block] : entry["from"].members()) {
    variant.from.push_back(ReadSource(source, block, file, problems));
    if (variant.from.back().cohort && variant.target.objective != models::Objective::kBinary)
      problems->Add(block, "the label of a 'cohort' is 0 or 1, so its target must be binary");
  }
  if (variant.from.empty()) problems->Add(entry, "'from' is missing: name at least one source");
  return variant;
}

void CheckLessons(const Task& task, const Json& variants, Problems* problems) {
  for (size_t i = 0; i < task.variants.size(); ++i) {
    const TaskVariant& variant = task.variants[i];
    if (!variant.learns_utility) continue;
    const Json& learns = variants.items()[i]["learns"];
    if (!task.physionet_utility || variant.target.objective != models::Objective::kBinary)
      problems->Add(learns, "'learns: utility' needs a binary task with 'utility: physionet2019'");
    if (task.splits_rows)
      problems->Add(learns,
                    "'learns: utility' weighs a row by its patient's other rows: split by "
                    "subject");
    if (!variant.search.empty())
      problems->Add(learns,
                    "'search' compares settings by the label's log loss: leave it out "
                    "beside 'learns: utility'");
  }
}

void ReadSplit(const Json& split, Task* task, Problems* problems) {
  if (split.is_null()) return;
  problems->CheckKeys(split, {"by", "train", "tuning", "held_out", "seed"});
  std::string by = split.Find("by") == nullptr ? "subject" : problems->Text(split, "by");
  task->splits_rows = by == "row";
  if (by != "subject" && by != "row") problems->Add(split, "by must be subject or row");
  task->train_share = problems->Number(split, "train", 0.6);
  task->tuning_share = problems->Number(split, "tuning", 0.2);
  task->seed = static_cast<uint64_t>(problems->Number(split, "seed", 0));
  double held_out = problems->Number(split, "held_out", 0.2);
  double sum = task->train_share + task->tuning_share + held_out;
  if (task->train_share <= 0 || task->tuning_share <= 0 || held_out <= 0 || sum < 0.999 ||
      sum > 1.001) {
    problems->Add(split, "train, tuning and held_out must be positive shares that sum to 1");
  }
}

}  // namespace

bool TaskSource::SameRows(const TaskSource& other) const {
  auto text = [](const TaskSource& s) { return s.cohort ? s.cohort->text : std::string(); };
  return hourly == other.hourly && label_concept == other.label_concept &&
         label_within_us == other.label_within_us && label_table == other.label_table &&
         table == other.table && label_column == other.label_column && text(*this) == text(other);
}

const TaskSource* TaskVariant::FindSource(const std::string& source) const {
  auto found = std::find_if(from.begin(), from.end(),
                            [&](const TaskSource& s) { return s.source == source; });
  return found == from.end() ? nullptr : &*found;
}

bool TaskVariant::AsksTheSame(const TaskVariant& other, const std::string& source) const {
  const TaskSource *mine = FindSource(source), *theirs = other.FindSource(source);
  return mine != nullptr && theirs != nullptr && mine->SameRows(*theirs) &&
         target.objective == other.target.objective && target.classes == other.target.classes;
}

bool TaskVariant::ForAuditsOnly(const std::string& wanted) const {
  return std::any_of(from.begin(), from.end(), [&](const TaskSource& source) {
    return std::any_of(source.subgroups.begin(), source.subgroups.end(),
                       [&](const SubgroupColumn& column) { return column.name == wanted; });
  });
}

Result<Task> Task::Load(const std::string& path) {
  Json document = TRY(base::ReadYaml(path));
  Problems problems(path);
  problems.CheckKeys(
      document, {"name", "question", "label", "horizon", "silence", "live", "approvals", "utility",
                 "alarm", "split", "refit", "variants", "target", "outcome_columns",
                 "label_ingredients", "post_outcome_codes", "transfer"});
  Task task;
  task.file = path;
  task.name = problems.Text(document, "name");
  task.question = problems.Text(document, "question");
  task.label = problems.Text(document, "label");
  task.horizon_us = Duration(document, "horizon", 0, &problems);
  task.silence_us = Duration(document, "silence", 6 * base::kHourUs, &problems);
  task.live = problems.Text(document, "live", false);
  task.approvals = static_cast<int>(problems.Number(document, "approvals", 1));
  std::string utility = problems.Text(document, "utility", false);
  task.physionet_utility = utility == "physionet2019";
  if (!utility.empty() && !task.physionet_utility)
    problems.Add(document["utility"], "'utility' must be physionet2019");
  task.alarm_auroc = problems.Number(document["alarm"], "auroc", 1);
  task.alarm_utility = problems.Number(document["alarm"], "utility", 1);
  task.alarm_r2 = problems.Number(document["alarm"], "r2", 1);
  task.alarm_accuracy = problems.Number(document["alarm"], "accuracy", 1);
  task.outcome_columns = problems.Texts(document, "outcome_columns");
  task.label_ingredients = problems.Texts(document, "label_ingredients");
  task.post_outcome_codes = problems.Texts(document, "post_outcome_codes");
  for (const auto& [source, entry] : document["transfer"].members()) {
    problems.CheckKeys(entry, {"table", "from", "to", "keep"});
    SiteTransfer transfer{problems.Text(entry, "table"), problems.Text(entry, "from"),
                          problems.Text(entry, "to"), problems.Number(entry, "keep", 1)};
    if (!(transfer.keep > 0 && transfer.keep <= 1))
      problems.Add(entry, "'keep' must lie above 0 and be 1 at most: a share of the utility");
    task.transfers[source] = std::move(transfer);
  }
  task.refit = document["refit"].AsBool(true);
  ReadSplit(document["split"], &task, &problems);
  Target target = ReadTarget(document, {}, &problems);
  for (const auto& entry : document["variants"].items())
    task.variants.push_back(ReadVariant(entry, target, path, &problems));
  CheckLessons(task, document["variants"], &problems);
  if (task.variants.empty())
    problems.Add(document, "'variants' is missing: a task needs at least one");
  auto live = std::find_if(task.variants.begin(), task.variants.end(),
                           [&](const auto& v) { return v.name == task.live; });
  if (!task.live.empty() && live == task.variants.end()) {
    problems.Add(document["live"],
                 format("'live' names the variant '{}', which is not declared", task.live));
  }
  for (const auto& variant : task.variants) {
    for (const auto& from : variant.from) {
      if (!from.comparator.empty()) task.outcome_columns.push_back(from.comparator);
    }
  }
  if (task.live.empty() && !task.variants.empty()) task.live = task.variants.front().name;
  TRY(problems.ToResult());
  task.hash = base::Sha256Hex(document.ToString());
  return task;
}

Result<const TaskVariant*> Task::FindVariant(const std::string& wanted) const {
  std::vector<std::string> names;
  for (const auto& variant : variants) {
    if (variant.name == wanted) return &variant;
    names.push_back(variant.name);
  }
  return base::NotFound(
      format("task {} has no variant '{}'; it has: {}", name, wanted, base::Join(names, ", ")));
}

Result<const TaskVariant*> Task::DefaultVariant(const std::string& source) const {
  std::vector<const TaskVariant*> fitting;
  std::vector<std::string> names;
  for (const auto& variant : variants) {
    if (variant.FindSource(source) == nullptr) continue;
    if (variant.name == live) return &variant;
    fitting.push_back(&variant);
    names.push_back(variant.name);
  }
  if (fitting.size() == 1) return fitting.front();
  if (fitting.empty())
    return base::NotFound(
        format("no variant of task {} takes its rows from the source '{}'", name, source));
  return base::InvalidInput(
      format("task {} has several variants for '{}': choose one with --variant ({})", name, source,
             base::Join(names, ", ")));
}

Result<std::vector<Task>> LoadTasks(const std::string& folder) {
  std::vector<Task> tasks;
  Problems all("");
  for (const auto& name : TRY(base::ListFolder(folder))) {
    if (!base::EndsWith(name, ".yaml")) continue;
    auto task = Task::Load(folder + "/" + name);
    if (task.ok())
      tasks.push_back(std::move(*task));
    else
      all.Add(task.error());
  }
  TRY(all.ToResult());
  return tasks;
}

Result<const Task*> FindTask(const std::vector<Task>& tasks, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& task : tasks) {
    if (task.name == name) return &task;
    names.push_back(task.name);
  }
  return base::NotFound(
      format("there is no task '{}'; known are: {}", name, base::Join(names, ", ")));
}

}  // namespace codman::registry
