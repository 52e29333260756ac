// Repeated cross-validation: the same metrics from R repeats of K folds, each repeat split anew.
//
// One split of a small data set is luck; the spread over repeats says how much. It says nothing of
// other patients than these: the repeats share all rows, so the interval is of the luck of the
// split, not a confidence interval (Bengio & Grandvalet, JMLR 5:1089–1105, 2004: no unbiased one
// exists). For confidence read the bootstrap intervals of a report.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace codman::evaluation {

// Flat metrics of one fold: "rmse" → 4512.3. NaN where it does not exist.
using FoldMetrics = std::map<std::string, double>;

struct RepeatedMetric {
  double mean = 0;           // over repeats, of the mean over their folds
  double low = 0, high = 0;  // 2.5 % and 97.5 % points of the repeats; NaN with one repeat
  double deviation = 0;      // sample standard deviation over repeats; NaN with one
  int repeats = 0;           // in which the metric exists
};

// repeats[r][k]: fold k of repeat r. Folds in which a metric is absent or NaN are left out of its
// repeat's mean. Refuses no repeats and repeats of different fold counts.
Result<std::map<std::string, RepeatedMetric>> AverageRepeats(
    const std::vector<std::vector<FoldMetrics>>& repeats);

// The members of a report that are numbers, by path: {"regression": {"rmse": 1}} →
// "regression.rmse". Lists are left out.
FoldMetrics FlatMetrics(const Json& report);

// {repeats, folds, metrics {name: {mean, low, high, deviation, repeats}}}; null for NaN.
Result<Json> RepeatedJson(const std::vector<std::vector<FoldMetrics>>& repeats);

}  // namespace codman::evaluation
