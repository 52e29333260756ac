// The operating point at a site whose outcomes are not known: the threshold that alerts as often
// there as it does at home.
//
// Risks of a model moved to another hospital shift with its case mix and its habits of measuring;
// the alert rate a ward accepted does not. Labels are never used to choose, only, where they are
// known, to judge. Alert where risk >= threshold, everywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "evaluation/predictions.h"
#include "evaluation/row_groups.h"

namespace codman::evaluation {

// Share of risks at or above the threshold; NaN without risks.
double AlertRate(std::span<const double> risks, double threshold);

// The distinct risk at which the alert rate comes nearest to `rate` (of equals the higher
// threshold); the next number above the highest risk, silence, where that comes nearer. Refuses no
// risks, risks that are not finite and a rate outside [0, 1].
Result<double> ThresholdForAlertRate(std::span<const double> risks, double rate);

// The highest risk of each encounter: it alerts at least once where this is at or above the
// threshold. With these in place of rows the functions here speak of encounters alerted.
std::vector<double> HighestRisks(std::span<const double> risks, const RowGroups& encounters);

// Keeps the share of rows that alert at the source.
Result<double> TransferThreshold(std::span<const double> source_risks, double source_threshold,
                                 std::span<const double> target_risks);

struct TransferOptions {
  double source_threshold = 0.5;
  // The source threshold whose alert rate is kept; the same where absent. One that alerts less
  // gives away a little at home and stays out of harm where events turn out to be fewer. It is also
  // judged as it is, without its rate.
  std::optional<double> cautious_threshold;
  bool per_encounter = false;      // keeps the share of encounters with an alert, not that of rows
  bool physionet_utility = false;  // also judge by the 2019 challenge's score
  int bootstrap_replicates = 200;  // by subject of the target; 0 = no intervals
  uint64_t seed = 0;
};

// What moving costs and what the transfer wins back, judged on a labelled target site: {per,
// source_alert_rate (that is kept), at_source_threshold, at_transferred_threshold,
// at_cautious_threshold (where given), difference}, the at_… {threshold, alert_rate,
// encounter_alert_rate, sensitivity, ppv, utility} with intervals x_low and x_high, `difference` of
// the same five measures, transferred minus source, paired. utility is null unless asked for.
// Refuses risks outside [0, 1], labels other than 0/1 and vectors of unequal length; a target
// without an event has no sensitivity.
Result<Json> JudgeThresholdTransfer(const Predictions& source, const Predictions& target,
                                    const TransferOptions& options);

}  // namespace codman::evaluation
