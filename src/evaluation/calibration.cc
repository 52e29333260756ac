#include "evaluation/calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace codman::evaluation {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kSmallestRisk = 1e-12, kTolerance = 1e-12;
constexpr int kMaxIterations = 100, kMaxBins = 10;

double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

std::vector<double> Logits(std::span<const double> risks) {
  std::vector<double> logits;
  logits.reserve(risks.size());
  for (double risk : risks) {
    double clamped = std::clamp(risk, kSmallestRisk, 1 - kSmallestRisk);
    logits.push_back(std::log(clamped / (1 - clamped)));
  }
  return logits;
}

bool HasBothClasses(std::span<const double> labels) {
  auto events = std::count_if(labels.begin(), labels.end(), [](double y) { return y > 0.5; });
  return events > 0 && events < static_cast<int64_t>(labels.size());
}

// A maximum exists only where the classes overlap.
bool Overlap(std::span<const double> x, std::span<const double> labels) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double low[2] = {kInfinity, kInfinity}, high[2] = {-kInfinity, -kInfinity};
  for (size_t i = 0; i < x.size(); ++i) {
    int label = labels[i] > 0.5 ? 1 : 0;
    low[label] = std::min(low[label], x[i]);
    high[label] = std::max(high[label], x[i]);
  }
  return high[0] > low[1] && high[1] > low[0];
}

struct Line {
  double intercept = 0, slope = 1;
};

// Log-likelihood of p = σ(intercept + slope·x), its gradient and its information matrix.
struct Likelihood {
  double value = 0, gradient[2] = {0, 0}, information[3] = {0, 0, 0};
};

Likelihood Assess(std::span<const double> x, std::span<const double> labels, Line line) {
  Likelihood at;
  for (size_t i = 0; i < x.size(); ++i) {
    double margin = line.intercept + line.slope * x[i];
    double y = labels[i] > 0.5 ? 1 : 0;
    double tail = std::exp(-std::abs(margin));
    double p = margin >= 0 ? 1 / (1 + tail) : tail / (1 + tail);
    double spread = tail / ((1 + tail) * (1 + tail));
    at.value += y * margin - std::max(margin, 0.0) - std::log1p(tail);
    at.gradient[0] += y - p;
    at.gradient[1] += (y - p) * x[i];
    at.information[0] += spread;
    at.information[1] += spread * x[i];
    at.information[2] += spread * x[i] * x[i];
  }
  return at;
}

Line NewtonStep(const Likelihood& at) {
  const double* h = at.information;
  double determinant = h[0] * h[2] - h[1] * h[1];
  return {(h[2] * at.gradient[0] - h[1] * at.gradient[1]) / determinant,
          (h[0] * at.gradient[1] - h[1] * at.gradient[0]) / determinant};
}

// Newton's method from the line of no information, halving a step that would lower the likelihood.
Line FitLine(std::span<const double> x, std::span<const double> labels) {
  double events = std::accumulate(labels.begin(), labels.end(), 0.0);
  Line line{std::log(events / (static_cast<double>(labels.size()) - events)), 0};
  Likelihood at = Assess(x, labels, line);
  for (int iteration = 0; iteration < kMaxIterations; ++iteration) {
    Line step = NewtonStep(at);
    double length = std::max(std::abs(step.intercept), std::abs(step.slope));
    if (!std::isfinite(length)) return {kNaN, kNaN};
    double share = 1, rounding = 1e-12 * std::abs(at.value);
    Line next;
    Likelihood there;
    do {
      next = {line.intercept + share * step.intercept, line.slope + share * step.slope};
      there = Assess(x, labels, next);
      share /= 2;
    } while (!(there.value >= at.value - rounding) && share > kTolerance);
    line = next;
    at = there;
    if (length < kTolerance * (1 + std::abs(line.intercept) + std::abs(line.slope))) break;
  }
  return line;
}

// Root of Σ(y − σ(a + x)) in a, which falls with a: Newton kept inside a shrinking bracket.
double FitOffset(std::span<const double> x, std::span<const double> labels) {
  double low = -64, high = 64,
         offset = 0;  // logits lie within ±28, the logit of the prevalence likewise
  for (int iteration = 0; iteration < kMaxIterations; ++iteration) {
    double excess = 0, slope = 0;
    for (size_t i = 0; i < x.size(); ++i) {
      double p = Sigmoid(offset + x[i]);
      excess += (labels[i] > 0.5 ? 1 : 0) - p;
      slope += p * (1 - p);
    }
    (excess > 0 ? low : high) = offset;
    double next = offset + excess / slope;
    if (!(next > low && next < high)) next = (low + high) / 2;
    double step = std::abs(next - offset);
    offset = next;
    if (step < kTolerance * (1 + std::abs(offset))) break;
  }
  return offset;
}

// Wilson's score interval of a proportion (Wilson 1927).
void SetWilsonInterval(CalibrationBin* bin) {
  constexpr double kZ = 1.959963984540054;
  double n = static_cast<double>(bin->rows), p = bin->observed, z2 = kZ * kZ;
  double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  double half = kZ / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
  bin->low = std::max(0.0, centre - half);
  bin->high = std::min(1.0, centre + half);
}

}  // namespace

