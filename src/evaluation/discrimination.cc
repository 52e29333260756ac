#include "evaluation/discrimination.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace codman::evaluation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// One group of equal scores, best first: its threshold and the weight of each class inside it.
struct Tie {
  double threshold = 0, positive = 0, negative = 0;
};

// `weights` empty means 1 for every row.
std::vector<Tie> DescendingTies(std::span<const double> scores, std::span<const double> labels,
                                std::span<const double> weights) {
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] > scores[b]; });
  std::vector<Tie> ties;
  for (size_t row : order) {
    if (ties.empty() || ties.back().threshold != scores[row]) ties.push_back({scores[row], 0, 0});
    double weight = weights.empty() ? 1 : weights[row];
    (labels[row] > 0.5 ? ties.back().positive : ties.back().negative) += weight;
  }
  return ties;
}

Tie Totals(const std::vector<Tie>& ties) {
  Tie total;
  for (const Tie& tie : ties) {
    total.positive += tie.positive;
    total.negative += tie.negative;
  }
  return total;
}

// Keeps both ends and the first point of each of max_points − 2 equal steps of `progress`, which
// must not decrease.
template <typename Progress>
std::vector<CurvePoint> Thin(const std::vector<CurvePoint>& points, int max_points,
                             Progress progress) {
  size_t wanted = static_cast<size_t>(std::max(max_points, 2));
  if (points.size() <= wanted) return points;
  double first = progress(points.front()), reach = progress(points.back()) - first;
  double steps = static_cast<double>(wanted - 2);
  std::vector<CurvePoint> kept = {points.front()};
  double next_step = 0;
  for (size_t i = 1; i + 1 < points.size(); ++i) {
    double step = reach > 0 ? std::floor((progress(points[i]) - first) / reach * steps) : 0;
    step = std::min(step, steps - 1);
    if (step < next_step) continue;
    kept.push_back(points[i]);
    next_step = step + 1;
  }
  kept.push_back(points.back());
  return kept;
}

}  // namespace

double WeightedAuroc(std::span<const double> scores, std::span<const double> labels,
                     std::span<const double> weights) {
  auto ties = DescendingTies(scores, labels, weights);
  Tie total = Totals(ties);
  if (!(total.positive > 0 && total.negative > 0)) return kNaN;
  double above = 0, twice_area = 0;
  for (const Tie& tie : ties) {
    twice_area += tie.negative * (2 * above + tie.positive);
    above += tie.positive;
  }
  return twice_area / (2 * total.positive * total.negative);
}

double Auroc(std::span<const double> scores, std::span<const double> labels) {
  return WeightedAuroc(scores, labels, {});
}

double Auprc(std::span<const double> scores, std::span<const double> labels) {
  auto ties = DescendingTies(scores, labels, {});
  Tie total = Totals(ties);
  if (!(total.positive > 0 && total.negative > 0)) return kNaN;
  double true_positives = 0, flagged = 0, sum = 0;
  for (const Tie& tie : ties) {
    true_positives += tie.positive;
    flagged += tie.positive + tie.negative;
    sum += tie.positive * (true_positives / flagged);
  }
  return sum / total.positive;
}

std::vector<CurvePoint> RocCurve(std::span<const double> scores, std::span<const double> labels,
                                 int max_points) {
  auto ties = DescendingTies(scores, labels, {});
  Tie total = Totals(ties), seen;
  if (!(total.positive > 0 && total.negative > 0)) return {};
  std::vector<CurvePoint> points = {{std::numeric_limits<double>::infinity(), 0, 0}};
  for (const Tie& tie : ties) {
    seen.positive += tie.positive;
    seen.negative += tie.negative;
    points.push_back(
        {tie.threshold, seen.negative / total.negative, seen.positive / total.positive});
  }
  return Thin(points, max_points, [](const CurvePoint& p) { return p.x + p.y; });
}

std::vector<CurvePoint> PrCurve(std::span<const double> scores, std::span<const double> labels,
                                int max_points) {
  auto ties = DescendingTies(scores, labels, {});
  Tie total = Totals(ties), seen;
  if (!(total.positive > 0 && total.negative > 0)) return {};
  std::vector<CurvePoint> points;
  for (const Tie& tie : ties) {
    seen.positive += tie.positive;
    seen.negative += tie.negative;
    points.push_back({tie.threshold, seen.positive / total.positive,
                      seen.positive / (seen.positive + seen.negative)});
  }
  return Thin(points, max_points, [](const CurvePoint& p) { return p.x; });
}

}  // namespace codman::evaluation
