// A task is a clinical question: clinic/tasks/*.yaml, read and checked. Immutable after load.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "events/cohort.h"
#include "models/model.h"
#include "registry/settings_search.h"

namespace codman::registry {

// A column of levels by which reports judge apart, besides those of age and sex that they make of
// inputs. For audits only: no input may bear its name.
struct SubgroupColumn {
  std::string name;   // "race"
  std::string table;  // "" = that of the rows; else one with subject_id
  // SQL over that table: the level's name, null where it is not known. A subject whom another
  // table tells two levels has none.
  std::string level;
};

// Where a variant's rows come from: the events of a source, or the rows of a gold table.
struct TaskSource {
  std::string source;
  bool hourly = false;  // prediction_times: "source_rows" or "every 1h while in encounter"
  std::string label_concept;
  int64_t label_within_us = 0;  // 0: the label is told at the row itself
  // The label of the row at its own time, from a column of a gold table with source, subject_id and
  // event_time; a row that the table lacks or leaves null has none.
  std::string label_table;
  // Or who is predicted, when and with what label are criteria over events.
  std::optional<events::Cohort> cohort;
  // Or the rows themselves are those of a gold table with the columns source, subject_id,
  // source_row, event_time, known_time, the label, those that the feature set names and, where some
  // rows are outside the cohort, excluded_because (a text that says why; null or empty: inside).
  std::string table, label_column;
  // A column of that table which somebody else's forecast of the label stands in: reports show it
  // beside the model, and it is refused as a feature.
  std::string comparator;
  std::vector<SubgroupColumn> subgroups;

  // Whether both declare the same rows and labels.
  bool SameRows(const TaskSource& other) const;
};

// What is predicted: a 0/1 label, one of named classes (in order), or a number.
struct Target {
  models::Objective objective = models::Objective::kBinary;
  std::vector<std::string> classes;  // of a multiclass objective
  std::string unit;                  // of a regression ("USD")
  int num_classes() const { return std::max(2, static_cast<int>(classes.size())); }
};

struct TaskVariant {
  std::string name;
  std::string description;
  std::string feature_set;
  std::vector<std::string> blocks;
  std::string learner;
  Json settings;
  SettingsSearch search;  // over settings, inside training folds
  Target target;
  bool process_free = false;  // declared to hold no clock and no care process
  // The learner is fitted to what an alert gains by the task's utility, not to the label alone.
  bool learns_utility = false;
  std::vector<TaskSource> from;
  int line = 0;

  const TaskSource* FindSource(const std::string& source) const;
  // Whether both take the same rows of the source and give answers of the same kind to them, so
  // that what they tell can be compared row by row.
  bool AsksTheSame(const TaskVariant& other, const std::string& source) const;
  // Whether a subgroup of that name is declared for any source.
  bool ForAuditsOnly(const std::string& name) const;
};

// Two sites of one source, told apart by conditions over a table that has subject_id: how a model
// of the one does at the other.
struct SiteTransfer {
  std::string table, from, to;  // "silver.encounters", "unit1 = 1", "unit2 = 1"
  // Share of the utility at the first site that the second one's threshold keeps there: below 1 it
  // alerts less (evaluation/utility.h).
  double keep = 1;
};

struct Task {
  std::string name, question, label, file;
  int64_t horizon_us = 0;
  int64_t silence_us = 0;  // after an alert, none is counted for this long
  std::string live;        // name of the variant that serves by default
  int approvals = 1;
  bool physionet_utility = false;  // threshold and report use the 2019 challenge's utility
  // Results above are too good to be true.
  double alarm_auroc = 1, alarm_utility = 1, alarm_r2 = 1, alarm_accuracy = 1;
  // Columns that are made from the outcome or known only after it: refused as features by name.
  std::vector<std::string> outcome_columns;
  // What the label is computed from, and codes given only after the outcome: an input made of one
  // of them is refused.
  std::vector<std::string> label_ingredients, post_outcome_codes;
  std::map<std::string, SiteTransfer> transfers;  // by source
  double train_share = 0.6, tuning_share = 0.2;
  // `by: row`, as much of the literature does it: rows of one subject fall into several parts, and
  // where a subject has several rows the leakage audit refuses the model.
  bool splits_rows = false;
  bool refit = true;
  uint64_t seed = 0;
  std::vector<TaskVariant> variants;
  std::string hash;  // SHA-256 over the declaration as data, hex

  static Result<Task> Load(const std::string& path);
  Result<const TaskVariant*> FindVariant(const std::string& name) const;
  // Default variant for a source: the live one if it has it, else the only one that has it; else an
  // error listing them.
  Result<const TaskVariant*> DefaultVariant(const std::string& source) const;
};

// All of clinic/tasks, sorted by name.
Result<std::vector<Task>> LoadTasks(const std::string& folder);
Result<const Task*> FindTask(const std::vector<Task>& tasks, const std::string& name);

}  // namespace codman::registry
