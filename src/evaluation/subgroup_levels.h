// The levels of the subgroup columns, and any measures judged on each: what reports of all kinds
// share. Where does the model do worse, and how far apart are best and worst?
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "evaluation/bootstrap.h"
#include "evaluation/predictions.h"
#include "evaluation/row_groups.h"

namespace codman::evaluation {

struct SubgroupLevel {
  std::string column, level;
  std::vector<int64_t> rows;  // rising
  int64_t subjects = 0;
};

// Columns and levels in alphabetical order; rows of level "" are left out.
std::vector<SubgroupLevel> LevelsOf(const Predictions& predictions, const RowGroups& subjects);

// Gives the measures of one level, in one order for all.
using LevelJudge = std::function<ClusterBootstrap::Statistics(std::span<const int64_t> rows)>;

struct LevelMeasures {
  bool enough = false;  // else all measures are NaN
  std::vector<Interval> measures;
};

// Highest minus lowest level of a column, each replicate choosing its own; NaN with fewer than two
// levels. Noise alone makes a gap: its interval lies above 0 even where all levels are alike, so
// read it as an upper bound.
struct SubgroupGap {
  std::string column;
  int measure = 0;
  Interval gap;
};

struct JudgedLevels {
  std::vector<LevelMeasures> levels;  // one a level given, in their order
  std::vector<SubgroupGap> gaps;      // by column, then by measure
};

// `levels` of one column stand together, as LevelsOf gives them; all levels of a column see the
// same draws. `enough` says which levels are judged.
JudgedLevels JudgeLevels(const std::vector<SubgroupLevel>& levels,
                         const std::vector<uint8_t>& enough, const ClusterBootstrap& bootstrap,
                         int num_measures, const LevelJudge& judge);

}  // namespace codman::evaluation
