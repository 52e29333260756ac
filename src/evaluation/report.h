// The evaluation report of ml.md 3: JSON for machines and diffs, one self-contained HTML page for people.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "evaluation/predictions.h"

namespace codman::evaluation {

struct ReportOptions {
  std::string title;                   // "sepsis / process, held-out patients"
  double threshold = 0.5;              // declared operating point: alert where risk >= threshold
  std::string threshold_rule;          // how it was chosen ("maximises utility on tuning")
  double horizon_hours = 6;            // of the task
  double silence_hours = 6;            // after an alert no second one is counted within this time
  bool physionet_utility = false;      // the 2019 challenge's score (sepsis)
  int bootstrap_replicates = 200;      // cluster bootstrap by subject; 0 = no intervals
  uint64_t seed = 0;
  bool synthetic = false;              // prints the "synthetic data: no claim of accuracy" line
  // What else belongs on the page, in order: rows of {"label","value"} or {"label","text"} (cohort flow, data, model).
  Json context;
};

// Refuses, by name: vectors of unequal length, a label that is not 0/1, a risk outside [0, 1], only one class.
//
// Members of the report: rows, subjects, events, prevalence, discrimination {auroc, auprc, with low/high}, brier
// {value, skill}, calibration {slope, intercept, ece, curve[]}, operating_point {threshold, rule, sensitivity,
// specificity, ppv, npv, f1, tp, fp, tn, fn}, utility {value, low, high, at}, alert_burden {…}, decision_curve[],
// roc[], pr[] (thinned to at most 200 points), subgroups[], comparators[] (each with auroc, utility at its own best
// threshold on these rows' tuning rule, and the paired bootstrap interval of the difference), warnings[].
Result<Json> Evaluate(const Predictions& predictions, const ReportOptions& options);

// The same report as one HTML page without outside references: inline SVG charts (ROC, PR, calibration with histogram,
// decision curve, alert burden), tables beneath each chart, light and dark, prints well.
std::string RenderHtml(const Json& report);

}  // namespace codman::evaluation
