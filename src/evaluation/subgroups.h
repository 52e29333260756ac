// The same judgement for each level of each subgroup column: where does the model do worse?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "evaluation/bootstrap.h"
#include "evaluation/predictions.h"
#include "evaluation/row_groups.h"
#include "evaluation/subgroup_levels.h"

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

// What the gaps of a column compare, over the levels with enough subjects: AUROC, sensitivity at
// the threshold, and mean risk / observed frequency (1 where risks are right on average).
inline constexpr const char* kGapMeasures[] = {"auroc", "sensitivity", "mean_risk_ratio"};

struct JudgedSubgroups {
  std::vector<Subgroup> levels;   // in the order of LevelsOf
  std::vector<SubgroupGap> gaps;  // measure: index into kGapMeasures
};

// `bootstrap` draws the groups of `subjects`.
JudgedSubgroups JudgeSubgroups(const Predictions& predictions, const RowGroups& subjects,
                               const ClusterBootstrap& bootstrap, double threshold);

}  // namespace codman::evaluation
