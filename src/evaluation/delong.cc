#include "evaluation/delong.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace codman::evaluation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kZ = 1.959963984540054;

// Rank of each value from 1; equal values share the mean of their ranks.
std::vector<double> Midranks(const std::vector<double>& values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    double rank = static_cast<double>(begin + end + 1) / 2;
    for (size_t i = begin; i < end; ++i) ranks[order[i]] = rank;
  }
  return ranks;
}

// Each row's share in the AUROC: of an event, the share of rows without one that it ranks above; of
// a row without one, the share of events that rank above it (DeLong's V10 and V01).
struct Placements {
  std::vector<double> events, others;
};

Placements PlacementsOf(std::span<const double> scores, std::span<const double> labels) {
  std::vector<double> events, others;
  for (size_t i = 0; i < scores.size(); ++i)
    (labels[i] > 0.5 ? events : others).push_back(scores[i]);
  std::vector<double> all = events;
  all.insert(all.end(), others.begin(), others.end());
  std::vector<double> of_all = Midranks(all), of_events = Midranks(events),
                      of_others = Midranks(others);
  double m = static_cast<double>(events.size()), n = static_cast<double>(others.size());
  Placements placements;
  for (size_t i = 0; i < events.size(); ++i) {
    placements.events.push_back((of_all[i] - of_events[i]) / n);
  }
  for (size_t j = 0; j < others.size(); ++j) {
    placements.others.push_back(1 - (of_all[events.size() + j] - of_others[j]) / m);
  }
  return placements;
}

double Mean(const std::vector<double>& values) {
  double sum = std::accumulate(values.begin(), values.end(), 0.0);
  return sum / static_cast<double>(values.size());
}

// Of the mean, from the sample covariance; NaN of fewer than two values.
double CovarianceOfMeans(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() < 2) return kNaN;
  double mean_a = Mean(a), mean_b = Mean(b), sum = 0, n = static_cast<double>(a.size());
  for (size_t i = 0; i < a.size(); ++i) sum += (a[i] - mean_a) * (b[i] - mean_b);
  return sum / (n - 1) / n;
}

double Covariance(const Placements& a, const Placements& b) {
  return CovarianceOfMeans(a.events, b.events) + CovarianceOfMeans(a.others, b.others);
}

DelongAuroc Summarise(const Placements& placements) {
  if (placements.events.empty() || placements.others.empty()) return {kNaN, kNaN, kNaN, kNaN};
  DelongAuroc judged;
  judged.auroc = Mean(placements.events);
  judged.variance = Covariance(placements, placements);
  double half = kZ * std::sqrt(judged.variance);
  if (std::isnan(half)) return {judged.auroc, kNaN, kNaN, kNaN};
  judged.low = std::max(0.0, judged.auroc - half);
  judged.high = std::min(1.0, judged.auroc + half);
  return judged;
}

}  // namespace

DelongAuroc JudgeDelong(std::span<const double> scores, std::span<const double> labels) {
  return Summarise(PlacementsOf(scores, labels));
}

DelongComparison CompareDelong(std::span<const double> a, std::span<const double> b,
                               std::span<const double> labels) {
  Placements of_a = PlacementsOf(a, labels), of_b = PlacementsOf(b, labels);
  DelongComparison compared;
  compared.a = Summarise(of_a);
  compared.b = Summarise(of_b);
  compared.difference = compared.a.auroc - compared.b.auroc;
  double variance = compared.a.variance + compared.b.variance - 2 * Covariance(of_a, of_b);
  // Rounding may leave the variance of equal orders a little off 0.
  if (variance < 1e-15) variance = 0;
  double error = std::sqrt(variance);
  compared.low = compared.difference - kZ * error;
  compared.high = compared.difference + kZ * error;
  bool same = variance == 0 && std::abs(compared.difference) < 1e-12;
  compared.z = same ? 0 : compared.difference / error;
  compared.p = std::erfc(std::abs(compared.z) / std::sqrt(2.0));
  return compared;
}

}  // namespace codman::evaluation
