// The shipped declaration: clinic/features/sepsis_42.yaml compiles, and its derived features follow
// their guidelines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/file.h"
#include "base/text.h"
#include "base/yaml.h"
#include "features/feature_set.h"
#include "features/kernel.h"

namespace codman::features {
namespace {

constexpr int64_t kHour = int64_t{3600} * 1000000;
const std::string kSet = CODMAN_SOURCE_DIR "/clinic/features/sepsis_42.yaml";

// The concepts that the set reads, with the units of design/concepts.md, for a checkout whose
// clinic has none.
events::Concepts InlineConcepts() {
  const std::pair<const char*, const char*> kUnits[] = {{"heart_rate", "/min"},
                                                        {"spo2", "%"},
                                                        {"temperature", "Cel"},
                                                        {"sbp", "mm[Hg]"},
                                                        {"map", "mm[Hg]"},
                                                        {"dbp", "mm[Hg]"},
                                                        {"resp_rate", "/min"},
                                                        {"etco2", "mm[Hg]"},
                                                        {"base_excess", "mmol/L"},
                                                        {"bicarbonate", "mmol/L"},
                                                        {"fio2", "1"},
                                                        {"ph", "[pH]"},
                                                        {"paco2", "mm[Hg]"},
                                                        {"sao2", "%"},
                                                        {"ast", "U/L"},
                                                        {"bun", "mg/dL"},
                                                        {"alp", "U/L"},
                                                        {"calcium", "mg/dL"},
                                                        {"chloride", "mmol/L"},
                                                        {"creatinine", "mg/dL"},
                                                        {"bilirubin_direct", "mg/dL"},
                                                        {"glucose", "mg/dL"},
                                                        {"lactate", "mmol/L"},
                                                        {"magnesium", "mg/dL"},
                                                        {"phosphate", "mg/dL"},
                                                        {"potassium", "mmol/L"},
                                                        {"bilirubin_total", "mg/dL"},
                                                        {"troponin_i", "ng/mL"},
                                                        {"hematocrit", "%"},
                                                        {"hemoglobin", "g/dL"},
                                                        {"aptt", "s"},
                                                        {"wbc", "10*3/uL"},
                                                        {"fibrinogen", "mg/dL"},
                                                        {"platelets", "10*3/uL"},
                                                        {"age", "a"},
                                                        {"sex", "1"},
                                                        {"icu_admission", "1"}};
  std::string text = "concepts:\n";
  for (auto [name, unit] : kUnits) {
    text += format("  - {{name: {}, codes: [], unit: \"{}\", range: [-100, 4000]}}\n", name, unit);
  }
  auto document = base::ParseYaml(text, "concepts.yaml");
  return events::Concepts::FromDocuments({{"concepts.yaml", *document}}).value();
}

// Expects what features.md 2 says of the set.
void ExpectSepsis42(const events::Concepts& concepts) {
  auto set = FeatureSet::Load(kSet, concepts);
  ASSERT_TRUE(set.ok()) << set.error().ToString();
  EXPECT_EQ(set->name(), "sepsis_42");
  auto base = set->Compile({}).value();
  EXPECT_EQ(base->columns().size(), 42u);
  EXPECT_EQ(base->concepts_used().size(), 36u);
  auto signals = set->Compile({"signals"}).value();
  EXPECT_EQ(signals->columns().size(), 42u + 34 * 7);
  EXPECT_EQ(signals->columns()[42].name, "heart_rate_is_missing_6h");
  EXPECT_EQ(signals->columns().back().name, "platelets_change_6h");
  auto recent = set->Compile({"signals", "recent"}).value();
  EXPECT_EQ(recent->columns().size(), 42u + 34 * 7 + 34 + 8 * 9);
  EXPECT_EQ(recent->columns().back().name, "fio2_change_3h");
  auto all = set->Compile({"signals", "process"}).value();
  EXPECT_EQ(all->columns().size(), 42u + 34 * 7 + 1 + 34 * 6);
  EXPECT_EQ(all->contract().size(), 43u);
  EXPECT_TRUE(all->contract()[42].process);
  const ContractFeature& sofa =
      base->contract()[static_cast<size_t>(base->FindContract("partial_sofa"))];
  EXPECT_EQ(sofa.high, 13);
}

TEST(Sepsis42Test, CompilesToItsColumns) { ExpectSepsis42(InlineConcepts()); }

TEST(Sepsis42Test, CompilesWithTheClinicsOwnConcepts) {
  const std::string folder = CODMAN_SOURCE_DIR "/clinic/concepts";
  auto entries = base::ListFolder(folder);
  if (!entries.ok() || entries->empty()) GTEST_SKIP() << "the clinic declares no concepts";
  auto concepts = events::Concepts::Load(folder);
  ASSERT_TRUE(concepts.ok()) << concepts.error().ToString();
  ExpectSepsis42(*concepts);
}

// Hand calculation; the same by form and by history.
TEST(Sepsis42Test, FormAndHistoryAgree) {
  events::Concepts concepts = InlineConcepts();
  auto plan = FeatureSet::Load(kSet, concepts)->Compile({}).value();
  const std::pair<const char*, double> kGiven[] = {
      {"heart_rate", 120},   {"sbp", 96},  {"map", 65},   {"resp_rate", 24},
      {"temperature", 38.6}, {"spo2", 94}, {"fio2", 0.4}, {"platelets", 90},
      {"creatinine", 2.4},   {"bun", 48}};
  const std::pair<const char*, double> kExpected[] = {
      {"shock_index", 1.25},
      {"bun_creatinine_ratio", 48 / 2.4},
      {"spo2_fio2_ratio", 94 / 0.4},
      {"partial_sofa", 2 + 2 + 1},               // platelets < 100, creatinine >= 2, MAP < 70
      {"sirs_count", 3},                         // temperature, heart rate, breathing
      {"news_partial", 2 + 1 + 2 + 2 + 2 + 1}};  // RR 24, SpO2 94, oxygen, SBP 96, HR 120, 38.6
  std::vector<double> values(42, std::nan(""));
  SubjectState state(plan);
  for (auto [name, value] : kGiven) {
    values[static_cast<size_t>(plan->FindContract(name))] = value;
    state.Add({.event_time_us = kHour,
               .known_time_us = kHour,
               .key = 1,
               .concept_index = concepts.Find(name),
               .value = value});
  }
  std::vector<double> by_form(42), by_history(42);
  plan->ComputeFromForm(values, by_form);
  state.Compute(2 * kHour, by_history);
  for (auto [name, expected] : kExpected) {
    EXPECT_EQ(by_form[static_cast<size_t>(plan->FindContract(name))], expected) << name;
  }
  for (size_t i = 0; i < 42; ++i) {
    EXPECT_TRUE(by_form[i] == by_history[i] ||
                (std::isnan(by_form[i]) && std::isnan(by_history[i])))
        << plan->columns()[i].name;
  }
}

}  // namespace
}  // namespace codman::features
