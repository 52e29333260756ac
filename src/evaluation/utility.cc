#include "evaluation/utility.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/text.h"
#include "evaluation/row_groups.h"

namespace codman::evaluation {
namespace {

// Constants of the challenge's evaluate_sepsis_score.py, in hours relative to t_s.
constexpr double kOptimal = -6, kLate = 3;
constexpr double kHoursFromFirstLabel = 6, kFalseAlert = -0.05;

double AlertUtility(double d) {
  if (d > kLate) return 0;
  return d <= kOptimal ? std::max(d / 6 + 2, kFalseAlert) : (kLate - d) / 9;
}

double SilenceUtility(double d) { return d > kLate || d <= kOptimal ? 0 : -2 * (d - kOptimal) / 9; }

}  // namespace

Result<UtilityScorer> UtilityScorer::Create(std::span<const int32_t> subject,
                                            std::span<const double> labels) {
  if (subject.size() != labels.size()) {
    return base::InvalidInput(
        format("subject has {} rows but labels has {}: give one of each a row", subject.size(),
               labels.size()));
  }
  for (double label : labels) {
    if (label != 0 && label != 1) return base::InvalidInput("labels must be 0 or 1");
  }
  UtilityScorer scorer;
  scorer.alert_.resize(labels.size());
  scorer.silence_.resize(labels.size());
  scorer.best_rows_.resize(labels.size());
  RowGroups subjects(subject);
  for (int32_t s = 0; s < subjects.count(); ++s) {
    auto rows = subjects.Rows(s);
    auto first = std::find_if(rows.begin(), rows.end(), [&](int64_t r) { return labels[r] == 1; });
    bool septic = first != rows.end();
    double onset = static_cast<double>(first - rows.begin()) + kHoursFromFirstLabel;
    for (size_t t = 0; t < rows.size(); ++t) {
      double d = static_cast<double>(t) - onset;
      scorer.alert_[rows[t]] = septic ? AlertUtility(d) : kFalseAlert;
      scorer.silence_[rows[t]] = septic ? SilenceUtility(d) : 0;
      // The best action of the official scorer, alerting from −12 h to +3 h, is the better one of
      // each hour.
      scorer.best_rows_[rows[t]] = std::max(scorer.alert_[rows[t]], scorer.silence_[rows[t]]);
      scorer.best_ += scorer.best_rows_[rows[t]];
      scorer.inaction_ += scorer.silence_[rows[t]];
    }
  }
  return scorer;
}

double UtilityScorer::Observed(std::span<const uint8_t> alerts) const {
  CHECK(alerts.size() == alert_.size());
  double sum = 0;
  for (size_t row = 0; row < alerts.size(); ++row) {
    sum += alerts[row] != 0 ? alert_[row] : silence_[row];
  }
  return sum;
}

double UtilityScorer::Normalised(std::span<const uint8_t> alerts) const {
  if (best_ == inaction_) return std::numeric_limits<double>::quiet_NaN();
  return (Observed(alerts) - inaction_) / (best_ - inaction_);
}

namespace {

struct ThresholdGain {
  double threshold, gain;  // over silence
};

// Every threshold that tells rows apart, highest first, beginning with silence.
std::vector<ThresholdGain> GainsByThreshold(const UtilityScorer& scorer,
                                            std::span<const double> scores) {
  std::vector<int64_t> order(scores.size());
  std::iota(order.begin(), order.end(), int64_t{0});
  std::sort(order.begin(), order.end(),
            [&](int64_t a, int64_t b) { return scores[a] > scores[b]; });
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (scores.empty()) return {{kInfinity, 0}};
  std::vector<ThresholdGain> gains = {{std::nextafter(scores[order.front()], kInfinity), 0}};
  double gain = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    gain += scorer.Gain(order[i]);
    bool last_of_tie = i + 1 == order.size() || scores[order[i]] != scores[order[i + 1]];
    if (last_of_tie) gains.push_back({scores[order[i]], gain});
  }
  return gains;
}

}  // namespace

double ThresholdOfBestUtility(const UtilityScorer& scorer, std::span<const double> scores) {
  return ThresholdKeepingUtility(scorer, scores, 1);
}

double ThresholdKeepingUtility(const UtilityScorer& scorer, std::span<const double> scores,
                               double share) {
  auto gains = GainsByThreshold(scorer, scores);
  double best = 0;
  for (const auto& at : gains) best = std::max(best, at.gain);
  return std::find_if(gains.begin(), gains.end(),
                      [&](const ThresholdGain& at) { return at.gain >= share * best; })
      ->threshold;
}

}  // namespace codman::evaluation
