#include "evaluation/regression.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace codman::evaluation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr size_t kMaxParts = 10;

double Ratio(double above, double below) { return below > 0 ? above / below : kNaN; }

// Summed by cluster. The truth is summed from its mean: squares of large amounts would cancel.
enum Quantity { kRows, kError, kAbsolute, kSquared, kTruth, kTruthSquared, kCovered, kWidth };
constexpr int kNumQuantities = kWidth + 1;

enum DecileQuantity { kDecileRows, kObserved, kDecileCovered, kDecileWidth };
constexpr int kNumDecileQuantities = kDecileWidth + 1;

std::vector<int64_t> AllRows(size_t count) {
  std::vector<int64_t> rows(count);
  std::iota(rows.begin(), rows.end(), int64_t{0});
  return rows;
}

bool Covers(const RegressionRows& rows, int64_t row) {
  return rows.truth[row] >= rows.lower[row] && rows.truth[row] <= rows.upper[row];
}

// Ends of the parts in the order of `order`, by predicted value; ties stay together.
std::vector<size_t> PartEnds(const RegressionRows& rows, const std::vector<int64_t>& order) {
  std::vector<size_t> ends;
  for (size_t k = 1; k <= kMaxParts; ++k) {
    size_t end = order.size() * k / kMaxParts;
    if (end <= (ends.empty() ? 0 : ends.back())) continue;
    while (end < order.size() && rows.predicted[order[end]] == rows.predicted[order[end - 1]]) {
      ++end;
    }
    ends.push_back(end);
  }
  return ends;
}

}  // namespace

RegressionSample::RegressionSample(const RegressionRows& rows, std::span<const int32_t> cluster,
                                   int32_t num_clusters)
    : RegressionSample(rows, cluster, num_clusters, AllRows(rows.truth.size())) {}

RegressionSample::RegressionSample(const RegressionRows& rows, std::span<const int32_t> cluster,
                                   int32_t num_clusters, std::span<const int64_t> only)
    : with_bounds_(!rows.lower.empty()), sums_(num_clusters, kNumQuantities) {
  Gather(rows, cluster, only);
}

void RegressionSample::Gather(const RegressionRows& rows, std::span<const int32_t> cluster,
                              std::span<const int64_t> only) {
  double centre = 0;
  for (int64_t row : only) centre += rows.truth[row] / static_cast<double>(only.size());
  auto absolute = [&](int64_t row) { return std::abs(rows.predicted[row] - rows.truth[row]); };
  std::vector<int64_t> order(only.begin(), only.end());
  std::sort(order.begin(), order.end(),
            [&](int64_t a, int64_t b) { return absolute(a) < absolute(b); });
  for (int64_t row : order) {
    double error = rows.predicted[row] - rows.truth[row], truth = rows.truth[row] - centre;
    int32_t owner = cluster[row];
    absolute_error_.push_back(std::abs(error));
    cluster_.push_back(owner);
    sums_.Add(owner, kRows, 1);
    sums_.Add(owner, kError, error);
    sums_.Add(owner, kAbsolute, std::abs(error));
    sums_.Add(owner, kSquared, error * error);
    sums_.Add(owner, kTruth, truth);
    sums_.Add(owner, kTruthSquared, truth * truth);
    if (!with_bounds_) continue;
    sums_.Add(owner, kCovered, Covers(rows, row) ? 1 : 0);
    sums_.Add(owner, kWidth, rows.upper[row] - rows.lower[row]);
  }
}

double RegressionSample::MedianAbsoluteError(std::span<const int32_t> times,
                                             double drawn_rows) const {
  // The two middle places of the drawn rows in order; the same one where their number is odd.
  int64_t count = static_cast<int64_t>(drawn_rows);
  int64_t lower_place = (count - 1) / 2, upper_place = count / 2, passed = 0;
  double lower = kNaN;
  for (size_t i = 0; i < absolute_error_.size(); ++i) {
    passed += times[cluster_[i]];
    if (std::isnan(lower) && passed > lower_place) lower = absolute_error_[i];
    if (passed > upper_place) return (lower + absolute_error_[i]) / 2;
  }
  return kNaN;
}

RegressionScores RegressionSample::Judge(std::span<const int32_t> times) const {
  std::vector<double> sum = sums_.Total(times);
  double n = sum[kRows];
  double spread = sum[kTruthSquared] - Ratio(sum[kTruth] * sum[kTruth], n);
  // What rounding leaves of equal truths is no spread.
  if (!(spread > 1e-14 * sum[kTruthSquared])) spread = 0;
  RegressionScores scores;
  scores.rmse = std::sqrt(Ratio(sum[kSquared], n));
  scores.mae = Ratio(sum[kAbsolute], n);
  scores.median_absolute_error = MedianAbsoluteError(times, n);
  scores.r2 = 1 - Ratio(sum[kSquared], spread);
  scores.bias = Ratio(sum[kError], n);
  scores.coverage = with_bounds_ ? Ratio(sum[kCovered], n) : kNaN;
  scores.mean_width = with_bounds_ ? Ratio(sum[kWidth], n) : kNaN;
  return scores;
}

std::vector<PredictedDecile> JudgeDeciles(const RegressionRows& rows,
                                          std::span<const int32_t> cluster,
                                          const ClusterBootstrap& bootstrap) {
  std::vector<int64_t> order = AllRows(rows.truth.size());
  std::sort(order.begin(), order.end(),
            [&](int64_t a, int64_t b) { return rows.predicted[a] < rows.predicted[b]; });
  std::vector<PredictedDecile> deciles;
  bool with_bounds = !rows.lower.empty();
  size_t begin = 0;
  for (size_t end : PartEnds(rows, order)) {
    ClusterSums sums(bootstrap.num_clusters(), kNumDecileQuantities);
    PredictedDecile decile;
    decile.rows = static_cast<int64_t>(end - begin);
    for (; begin < end; ++begin) {
      int64_t row = order[begin];
      decile.mean_predicted += rows.predicted[row] / static_cast<double>(decile.rows);
      sums.Add(cluster[row], kDecileRows, 1);
      sums.Add(cluster[row], kObserved, rows.truth[row]);
      if (!with_bounds) continue;
      sums.Add(cluster[row], kDecileCovered, Covers(rows, row) ? 1 : 0);
      sums.Add(cluster[row], kDecileWidth, rows.upper[row] - rows.lower[row]);
    }
    auto intervals = bootstrap.Intervals([&](std::span<const int32_t> times) {
      std::vector<double> sum = sums.Total(times);
      double covered = with_bounds ? sum[kDecileCovered] : kNaN;
      double width = with_bounds ? sum[kDecileWidth] : kNaN;
      double n = sum[kDecileRows];
      return std::vector<double>{Ratio(sum[kObserved], n), Ratio(covered, n), Ratio(width, n)};
    });
    decile.mean_observed = intervals[0];
    decile.coverage = intervals[1];
    decile.mean_width = intervals[2];
    deciles.push_back(decile);
  }
  return deciles;
}

}  // namespace codman::evaluation
