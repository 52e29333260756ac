// How far predicted risks are from observed frequencies.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace codman::evaluation {

struct CalibrationBin {
  double mean_risk = 0, observed = 0, low = 0, high = 0;  // Wilson 95 % interval of `observed`
  int64_t rows = 0;
};

struct Calibration {
  // Logistic regression of the label on logit(risk): slope 1 and intercept 0 are perfect (Cox 1958;
  // Van Calster 2016). NaN where the fit does not exist: one class, one risk only, or classes the
  // risk separates (Albert & Anderson 1984).
  double slope = 0, intercept = 0;
  double in_the_large = 0;           // intercept with the slope fixed at 1; NaN with one class
  double ece = 0;                    // expected calibration error over the bins
  std::vector<CalibrationBin> bins;  // at most 10, of equal row counts (ties together)
};

// risks in [0, 1] are clamped to [1e-12, 1 − 1e-12] for the logit. Newton's method to 1e-12;
// deterministic.
Calibration Calibrate(std::span<const double> risks, std::span<const double> labels);

// The member bins alone.
std::vector<CalibrationBin> CalibrationBins(std::span<const double> risks,
                                            std::span<const double> labels);
// The member in_the_large alone.
double CalibrationInTheLarge(std::span<const double> risks, std::span<const double> labels);

// Standard errors of slope and intercept that allow for rows of one cluster being alike: the
// sandwich of Liang & Zeger (Biometrika 73:13–22, 1986) with the usual correction G/(G − 1)·(N −
// 1)/(N − 2). NaN where the fit does not exist or there is one cluster only. cluster_of_row: dense,
// 0 ≤ c < num_clusters.
struct CalibrationErrors {
  double slope = 0, intercept = 0;
};
CalibrationErrors ClusterRobustErrors(const Calibration& fit, std::span<const double> risks,
                                      std::span<const double> labels,
                                      std::span<const int32_t> cluster_of_row,
                                      int32_t num_clusters);

// Murphy (J Appl Meteorol 12:595–600, 1973) over the bins of the curve: score = reliability −
// resolution + uncertainty + within_bins. Reliability is best at 0, resolution at uncertainty;
// within_bins is what binning leaves (Stephenson, Coelho & Jolliffe, Weather Forecast 23:752,
// 2008).
struct BrierDecomposition {
  double reliability = 0, resolution = 0, uncertainty = 0, within_bins = 0;
};
BrierDecomposition DecomposeBrier(const std::vector<CalibrationBin>& bins, double brier_score);

double BrierScore(std::span<const double> risks, std::span<const double> labels);

}  // namespace codman::evaluation
