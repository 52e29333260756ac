#include "evaluation/conformal.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/text.h"

namespace codman::evaluation {
namespace {

// 0.9·(9 + 1) is 9 in intent: what rounding adds must not ask for one row more.
constexpr double kRounding = 1e-9;

Result<> CheckCoverage(double coverage) {
  if (coverage > 0 && coverage < 1) return {};
  return base::InvalidInput(
      format("a coverage of {} means nothing: give a share between 0 and 1", coverage));
}

Result<> CheckRows(const char* name, std::span<const double> values, size_t rows) {
  if (values.size() != rows) {
    return base::InvalidInput(
        format("'{}' has {} entries but there are {} truths", name, values.size(), rows));
  }
  for (size_t i = 0; i < rows; ++i) {
    if (!std::isfinite(values[i])) {
      return base::InvalidInput(format("'{}' of row {} is not a finite number", name, i));
    }
  }
  return {};
}

Result<> CheckEnough(size_t rows, double coverage) {
  if (static_cast<int64_t>(rows) >= FewestConformalRows(coverage)) return {};
  return base::InvalidInput(
      format("{} rows cannot promise a coverage of {}: give at least {} that the model was not "
             "fitted on",
             rows, coverage, FewestConformalRows(coverage)));
}

// Ends of the bins in `order` (by predicted value): equal row counts, ties together, none with
// fewer than `fewest` rows.
std::vector<int64_t> BinEnds(std::span<const double> predicted, const std::vector<size_t>& order,
                             int64_t parts, int64_t fewest) {
  int64_t rows = static_cast<int64_t>(order.size()), begin = 0;
  std::vector<int64_t> ends;
  for (int64_t part = 1; part < parts; ++part) {
    int64_t end = std::max(rows * part / parts, begin + fewest);
    while (end < rows && predicted[order[end]] == predicted[order[end - 1]]) ++end;
    if (rows - end < fewest) break;
    ends.push_back(end);
    begin = end;
  }
  ends.push_back(rows);
  return ends;
}

}  // namespace

double ConformalRadius(std::span<const double> scores, double coverage) {
  double wanted = std::ceil((static_cast<double>(scores.size()) + 1) * coverage - kRounding);
  size_t place = static_cast<size_t>(std::max(wanted, 1.0));
  if (place > scores.size()) return std::numeric_limits<double>::infinity();
  std::vector<double> sorted(scores.begin(), scores.end());
  auto at = sorted.begin() + static_cast<ptrdiff_t>(place - 1);
  std::nth_element(sorted.begin(), at, sorted.end());
  return *at;
}

int64_t FewestConformalRows(double coverage) {
  return static_cast<int64_t>(std::ceil(coverage / (1 - coverage) - kRounding));
}

Result<MondrianConformal> MondrianConformal::Fit(std::span<const double> predicted,
                                                 std::span<const double> truth, double coverage,
                                                 int max_bins) {
  TRY(CheckCoverage(coverage));
  TRY(CheckRows("truth", truth, truth.size()));
  TRY(CheckRows("predicted", predicted, truth.size()));
  TRY(CheckEnough(truth.size(), coverage));
  std::vector<size_t> order(truth.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return predicted[a] < predicted[b]; });
  int64_t fewest = FewestConformalRows(coverage), rows = static_cast<int64_t>(order.size());
  int64_t parts = std::clamp<int64_t>(rows / fewest, 1, std::max(max_bins, 1));

  std::vector<ConformalBin> bins;
  int64_t begin = 0;
  for (int64_t end : BinEnds(predicted, order, parts, fewest)) {
    std::vector<double> scores;
    for (int64_t i = begin; i < end; ++i) {
      scores.push_back(std::abs(truth[order[i]] - predicted[order[i]]));
    }
    bins.push_back({predicted[order[begin]], ConformalRadius(scores, coverage), end - begin});
    begin = end;
  }
  return MondrianConformal(std::move(bins));
}

Result<MondrianConformal> MondrianConformal::FromBins(std::vector<ConformalBin> bins) {
  if (bins.empty()) return base::InvalidInput("a conformal band needs at least one bin");
  for (size_t i = 0; i < bins.size(); ++i) {
    if (bins[i].radius >= 0 && (i == 0 || bins[i].from > bins[i - 1].from)) continue;
    return base::InvalidInput(
        format("bin {} of a conformal band: 'from' must rise and 'radius' be 0 or more", i));
  }
  return MondrianConformal(std::move(bins));
}

ConformalBand MondrianConformal::Band(double predicted) const {
  auto after = std::upper_bound(bins_.begin() + 1, bins_.end(), predicted,
                                [](double value, const ConformalBin& b) { return value < b.from; });
  double radius = std::prev(after)->radius;
  return {predicted - radius, predicted + radius};
}

}  // namespace codman::evaluation
