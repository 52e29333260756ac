// How far predicted amounts lie from the true ones, with the intervals given beside them.
//
// Errors are predicted − truth. Values equal scikit-learn's root_mean_squared_error,
// mean_absolute_error, median_absolute_error and r2_score on the same rows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluation/bootstrap.h"

namespace codman::evaluation {

// In the unit of the truth, except r2 and coverage. NaN where there is nothing to judge: r2 where
// all truths are equal, coverage and mean_width without bounds.
struct RegressionScores {
  double rmse = 0, mae = 0, median_absolute_error = 0, r2 = 0;
  double bias = 0;        // mean error: above 0 the model predicts too much
  double coverage = 0;    // share of truths with lower <= truth <= upper
  double mean_width = 0;  // of upper − lower
};

// The rows of a regression, borrowed as spans of equal length; `lower` and `upper` are both empty
// where no interval was predicted.
struct RegressionRows {
  std::span<const double> predicted, truth, lower, upper;
};

// Rows gathered by cluster and sorted by error once, so that each bootstrap replicate is one pass.
// Immutable, safe to share among threads.
class RegressionSample {
 public:
  // cluster: dense cluster of each row (RowGroups::group_of_row). `only` takes those row numbers.
  RegressionSample(const RegressionRows& rows, std::span<const int32_t> cluster,
                   int32_t num_clusters);
  RegressionSample(const RegressionRows& rows, std::span<const int32_t> cluster,
                   int32_t num_clusters, std::span<const int64_t> only);

  // With each row counted as often as its cluster was drawn: times[cluster].
  RegressionScores Judge(std::span<const int32_t> times) const;

 private:
  void Gather(const RegressionRows& rows, std::span<const int32_t> cluster,
              std::span<const int64_t> only);
  double MedianAbsoluteError(std::span<const int32_t> times, double drawn_rows) const;

  bool with_bounds_;
  ClusterSums sums_;
  std::vector<double> absolute_error_;  // ascending
  std::vector<int32_t> cluster_;        // of each entry of absolute_error_
};

// Rows in order of their predicted value, in at most ten parts of equal size (ties together).
struct PredictedDecile {
  double mean_predicted = 0;
  Interval mean_observed, coverage, mean_width;  // NaN without bounds, as above
  int64_t rows = 0;
};
std::vector<PredictedDecile> JudgeDeciles(const RegressionRows& rows,
                                          std::span<const int32_t> cluster,
                                          const ClusterBootstrap& bootstrap);

}  // namespace codman::evaluation