std::vector<CalibrationBin> CalibrationBins(std::span<const double> risks,
                                            std::span<const double> labels) {
  std::vector<size_t> order(risks.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return risks[a] < risks[b]; });
  std::vector<CalibrationBin> bins;
  size_t begin = 0;
  for (size_t k = 1; k <= kMaxBins; ++k) {
    size_t end = order.size() * k / kMaxBins;
    if (end <= begin) continue;  // a tie ran past this boundary, or there are fewer rows than bins
    while (end < order.size() && risks[order[end]] == risks[order[end - 1]]) ++end;
    CalibrationBin bin;
    bin.rows = static_cast<int64_t>(end - begin);
    for (size_t i = begin; i < end; ++i) {
      bin.mean_risk += risks[order[i]];
      bin.observed += labels[order[i]];
    }
    bin.mean_risk /= static_cast<double>(bin.rows);
    bin.observed /= static_cast<double>(bin.rows);
    SetWilsonInterval(&bin);
    bins.push_back(bin);
    begin = end;
  }
  return bins;
}

Calibration Calibrate(std::span<const double> risks, std::span<const double> labels) {
  Calibration calibration;
  std::vector<double> x = Logits(risks);
  Line line = Overlap(x, labels) ? FitLine(x, labels) : Line{kNaN, kNaN};
  calibration.slope = line.slope;
  calibration.intercept = line.intercept;
  calibration.in_the_large = HasBothClasses(labels) ? FitOffset(x, labels) : kNaN;
  calibration.bins = CalibrationBins(risks, labels);
  for (const CalibrationBin& bin : calibration.bins) {
    double share = static_cast<double>(bin.rows) / static_cast<double>(risks.size());
    calibration.ece += share * std::abs(bin.observed - bin.mean_risk);
  }
  return calibration;
}

double CalibrationInTheLarge(std::span<const double> risks, std::span<const double> labels) {
  return HasBothClasses(labels) ? FitOffset(Logits(risks), labels) : kNaN;
}

CalibrationErrors ClusterRobustErrors(const Calibration& fit, std::span<const double> risks,
                                      std::span<const double> labels,
                                      std::span<const int32_t> cluster_of_row,
                                      int32_t num_clusters) {
  double n = static_cast<double>(risks.size()), g = num_clusters;
  if (!std::isfinite(fit.slope) || num_clusters < 2 || n <= 2) return {kNaN, kNaN};
  std::vector<double> x = Logits(risks);
  std::vector<double> level(num_clusters), tilt(num_clusters);  // score sums by cluster
  for (size_t i = 0; i < x.size(); ++i) {
    double residual = (labels[i] > 0.5 ? 1 : 0) - Sigmoid(fit.intercept + fit.slope * x[i]);
    level[cluster_of_row[i]] += residual;
    tilt[cluster_of_row[i]] += residual * x[i];
  }
  Likelihood at = Assess(x, labels, {fit.intercept, fit.slope});
  const double* h = at.information;
  double determinant = h[0] * h[2] - h[1] * h[1];
  double slope_variance = 0, intercept_variance = 0;
  for (int32_t c = 0; c < num_clusters; ++c) {
    double intercept_pull = (h[2] * level[c] - h[1] * tilt[c]) / determinant;
    double slope_pull = (h[0] * tilt[c] - h[1] * level[c]) / determinant;
    intercept_variance += intercept_pull * intercept_pull;
    slope_variance += slope_pull * slope_pull;
  }
  double correction = g / (g - 1) * (n - 1) / (n - 2);
  return {std::sqrt(correction * slope_variance), std::sqrt(correction * intercept_variance)};
}

BrierDecomposition DecomposeBrier(const std::vector<CalibrationBin>& bins, double brier_score) {
  double rows = 0, events = 0;
  for (const CalibrationBin& bin : bins) {
    rows += static_cast<double>(bin.rows);
    events += bin.observed * static_cast<double>(bin.rows);
  }
  if (!(rows > 0)) return {kNaN, kNaN, kNaN, kNaN};
  double prevalence = events / rows;
  BrierDecomposition parts;
  for (const CalibrationBin& bin : bins) {
    double share = static_cast<double>(bin.rows) / rows;
    double miss = bin.mean_risk - bin.observed, lift = bin.observed - prevalence;
    parts.reliability += share * miss * miss;
    parts.resolution += share * lift * lift;
  }
  parts.uncertainty = prevalence * (1 - prevalence);
  parts.within_bins = brier_score - (parts.reliability - parts.resolution + parts.uncertainty);
  return parts;
}

double BrierScore(std::span<const double> risks, std::span<const double> labels) {
  if (risks.empty()) return kNaN;
  double sum = 0;
  for (size_t i = 0; i < risks.size(); ++i) {
    sum += (risks[i] - labels[i]) * (risks[i] - labels[i]);
  }
  return sum / static_cast<double>(risks.size());
}

}  // namespace codman::evaluation
