// The PhysioNet/CinC 2019 normalised utility (Reyna et al., Crit Care Med 48(2):210–217, 2020).
//
// For a septic subject t_s = (index of the first label 1) + 6 hours, d = t − t_s, hours with d > 3
// count nothing: alert: max(d/6 + 2, −0.05) for d ≤ −6, (3 − d)/9 for −6 < d ≤ 3; silence: 0 for d
// ≤ −6, −2(d + 6)/9 after. For others an alert is −0.05. Score = (observed − inaction) / (best −
// inaction). Rows of a subject are consecutive hours in order; the index counts rows, as the
// official scorer does.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace codman::evaluation {

class UtilityScorer {
 public:
  // subject: 0-based subject of each row; labels: 0/1 by row.
  static Result<UtilityScorer> Create(std::span<const int32_t> subject,
                                      std::span<const double> labels);

  // Unnormalised sum for alerts[i] (row i).
  double Observed(std::span<const uint8_t> alerts) const;
  // NaN where no subject is septic: then there is nothing to gain.
  double Normalised(std::span<const uint8_t> alerts) const;
  double best() const { return best_; }
  double inaction() const { return inaction_; }
  // What alerting adds to the sum at row i, compared with silence there.
  double Gain(int64_t row) const { return alert_[row] - silence_[row]; }
  double AlertValue(int64_t row) const { return alert_[row]; }
  double SilenceValue(int64_t row) const { return silence_[row]; }
  double BestValue(int64_t row) const { return best_rows_[row]; }

 private:
  std::vector<double> alert_, silence_, best_rows_;
  double best_ = 0, inaction_ = 0;
};

// The threshold (alert where score >= threshold) with the highest utility on these rows; of equals
// the highest one. Where no alert pays, the next number above the highest score: silence. One pass
// over the sorted scores.
double ThresholdOfBestUtility(const UtilityScorer& scorer, std::span<const double> scores);

// The highest threshold that gains at least `share` (in [0, 1]) of what the best one gains over
// silence. The top of the curve is flat: a little less is had for far fewer alerts.
double ThresholdKeepingUtility(const UtilityScorer& scorer, std::span<const double> scores,
                               double share);

}  // namespace codman::evaluation
