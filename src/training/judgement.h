// From margins to the report: what evaluation needs about rows, gathered once per matrix.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "evaluation/report.h"
#include "feature_store/offline_store.h"
#include "registry/task.h"
#include "training/fit.h"

namespace codman::training {

struct JudgementInputs {
  const registry::Task* task = nullptr;
  registry::Target target;
  const feature_store::OfflineMatrix* offline = nullptr;
  std::vector<uint8_t> judged;  // rows to judge
  Told told;                    // of all rows
  double threshold = 0.5;
  std::string threshold_rule, title;
  // What simpler rules and scores tell of all rows, as margins or points: ranked only.
  std::map<std::string, std::vector<double>> comparators;
  // What other models of the same question tell of all rows, laid out as told.values: they stand
  // among the comparators too, and are compared measure by measure.
  std::map<std::string, std::vector<double>> models;
  // Of all rows, by declared column (subgroup_levels_internal.h); those of age and sex come by
  // themselves.
  const std::map<std::string, std::vector<std::string>>* subgroups = nullptr;
  bool synthetic = false;
  Json context;
};

Result<Json> Judge(const JudgementInputs& inputs);

// The judged rows against what another model tells of all rows, laid out as inputs.told.values:
// evaluation/comparison.h.
Result<Json> CompareWith(const JudgementInputs& inputs, const std::string& other,
                         const std::vector<double>& told);

// How many subjects and rows each part has and what was left out, for the card and the page.
Json CohortFlow(const feature_store::PredictionRows& rows, const std::vector<uint8_t>& parts,
                const std::vector<std::string>& part_names);

}  // namespace codman::training
