#include "evaluation/leakage.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace codman::evaluation {
namespace {

// A sound training run.
LeakageFacts CleanFacts() {
  LeakageFacts facts;
  facts.future_values = {{"heart_rate_last", 0}};
  facts.inputs = {"heart_rate_last", "age", "lactated_ringer_sum_24h"};
  facts.post_outcome_codes = {"A41.9", "discharge_disposition"};
  facts.label_ingredients = {"lactate", "sofa"};
  facts.r2 = 0.86;
  facts.alarm_r2 = 0.92;
  facts.macro_auroc = 0.88;
  facts.alarm_macro_auroc = 0.97;
  facts.accuracy = 0.8;
  facts.alarm_accuracy = 0.95;
  facts.single_feature_auroc = {{"heart_rate_last", 0.61}, {"age", 0.55}};
  facts.rows_compared = 1000;
  facts.clock_recovery_r2 = 0.5;
  facts.declared_free_of_process = true;
  facts.model_minus_clock = 0.1;
  facts.model_minus_clock_low = 0.08;
  facts.model_minus_clock_high = 0.12;
  facts.auroc = 0.82;
  facts.utility = 0.41;
  facts.alarm_auroc = 0.9;
  facts.alarm_utility = 0.5;
  return facts;
}

const Finding* WorstOf(const std::vector<Finding>& findings, const std::string& check) {
  const Finding* worst = nullptr;
  for (const Finding& finding : findings) {
    if (finding.check == check && (worst == nullptr || finding.severity > worst->severity))
      worst = &finding;
  }
  return worst;
}

const char* const kChecks[] = {"subject_overlap",   "future_known_time", "outcome_derived",
                               "post_outcome_code", "label_ingredient",  "single_feature",
                               "clock_recovery",    "clock_only",        "too_good",
                               "duplicate_rows",    "audit_only"};

TEST(AuditLeakage, PassesEveryCheckOfASoundRun) {
  auto findings = AuditLeakage(CleanFacts());
  EXPECT_FALSE(Blocks(findings));
  EXPECT_EQ(findings.size(), 11u);
  for (const char* check : kChecks) {
    ASSERT_NE(WorstOf(findings, check), nullptr) << check;
    EXPECT_EQ(WorstOf(findings, check)->severity, Severity::kPass) << check;
  }
}

struct Planted {
  const char* check;
  Severity severity;
  const char* subject;
  std::function<void(LeakageFacts*)> plant;
};

TEST(AuditLeakage, FindsEachPlantedLeakAndNothingElse) {
  const Planted kCases[] = {
      {"subject_overlap", Severity::kBlock, "", [](auto* f) { f->overlapping_subjects = 1; }},
      {"future_known_time", Severity::kBlock, "lactate_last",
       [](auto* f) { f->future_values["lactate_last"] = 3; }},
      {"audit_only", Severity::kBlock, "race", [](auto* f) { f->audit_only = {"race"}; }},
      {"outcome_derived", Severity::kBlock, "sepsis_code",
       [](auto* f) { f->outcome_derived = {"sepsis_code"}; }},
      {"post_outcome_code", Severity::kBlock, "dx:ICD10/a41.9_count",
       [](auto* f) { f->inputs.push_back("dx:ICD10/a41.9_count"); }},
      {"post_outcome_code", Severity::kBlock, "discharge_disposition",
       [](auto* f) { f->inputs.push_back("discharge_disposition"); }},
      {"label_ingredient", Severity::kBlock, "lactate_last_24h",
       [](auto* f) { f->inputs.push_back("lactate_last_24h"); }},
      {"single_feature", Severity::kBlock, "ward_note",
       [](auto* f) { f->single_feature_auroc["ward_note"] = 0.951; }},
      {"clock_recovery", Severity::kBlock, "", [](auto* f) { f->clock_recovery_r2 = 0.81; }},
      {"clock_recovery", Severity::kWarning, "", [](auto* f) { f->clock_recovery_r2 = NAN; }},
      {"clock_only", Severity::kBlock, "", [](auto* f) { f->model_minus_clock_low = -0.001; }},
      {"clock_only", Severity::kBlock, "",
       [](auto* f) { f->model_minus_clock_low = -0.2, f->model_minus_clock_high = -0.1; }},
      {"clock_only", Severity::kWarning, "", [](auto* f) { f->model_minus_clock_low = NAN; }},
      {"too_good", Severity::kBlock, "AUROC", [](auto* f) { f->auroc = 0.901; }},
      {"too_good", Severity::kBlock, "utility", [](auto* f) { f->utility = 0.501; }},
      {"too_good", Severity::kBlock, "R²", [](auto* f) { f->r2 = 0.921; }},
      {"too_good", Severity::kBlock, "macro AUROC", [](auto* f) { f->macro_auroc = 0.971; }},
      {"too_good", Severity::kBlock, "accuracy", [](auto* f) { f->accuracy = 0.951; }},
      {"duplicate_rows", Severity::kBlock, "",
       [](auto* f) { f->duplicate_rows_across_splits = 11; }},
      {"duplicate_rows", Severity::kWarning, "",
       [](auto* f) { f->duplicate_rows_across_splits = 10; }},
  };
  for (const Planted& planted : kCases) {
    LeakageFacts facts = CleanFacts();
    planted.plant(&facts);
    auto findings = AuditLeakage(facts);
    const Finding* found = WorstOf(findings, planted.check);
    ASSERT_NE(found, nullptr) << planted.check;
    EXPECT_EQ(found->severity, planted.severity) << planted.check << ": " << found->message;
    EXPECT_EQ(found->subject, planted.subject);
    EXPECT_EQ(Blocks(findings), planted.severity == Severity::kBlock) << planted.check;
    for (const char* other : kChecks) {
      if (other == std::string(planted.check)) continue;
      EXPECT_EQ(WorstOf(findings, other)->severity, Severity::kPass) << other;
    }
  }
}

TEST(AuditLeakage, WarnsWhereNamesAreDeclaredButInputsUnknown) {
  LeakageFacts facts = CleanFacts();
  facts.inputs.clear();
  auto findings = AuditLeakage(facts);
  EXPECT_EQ(WorstOf(findings, "label_ingredient")->severity, Severity::kWarning);
  EXPECT_FALSE(Blocks(findings));
  facts.label_ingredients.clear();  // nothing declared, nothing to look for
  EXPECT_EQ(WorstOf(AuditLeakage(facts), "label_ingredient")->severity, Severity::kPass);
}

TEST(IsMadeOf, ComparesWholeWords) {
  EXPECT_TRUE(IsMadeOf("lactate", "Lactate"));
  EXPECT_TRUE(IsMadeOf("max_lactate_6h", "lactate"));
  EXPECT_TRUE(IsMadeOf("dx:ICD10/A41.9", "A41.9"));
  EXPECT_TRUE(IsMadeOf("ablactate_lactate", "lactate"));  // the second occurrence
  EXPECT_FALSE(IsMadeOf("lactated_ringer", "lactate"));
  EXPECT_FALSE(IsMadeOf("A41.90", "A41.9"));
  EXPECT_FALSE(IsMadeOf("anything", ""));
}

TEST(AuditLeakage, LetsAVariantThatDeclaresItsClockKeepIt) {
  LeakageFacts facts = CleanFacts();
  facts.declared_free_of_process = false;
  facts.clock_recovery_r2 = 0.99;
  EXPECT_FALSE(Blocks(AuditLeakage(facts)));
}

TEST(AuditLeakage, OnlyWarnsOfGoodResultsOnSyntheticData) {
  LeakageFacts facts = CleanFacts();
  facts.auroc = 0.99;
  facts.synthetic = true;
  auto findings = AuditLeakage(facts);
  EXPECT_EQ(WorstOf(findings, "too_good")->severity, Severity::kWarning);
  EXPECT_FALSE(Blocks(findings));
}

TEST(AuditLeakage, ToJsonNamesCheckSeveritySubjectAndMessage) {
  LeakageFacts facts = CleanFacts();
  facts.outcome_derived = {"death_code"};
  Json list = ToJson(AuditLeakage(facts));
  bool found = false;
  for (const Json& row : list.items()) {
    if (row["check"].AsString() != "outcome_derived") continue;
    found = true;
    EXPECT_EQ(row["severity"].AsString(), "block");
    EXPECT_EQ(row["subject"].AsString(), "death_code");
    EXPECT_NE(row["message"].AsString().find("remove it"), std::string::npos);
  }
  EXPECT_TRUE(found);
}

TEST(PairedAurocDifference, IsExactWhereEveryDrawAgrees) {
  Predictions rows;
  std::vector<double> right, wrong;
  for (int i = 0; i < 60; ++i) {
    rows.subject.push_back(i / 2);
    rows.label.push_back(i % 2);
    right.push_back(i % 2);
    wrong.push_back(1 - i % 2);
  }
  // Each subject holds both classes, so each draw has AUROC 1 for one and 0 for the other.
  Interval apart = PairedAurocDifference(rows, right, wrong, 50, 1);
  EXPECT_EQ(apart.value, 1);
  EXPECT_EQ(apart.low, 1);
  EXPECT_EQ(apart.high, 1);
  Interval same = PairedAurocDifference(rows, right, right, 50, 1);
  EXPECT_EQ(same.low, 0);
  EXPECT_EQ(same.high, 0);
}

TEST(PairedAurocDifference, IsMuchNarrowerThanItsPartsWhereTheScoresAgree) {
  Predictions rows;
  std::vector<double> a, b;
  for (int i = 0; i < 400; ++i) {
    rows.subject.push_back(i);
    rows.label.push_back(i % 4 == 0 ? 1 : 0);
    double score = (i * 37 % 101) + (i % 4 == 0 ? 30 : 0);
    a.push_back(score);
    b.push_back(score + (i % 50 == 0 ? 10 : 0));
  }
  std::vector<double> none(400, 0.0);  // AUROC 0.5 in every draw: the width of a's own interval
  Interval paired = PairedAurocDifference(rows, a, b, 200, 1),
           alone = PairedAurocDifference(rows, a, none, 200, 1);
  EXPECT_LT(paired.high - paired.low, (alone.high - alone.low) / 3);
}

}  // namespace
}  // namespace codman::evaluation
