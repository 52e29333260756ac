// A task is a clinical question: clinic/tasks/*.yaml, read and checked. Immutable after load.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace codman::registry {

// Where a variant's rows come from.
struct TaskSource {
  std::string source;
  bool hourly = false;  // prediction_times: "source_rows" or "every 1h while in encounter"
  std::string label_concept;
  int64_t label_within_us = 0;  // 0: the label is told at the row itself
};

struct TaskVariant {
  std::string name;
  std::string description;
  std::string feature_set;
  std::vector<std::string> blocks;
  std::string learner;
  Json settings;
  bool process_free = false;  // declared to hold no clock and no care process
  std::vector<TaskSource> from;
  int line = 0;

  const TaskSource* FindSource(const std::string& source) const;
};

struct Task {
  std::string name, question, label, file;
  int64_t horizon_us = 0;
  int64_t silence_us = 0;  // after an alert, none is counted for this long
  std::string live;        // name of the variant that serves by default
  int approvals = 1;
  bool physionet_utility = false;  // threshold and report use the 2019 challenge's utility
  double alarm_auroc = 1, alarm_utility = 1;  // results above are too good to be true
  double train_share = 0.6, tuning_share = 0.2;
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
