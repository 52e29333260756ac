// Which settings of a learner a training run may choose from: the `search` of a variant.
//
//   search: {leaves: [7, 15, 31], learning_rate: [0.02, 0.05], tries: 4, folds: 5}
//
// Every member but the last two is a setting with the values to try; the variant's `settings` hold
// for all others. A plain value.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/problems.h"

namespace codman::registry {

struct SettingsSearch {
  Json declared;  // null where the variant declares no search
  std::vector<std::pair<std::string, std::vector<Json>>> grid;
  int64_t tries = 0;  // so many of the grid, drawn by the task's seed; 0 = all of it
  int folds = 5;      // inner folds, by patient

  bool empty() const { return grid.empty(); }
  int64_t grid_size() const;
};

// Absent: an empty search. At most 200 settings are tried, from a grid of at most 100,000.
SettingsSearch ReadSearch(const Json& variant, base::Problems* problems);

// The grid's members of each of the settings to try, in the grid's order: the last member changes
// fastest. The draw is without replacement and follows from the seed alone.
std::vector<Json> SettingsToTry(const SettingsSearch& search, uint64_t seed);

// `settings` with the members of `tried` in place of its own.
Json WithMembers(Json settings, const Json& tried);

}  // namespace codman::registry
