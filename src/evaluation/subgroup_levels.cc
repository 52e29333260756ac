#include "evaluation/subgroup_levels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

namespace codman::evaluation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Of measure `m` over levels that stand one after another in `values`.
double GapOf(const std::vector<double>& values, size_t num_measures, size_t m) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  int finite = 0;
  for (size_t i = m; i < values.size(); i += num_measures) {
    if (!std::isfinite(values[i])) continue;
    low = std::min(low, values[i]);
    high = std::max(high, values[i]);
    ++finite;
  }
  return finite < 2 ? kNaN : high - low;
}

}  // namespace

std::vector<SubgroupLevel> LevelsOf(const Predictions& predictions, const RowGroups& subjects) {
  std::vector<SubgroupLevel> all;
  for (const auto& [column, levels] : predictions.subgroups) {
    std::map<std::string, std::vector<int64_t>> rows_of;
    for (size_t row = 0; row < levels.size(); ++row) {
      if (!levels[row].empty()) rows_of[levels[row]].push_back(static_cast<int64_t>(row));
    }
    for (auto& [level, rows] : rows_of) {
      std::set<int32_t> present;
      for (int64_t row : rows) present.insert(subjects.group_of_row()[row]);
      all.push_back({column, level, std::move(rows), static_cast<int64_t>(present.size())});
    }
  }
  return all;
}

JudgedLevels JudgeLevels(const std::vector<SubgroupLevel>& levels,
                         const std::vector<uint8_t>& enough, const ClusterBootstrap& bootstrap,
                         int num_measures, const LevelJudge& judge) {
  JudgedLevels judged;
  size_t width = static_cast<size_t>(num_measures);
  for (size_t begin = 0, end = 0; begin < levels.size(); begin = end) {
    std::vector<ClusterBootstrap::Statistics> judges;
    for (end = begin; end < levels.size() && levels[end].column == levels[begin].column; ++end) {
      if (enough[end] != 0) judges.push_back(judge(levels[end].rows));
    }
    auto intervals = bootstrap.Intervals([&](std::span<const int32_t> times) {
      std::vector<double> values;
      for (const auto& of_level : judges) {
        std::vector<double> measures = of_level(times);
        values.insert(values.end(), measures.begin(), measures.end());
      }
      std::vector<double> gaps;
      for (size_t m = 0; m < width; ++m) gaps.push_back(GapOf(values, width, m));
      values.insert(values.end(), gaps.begin(), gaps.end());
      return values;
    });
    auto next = intervals.begin();
    for (size_t i = begin; i < end; ++i) {
      LevelMeasures level{enough[i] != 0, std::vector<Interval>(width, {kNaN, kNaN, kNaN})};
      for (size_t m = 0; level.enough && m < width; ++m) level.measures[m] = *next++;
      judged.levels.push_back(std::move(level));
    }
    for (int m = 0; m < num_measures; ++m) {
      judged.gaps.push_back({levels[begin].column, m, *next++});
    }
  }
  return judged;
}

}  // namespace codman::evaluation
