// Decision curve analysis (Vickers & Elkin, Med Decis Making 26:565–574, 2006): is acting on the
// model at a risk threshold worth more than treating everybody or nobody?
#pragma once

#include <span>
#include <vector>

namespace codman::evaluation {

// Net benefit per row: TP/n − FP/n · t/(1 − t). Treating nobody has net benefit 0 at every
// threshold.
struct NetBenefit {
  double threshold = 0, model = 0, treat_all = 0;
};

// One entry a threshold, in their order; thresholds in (0, 1). Acts where risk >= threshold.
std::vector<NetBenefit> DecisionCurve(std::span<const double> risks, std::span<const double> labels,
                                      std::span<const double> thresholds);

// 50 equal steps over the range in which a decision is plausible: up to five times the prevalence
// or twice the operating threshold, whichever is more, at least 0.01 and at most 0.95.
std::vector<double> DecisionThresholds(double prevalence, double operating_threshold);

}  // namespace codman::evaluation
