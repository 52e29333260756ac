// Two models on the same patients: which is better, and is it shown?
//
// All differences are paired: both models are judged on the same redrawn subjects, so what makes a
// patient hard for both cancels.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "evaluation/predictions.h"

namespace codman::evaluation {

struct ComparisonOptions {
  std::string model = "model", other = "other";  // names for the reader
  std::vector<std::string> class_names;          // multiclass only
  int bootstrap_replicates = 200;                // cluster bootstrap by subject; 0 = no intervals
  uint64_t seed = 0;
};

// `rows` holds the model's predictions and the truth, as the reports take them; its comparators and
// subgroups are not looked at. `other` is laid out as the model's own: risks, values, or
// row-major class probabilities. Refuses what the report of the kind refuses.
//
// {kind, model, other, rows, subjects, bootstrap {replicates, seed}, measures[{name,
// higher_is_better, model, other, difference, difference_low, difference_high, verdict}]}:
// difference is model − other; verdict "better" or "worse" (the model) where its interval leaves 0
// out, else "not shown". Measures: auroc, auprc, brier; rmse, mae, r2; macro_auroc,
// hand_till_auroc, accuracy, balanced_accuracy, brier, log_loss.
//
// Binary adds delong {difference, low, high, z, p}, which takes rows as independent (delong.h).
Result<Json> CompareBinary(const Predictions& rows, const std::vector<double>& other,
                           const ComparisonOptions& options);
Result<Json> CompareRegression(const Predictions& rows, const std::vector<double>& other,
                               const ComparisonOptions& options);
Result<Json> CompareMulticlass(const Predictions& rows, const std::vector<double>& other,
                               const ComparisonOptions& options);

// The measure of a comparison that stands for it in a table: auroc, macro_auroc or r2.
const Json& HeadMeasure(const Json& comparison);

}  // namespace codman::evaluation
