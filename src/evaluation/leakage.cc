#include "evaluation/leakage.h"

#include <cctype>
#include <cmath>
#include <utility>

#include "base/text.h"
#include "evaluation/ranked_rows.h"
#include "evaluation/row_groups.h"

namespace codman::evaluation {
namespace {

constexpr double kSingleFeatureAuroc = 0.95;
constexpr double kClockRecoveryR2 = 0.8;
// Coarse features repeat by chance (the public insurance file holds one true duplicate in 1,338
// rows); from one row in a hundred upwards it is copying.
constexpr double kDuplicateShare = 0.01;

using Findings = std::vector<Finding>;

void CheckSubjects(const LeakageFacts& facts, Findings* findings) {
  if (facts.overlapping_subjects == 0) {
    findings->push_back({"subject_overlap", Severity::kPass, "", "no subject is in two splits"});
    return;
  }
  findings->push_back(
      {"subject_overlap", Severity::kBlock, "",
       format("{} subjects are in more than one split: split by subject, never by row",
              facts.overlapping_subjects)});
}

void CheckKnownTimes(const LeakageFacts& facts, Findings* findings) {
  size_t before = findings->size();
  for (const auto& [feature, rows] : facts.future_values) {
    if (rows == 0) continue;
    findings->push_back(
        {"future_known_time", Severity::kBlock, feature,
         format("{} rows hold a value of '{}' that became known only after the prediction time: "
                "filter its events by known_time",
                rows, feature)});
  }
  if (findings->size() > before) return;
  findings->push_back({"future_known_time", Severity::kPass, "",
                       "every feature value was known at its prediction time"});
}

void CheckOutcomeDerived(const LeakageFacts& facts, Findings* findings) {
  for (const std::string& feature : facts.outcome_derived) {
    findings->push_back(
        {"outcome_derived", Severity::kBlock, feature,
         format("'{}' is made from the outcome, its ingredients or codes given after it: remove it "
                "from the features",
                feature)});
  }
  if (!facts.outcome_derived.empty()) return;
  findings->push_back({"outcome_derived", Severity::kPass, "",
                       "no feature is declared or named as made from the outcome"});
}

void CheckAuditOnly(const LeakageFacts& facts, Findings* findings) {
  for (const std::string& feature : facts.audit_only) {
    findings->push_back({"audit_only", Severity::kBlock, feature,
                         format("'{}' is declared as a subgroup, for audits only, and is an input: "
                                "remove it from the features",
                                feature)});
  }
  if (!facts.audit_only.empty()) return;
  findings->push_back(
      {"audit_only", Severity::kPass, "", "no input is declared to be for audits only"});
}

// One finding for each input made of a declared name.
struct DeclaredNames {
  const char* check;
  const std::vector<std::string>& names;
  const char* what;  // '<input>' is …
  const char* none;  // said where no input is
};

void CheckDeclaredNames(const LeakageFacts& facts, const DeclaredNames& declared,
                        Findings* findings) {
  size_t before = findings->size();
  for (const std::string& input : facts.inputs) {
    for (const std::string& name : declared.names) {
      if (!IsMadeOf(input, name)) continue;
      findings->push_back({declared.check, Severity::kBlock, input,
                           format("'{}' is made of '{}', {}: remove it from the features", input,
                                  name, declared.what)});
      break;
    }
  }
  if (findings->size() > before) return;
  if (!declared.names.empty() && facts.inputs.empty()) {
    findings->push_back({declared.check, Severity::kWarning, "",
                         "not tried: names are declared but the inputs are not known"});
    return;
  }
  findings->push_back({declared.check, Severity::kPass, "",
                       declared.names.empty() ? "the task declares none" : declared.none});
}

void CheckSingleFeatures(const LeakageFacts& facts, Findings* findings) {
  size_t before = findings->size();
  std::pair<std::string, double> strongest{"", 0};
  for (const auto& [feature, auroc] : facts.single_feature_auroc) {
    if (auroc > strongest.second) strongest = {feature, auroc};
    if (!(auroc > kSingleFeatureAuroc)) continue;
    findings->push_back(
        {"single_feature", Severity::kBlock, feature,
         format("'{}' alone reaches AUROC {:.3f} (limit {}): find out how it knows the outcome, or "
                "remove it",
                feature, auroc, kSingleFeatureAuroc)});
  }
  if (findings->size() > before) return;
  std::string message =
      strongest.first.empty()
          ? "no single feature was measured"
          : format("the strongest single feature, '{}', reaches AUROC {:.3f} (limit {})",
                   strongest.first, strongest.second, kSingleFeatureAuroc);
  Severity severity = strongest.first.empty() ? Severity::kWarning : Severity::kPass;
  findings->push_back({"single_feature", severity, "", std::move(message)});
}

Finding CheckClockRecovery(const LeakageFacts& facts) {
  Finding finding{"clock_recovery", Severity::kPass, "", ""};
  if (std::isnan(facts.clock_recovery_r2)) {
    finding.severity = facts.declared_free_of_process ? Severity::kWarning : Severity::kPass;
    finding.message =
        "not tried: whether the inputs give away the hours since admission is unknown";
    return finding;
  }
  finding.message = format("the inputs recover the hours since admission with R² {:.2f}",
                           facts.clock_recovery_r2);
  if (!facts.clock_recovered_from.empty()) {
    finding.subject = facts.clock_recovered_from;
    finding.message += format(", most of it from '{}'", facts.clock_recovered_from);
  }
  if (!facts.declared_free_of_process) {
    finding.message += "; the variant declares process features, so this is allowed";
  } else if (facts.clock_recovery_r2 > kClockRecoveryR2) {
    finding.severity = Severity::kBlock;
    finding.message += format(
        " (limit {}) although the variant is declared free of process features: remove what "
        "counts time or measurements, or withdraw the declaration",
        kClockRecoveryR2);
  }
  return finding;
}

Finding CheckClockOnly(const LeakageFacts& facts) {
  Finding finding{"clock_only", Severity::kPass, "", ""};
  if (!facts.clock_known) {
    finding.message = "the rows know no time in hospital: there is no clock to learn from";
    return finding;
  }
  if (std::isnan(facts.model_minus_clock_low) || std::isnan(facts.model_minus_clock_high)) {
    finding.severity = Severity::kWarning;
    finding.message = "not tried: no clock-only model stands beside the model";
    return finding;
  }
  finding.message = format(
      "AUROC of the model minus that of the clock alone: {:.3f} (95 % interval {:.3f} to {:.3f})",
      facts.model_minus_clock, facts.model_minus_clock_low, facts.model_minus_clock_high);
  // An interval wholly below 0 is worse than one that includes it.
  if (facts.model_minus_clock_low <= 0) {
    finding.severity = Severity::kBlock;
    finding.message += ": the model is not shown to know more than the time in hospital";
  }
  return finding;
}

void CheckTooGood(const LeakageFacts& facts, Findings* findings) {
  size_t before = findings->size();
  auto compare = [&](const char* name, double reached, double alarm) {
    if (!(reached > alarm)) return;
    findings->push_back(
        {"too_good", facts.synthetic ? Severity::kWarning : Severity::kBlock, name,
         format("{} {:.3f} lies above {:.3f}, which is too good to be true for this task{}", name,
                reached, alarm,
                facts.synthetic ? "; the data is synthetic"
                                : ": look for a leak before believing it")});
  };
  compare("AUROC", facts.auroc, facts.alarm_auroc);
  compare("utility", facts.utility, facts.alarm_utility);
  compare("R²", facts.r2, facts.alarm_r2);
  compare("macro AUROC", facts.macro_auroc, facts.alarm_macro_auroc);
  compare("accuracy", facts.accuracy, facts.alarm_accuracy);
  if (findings->size() > before) return;
  findings->push_back({"too_good", Severity::kPass, "", "no result lies above the task's alarm"});
}

Finding CheckDuplicates(const LeakageFacts& facts) {
  Finding finding{"duplicate_rows", Severity::kPass, "", ""};
  double share = facts.rows_compared > 0 ? static_cast<double>(facts.duplicate_rows_across_splits) /
                                               static_cast<double>(facts.rows_compared)
                                         : 0;
  finding.message = format("{} of {} rows stand with the same features and label in another split",
                           facts.duplicate_rows_across_splits, facts.rows_compared);
  if (facts.duplicate_rows_across_splits == 0) return finding;
  finding.severity = share > kDuplicateShare ? Severity::kBlock : Severity::kWarning;
  finding.message += ": look for patients recorded twice";
  return finding;
}

const char* NameOf(Severity severity) {
  switch (severity) {
    case Severity::kPass:
      return "pass";
    case Severity::kWarning:
      return "warning";
    case Severity::kBlock:
      return "block";
  }
  return "";
}

}  // namespace

bool IsMadeOf(std::string_view input, std::string_view declared) {
  std::string text = base::ToLower(input), word = base::ToLower(declared);
  if (word.empty()) return false;
  auto breaks = [&](size_t at) {
    return at >= text.size() || std::isalnum(static_cast<unsigned char>(text[at])) == 0;
  };
  for (size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
    if ((at == 0 || breaks(at - 1)) && breaks(at + word.size())) return true;
  }
  return false;
}

std::vector<Finding> AuditLeakage(const LeakageFacts& facts) {
  Findings findings;
  CheckSubjects(facts, &findings);
  CheckKnownTimes(facts, &findings);
  CheckOutcomeDerived(facts, &findings);
  CheckAuditOnly(facts, &findings);
  CheckDeclaredNames(
      facts,
      {"post_outcome_code", facts.post_outcome_codes, "a code that is given after the outcome",
       "no input is a code that is given after the outcome"},
      &findings);
  CheckDeclaredNames(facts,
                     {"label_ingredient", facts.label_ingredients,
                      "which the label is computed from", "no input is an ingredient of the label"},
                     &findings);
  CheckSingleFeatures(facts, &findings);
  findings.push_back(CheckClockRecovery(facts));
  findings.push_back(CheckClockOnly(facts));
  CheckTooGood(facts, &findings);
  findings.push_back(CheckDuplicates(facts));
  return findings;
}

bool Blocks(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    if (finding.severity == Severity::kBlock) return true;
  }
  return false;
}

Json ToJson(const std::vector<Finding>& findings) {
  Json list = Json::Array(std::vector<Json>{});
  for (const Finding& finding : findings) {
    Json row;
    row.Set("check", finding.check);
    row.Set("severity", NameOf(finding.severity));
    row.Set("subject", finding.subject);
    row.Set("message", finding.message);
    list.Add(std::move(row));
  }
  return list;
}

Interval PairedAurocDifference(const Predictions& rows, const std::vector<double>& a,
                               const std::vector<double>& b, int replicates, uint64_t seed) {
  RowGroups subjects(rows.subject);
  RankedRows ranked_a(a, rows.label, subjects.group_of_row());
  RankedRows ranked_b(b, rows.label, subjects.group_of_row());
  auto difference = [&](std::span<const int32_t> times) {
    return std::vector<double>{ranked_a.Judge(times).auroc - ranked_b.Judge(times).auroc};
  };
  return ClusterBootstrap(subjects.count(), replicates, seed).Intervals(difference)[0];
}

}  // namespace codman::evaluation
