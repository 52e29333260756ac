#include "evaluation/decision_curve.h"

#include <algorithm>

namespace codman::evaluation {
namespace {

int64_t CountAtLeast(const std::vector<double>& sorted, double threshold) {
  return sorted.end() - std::lower_bound(sorted.begin(), sorted.end(), threshold);
}

}  // namespace

std::vector<NetBenefit> DecisionCurve(std::span<const double> risks, std::span<const double> labels,
                                      std::span<const double> thresholds) {
  std::vector<double> events, others;
  for (size_t i = 0; i < risks.size(); ++i) {
    (labels[i] > 0.5 ? events : others).push_back(risks[i]);
  }
  std::sort(events.begin(), events.end());
  std::sort(others.begin(), others.end());
  double n = static_cast<double>(risks.size());
  std::vector<NetBenefit> curve;
  for (double threshold : thresholds) {
    double odds = threshold / (1 - threshold);
    double true_positives = static_cast<double>(CountAtLeast(events, threshold));
    double false_positives = static_cast<double>(CountAtLeast(others, threshold));
    NetBenefit benefit;
    benefit.threshold = threshold;
    benefit.model = (true_positives - false_positives * odds) / n;
    benefit.treat_all =
        (static_cast<double>(events.size()) - static_cast<double>(others.size()) * odds) / n;
    curve.push_back(benefit);
  }
  return curve;
}

std::vector<double> DecisionThresholds(double prevalence, double operating_threshold) {
  constexpr int kSteps = 50;
  double highest = std::clamp(std::max(5 * prevalence, 2 * operating_threshold), 0.01, 0.95);
  std::vector<double> thresholds;
  for (int step = 1; step <= kSteps; ++step) thresholds.push_back(highest * step / kSteps);
  return thresholds;
}

}  // namespace codman::evaluation
