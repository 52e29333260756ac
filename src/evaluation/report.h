// The evaluation report of ml.md 3: JSON for machines and diffs, one self-contained HTML page for
// people.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "evaluation/predictions.h"

namespace codman::evaluation {

struct ReportOptions {
  std::string title;               // "sepsis / process, held-out patients"
  double threshold = 0.5;          // declared operating point: alert where risk >= threshold
  std::string threshold_rule;      // how it was chosen ("maximises utility on tuning")
  double horizon_hours = 6;        // of the task
  double silence_hours = 6;        // after an alert no second one is counted within this time
  bool physionet_utility = false;  // the 2019 challenge's score (sepsis)
  int bootstrap_replicates = 200;  // cluster bootstrap by subject; 0 = no intervals
  uint64_t seed = 0;
  std::vector<std::string> class_names;  // multiclass: one a class, at least two
  std::string unit;                      // regression: of the truth ("USD")
  double interval_coverage = 0.9;        // regression: what lower … upper promise
  bool synthetic = false;                // prints the "synthetic data: no claim of accuracy" line
  // What else belongs on the page, in order: rows of {"label","value"} or {"label","text"} (cohort
  // flow, data, model).
  Json context;
};

// Refuses, by name: vectors of unequal length, a label that is not 0/1, a risk outside [0, 1], a
// comparator score that is not finite, only one class, an encounter of two subjects, time going
// back within an encounter. `encounter` may be empty (each subject is one); without `time_us` there
// is no alert_burden.
//
// Members of the report, flat numbers throughout; an interval of x stands beside it as x_low and
// x_high (95 %, cluster bootstrap by subject; null where there is none): kind ("binary"), title,
// synthetic, context, rows, subjects, encounters, events, event_subjects, prevalence, bootstrap
// {replicates, seed}, discrimination {auroc, auprc, auroc_delong_low, auroc_delong_high (delong.h:
// rows as independent)}, brier {value, low, high, skill, skill_low, skill_high, reliability,
// resolution, uncertainty, within_bins (calibration.h)}, calibration {slope, intercept (intervals
// cluster-robust), in_the_large, ece, curve[{mean_risk, observed, low, high, rows}], histogram
// {upper, counts[]}}, operating_point {threshold, rule, sensitivity, specificity, ppv, npv, f1, tp,
// fp, tn, fn} over rows, utility {value, low, high, at} (null unless physionet_utility; by
// encounter), alert_burden {horizon_hours, silence_hours, event_encounters, patient_days,
// every_alert, first_alert, silenced, curve[]} with policies {threshold, alerts, right_alerts,
// per_100_patient_days, per_100_encounters, ppv, sensitivity, ppv_any_time, sensitivity_any_time,
// median_lead_hours, dated_encounters} and curve entries {threshold, first_alert, silenced},
// decision_curve[{threshold, model, treat_all}], roc[{threshold, x, y}], pr[] (at most 200 points
// each), subgroups[{column, level, rows, events, subjects, event_subjects, auroc, mean_risk,
// observed, in_the_large, alert_rate, sensitivity, ppv}], subgroup_gaps[{column, measure, value,
// low, high}] (subgroups.h), comparators[{name, auroc, auprc, difference, best_utility,
// best_threshold}] (difference: AUROC of the model minus the comparator's, paired; best_utility: at
// the threshold best on these very rows, so optimistic), warnings[].
Result<Json> Evaluate(const Predictions& predictions, const ReportOptions& options);

// The report of a regression: `risk` holds the predicted values and `label` the truths, both any
// finite number; comparators likewise. threshold, horizon_hours, silence_hours and
// physionet_utility of the options mean nothing here.
//
// Members beside kind ("regression"), title, synthetic, context, rows, subjects, bootstrap and
// warnings: unit, regression {rmse, mae, median_absolute_error, r2, bias, mean_observed,
// sd_observed}, interval {nominal, coverage, mean_width} (null without bounds),
// deciles[{mean_predicted, mean_observed, coverage, mean_width, rows}], scatter {low, high,
// cells[{predicted, observed, rows}]} (rows counted in a grid: no row's own numbers leave the
// report), residuals {from, to, counts[]} (predicted − truth; the outermost bars hold all beyond),
// subgroups[{column, level, rows, subjects, mean_predicted, mean_observed, rmse, mae, r2, bias,
// coverage}], subgroup_gaps[{column, measure, value, low, high}] (of rmse, bias, coverage),
// comparators[{name, rmse, mae, r2, difference, rmse_difference}] (model minus comparator, paired;
// difference: of R²).
Result<Json> EvaluateRegression(const Predictions& predictions, const ReportOptions& options);

// The report of predictions over options.class_names.size() classes; see Predictions.
//
// Members beside kind ("multiclass"), title, synthetic, context, rows, subjects, bootstrap and
// warnings: multiclass {macro_auroc, hand_till_auroc, accuracy, balanced_accuracy, brier,
// log_loss}, confusion[][] (rows by truth, columns by prediction), classes[{name, rows, subjects,
// prevalence, sensitivity, ppv, discrimination {auroc}, calibration (as in the binary report, one
// class against the rest), roc[]}], subgroups[{column, level, rows, subjects, macro_auroc,
// accuracy, balanced_accuracy}], subgroup_gaps[{column, measure, value, low, high}],
// comparators[{name, macro_auroc, accuracy, balanced_accuracy, difference}] (difference: of macro
// AUROC, paired).
Result<Json> EvaluateMulticlass(const Predictions& predictions, const ReportOptions& options);

// The same report, of any kind, as one HTML page without outside references: inline SVG charts
// (ROC, PR, calibration with histogram, decision curve, alert burden; predicted against observed,
// residuals, coverage; confusion matrix, curves by class), tables beneath each chart, light and
// dark, prints well. The members "leakage" (ToJson of leakage.h), "threshold_transfer"
// (JudgeThresholdTransfer) and "ablation" ([{kind, name, inputs, without, alone}], the last two of
// comparison.h), "learning_curve" ({measure, points[{share, subjects, value, lost}],
// left_out[{share, why}]}, value and lost with _low and _high) and "search" ([{measure, folds,
// patients, grid_size, of, tried[{settings, loss, chosen}]}]), put there by whoever made them, are
// shown as well. Absent members leave their section out.
std::string RenderHtml(const Json& report);

}  // namespace codman::evaluation
