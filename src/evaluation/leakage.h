// The leakage audit of ml.md 4: what would make a model look better than it will be. Training fits
// the probe models and gathers the facts; this judges them. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "evaluation/bootstrap.h"
#include "evaluation/predictions.h"

namespace codman::evaluation {

enum class Severity { kPass, kWarning, kBlock };

struct Finding {
  std::string check;  // "subject_overlap", "future_known_time", "outcome_derived", "audit_only",
                      // "post_outcome_code", "label_ingredient", "single_feature",
                      // "clock_recovery", "clock_only", "too_good", "duplicate_rows"
  Severity severity = Severity::kPass;
  std::string subject;  // the feature or split concerned; "" where it is the whole
  std::string message;  // what was found, with numbers, and what to do
};

// Facts that training hands in.
struct LeakageFacts {
  // Subjects seen in more than one split.
  int64_t overlapping_subjects = 0;
  // Feature rows holding a value known only after the prediction time, by feature.
  std::map<std::string, int64_t> future_values;
  // Features declared or named as made from the outcome or its ingredients.
  std::vector<std::string> outcome_derived;
  // Features that bear the name of a column declared for audits only (race).
  std::vector<std::string> audit_only;
  // Names of the model's inputs, for the two lists below; expansions may follow the name
  // ("lactate_last_24h" is made of "lactate").
  std::vector<std::string> inputs;
  // Declared by the task: codes given after the outcome (discharge, billing, autopsy), and what the
  // label is computed from. An input made of one of them blocks.
  std::vector<std::string> post_outcome_codes, label_ingredients;
  // AUROC of each single feature on held-out rows (missing as its own level, best direction).
  std::map<std::string, double> single_feature_auroc;
  // Identical feature rows with the same label found in two splits, and rows compared.
  int64_t duplicate_rows_across_splits = 0, rows_compared = 0;
  // R² with which a model on the inputs recovers hours since admission on held-out rows; NaN where
  // not tried.
  double clock_recovery_r2 = 0;
  std::string clock_recovered_from;       // the input that tells most of it; "" where not tried
  bool declared_free_of_process = false;  // the variant claims to hold no clock
  // Paired bootstrap interval of AUROC (model − clock-only) on held-out rows.
  bool clock_known = true;  // rows know an hour; else there is no clock to compare with
  double model_minus_clock = 0, model_minus_clock_low = 0, model_minus_clock_high = 0;
  double auroc = 0, utility = 0;  // of the model on held-out rows; NaN where not defined
  double alarm_auroc = 1, alarm_utility = 1;  // declared in the task: above is too good to be true
  // The same for regression and several classes.
  double r2 = 0, macro_auroc = 0, accuracy = 0;
  double alarm_r2 = 1, alarm_macro_auroc = 1, alarm_accuracy = 1;
  bool synthetic = false;  // alarms are warnings only
};

// Whether an input's name is `declared`, or holds it as whole words between anything but letters
// and digits, whatever the case: "dx:ICD10/A41.9" holds "A41.9", "lactated_ringer" does not hold
// "lactate".
bool IsMadeOf(std::string_view input, std::string_view declared);

std::vector<Finding> AuditLeakage(const LeakageFacts& facts);
bool Blocks(const std::vector<Finding>& findings);
Json ToJson(const std::vector<Finding>& findings);

// Paired cluster bootstrap by subject of AUROC(a) − AUROC(b): point, low and high of the 95 %
// interval.
Interval PairedAurocDifference(const Predictions& rows, const std::vector<double>& a,
                               const std::vector<double>& b, int replicates, uint64_t seed);

}  // namespace codman::evaluation
