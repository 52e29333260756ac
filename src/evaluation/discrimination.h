// Discrimination of binary predictions. Ties count half (AUROC) and are taken together (AUPRC).
// Labels are 0/1; `scores` and `labels` have equal length. Values equal scikit-learn's
// roc_auc_score and average_precision_score to 1e-12.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace codman::evaluation {

// NaN where a class is absent. Area under the receiver operating characteristic (Mann–Whitney).
double Auroc(std::span<const double> scores, std::span<const double> labels);
// The same with a non-negative weight per row.
double WeightedAuroc(std::span<const double> scores, std::span<const double> labels,
                     std::span<const double> weights);
// Average precision: Σ (R_n − R_{n−1}) P_n over distinct thresholds, descending.
double Auprc(std::span<const double> scores, std::span<const double> labels);

struct CurvePoint {
  double threshold = 0, x = 0, y = 0;
};
// (false positive rate, true positive rate), thinned to at most `max_points`, ends kept.
std::vector<CurvePoint> RocCurve(std::span<const double> scores, std::span<const double> labels,
                                 int max_points);
// (recall, precision).
std::vector<CurvePoint> PrCurve(std::span<const double> scores, std::span<const double> labels,
                                int max_points);

}  // namespace codman::evaluation
