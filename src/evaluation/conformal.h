// Prediction intervals that hold their coverage on exchangeable rows whatever the model: split
// conformal prediction (Vovk, Gammerman & Shafer 2005; Lei et al., JASA 113:1094–1111, 2018).
//
// Fitted on rows the model was not fitted on. The promise is for the average row: one new row lies
// within with probability at least `coverage`. Rows of one subject are not exchangeable with rows
// of another; where subjects have many rows, give one row a subject or read the coverage as
// approximate.
//
//   auto band = MondrianConformal::Fit(tuning_predicted, tuning_truth, 0.9, 10);
//   ConformalBand around = band->Band(9'000);  // narrow where the model is good
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"

namespace codman::evaluation {

// The coverage of the band outside which a truth is an anomaly worth a look.
inline constexpr double kAnomalyCoverage = 0.99;

// The ceil((n + 1)·coverage)-th smallest of n scores: the ceil((n + 1)·coverage)/n quantile.
// Infinity where n is too small for the coverage to be promised (n + 1 < 1/(1 − coverage)).
// Scores: |truth − predicted| for an interval of one width.
double ConformalRadius(std::span<const double> scores, double coverage);

// Fewest rows for which ConformalRadius is finite: 9 at 90 %, 99 at 99 %.
int64_t FewestConformalRows(double coverage);

struct ConformalBand {
  double lower = 0, upper = 0;
  bool Holds(double truth) const { return truth >= lower && truth <= upper; }
};

struct ConformalBin {
  double from = 0;  // holds predicted values from here to the next bin's; the first: all below too
  double radius = 0;
  int64_t rows = 0;  // it was fitted on
};

// One radius for each range of predicted values (Mondrian: Vovk et al. 2005, 4.5): the coverage
// holds within each range, so the interval is narrow where the model is good and wide where it is
// not. On average it may be wider than one radius for all, which breaks its promise where the
// model is poor. Immutable.
class MondrianConformal {
 public:
  // At most `max_bins` ranges of equal row counts, fewer where a range would have too few rows for
  // the coverage. Refuses spans of unequal length, numbers that are not finite, a coverage outside
  // (0, 1) and too few rows.
  static Result<MondrianConformal> Fit(std::span<const double> predicted,
                                       std::span<const double> truth, double coverage,
                                       int max_bins);
  // Bins as bins() gave them, e.g. read from a model folder: at least one, `from` rising.
  static Result<MondrianConformal> FromBins(std::vector<ConformalBin> bins);

  const std::vector<ConformalBin>& bins() const { return bins_; }
  ConformalBand Band(double predicted) const;

 private:
  explicit MondrianConformal(std::vector<ConformalBin> bins) : bins_(std::move(bins)) {}

  std::vector<ConformalBin> bins_;
};

}  // namespace codman::evaluation
