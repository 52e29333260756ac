// The same judgement for each level of each subgroup column: where does the model do worse?
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "evaluation/bootstrap.h"
#include "evaluation/predictions.h"
#include "evaluation/row_groups.h"

namespace codman::evaluation {

// AUROC is given from this many subjects with and this many without an event upwards; below it is
// noise.
inline constexpr int64_t kMinSubjectsPerClass = 10;

struct Subgroup {
  std::string column, level;
  int64_t rows = 0, events = 0, subjects = 0, event_subjects = 0;
  bool enough = false;  // for `auroc`; else its members are NaN
  Interval auroc;
  double mean_risk = 0, observed = 0;
  double in_the_large = 0;  // NaN with one class
  double alert_rate = 0, sensitivity = 0,
         ppv = 0;  // of rows, at the threshold; NaN without events, without alerts
};

// Columns and levels in alphabetical order; rows of level "" are left out. `bootstrap` draws the
// groups of `subjects`.
std::vector<Subgroup> JudgeSubgroups(const Predictions& predictions, const RowGroups& subjects,
                                     const ClusterBootstrap& bootstrap, double threshold);

}  // namespace codman::evaluation
