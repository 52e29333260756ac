#include "features/feature_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/text.h"
#include "base/yaml.h"
#include "features/kernel.h"

namespace codman::features {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;

const char* const kConcepts = R"(concepts:
  - {name: heart_rate, label: Heart rate, group: vital signs, codes: [LOINC//8867-4],
     unit: "/min", range: [10, 350], reference: [60, 100]}
  - {name: sbp, label: Systolic pressure, codes: [], unit: "mm[Hg]", range: [20, 375]}
  - {name: lactate, label: Lactate, codes: [], unit: mmol/L, range: [0.1, 30], worst: high}
  - {name: molecules, label: Molecules, codes: [], unit: "1", range: [0, 2.0e+12]}
  - {name: sepsis, label: Sepsis, codes: [], unit: "1", range: [0, 1], outcome: true}
)";

events::Concepts TestConcepts() {
  auto document = base::ParseYaml(kConcepts, "concepts.yaml");
  return events::Concepts::FromDocuments({{"concepts.yaml", *document}}).value();
}

Result<FeatureSet> Read(const std::string& text) {
  return FeatureSet::FromDocument("set.yaml", TRY(base::ParseYaml(text, "set.yaml")),
                                  TestConcepts());
}

const char* const kSet = R"(name: shock
description: two vitals
owner: icu
defaults: {aggregate: last, window: 24h, null_policy: missing}
features:
  - {id: heart_rate, concept: heart_rate}
  - {id: sbp, concept: sbp, window: 30m, range: [50, 300], label: Pressure}
  - {id: double_index, expression: 2 * shock_index}
  - {id: shock_index, expression: heart_rate / sbp, label: Shock index}
blocks:
  - name: signals
    expand:
      - features: &both [heart_rate, sbp]
        columns: [is_missing_6h, min_6h]
  - name: process
    process: true
    features:
      - id: hours_since_heart_rate
        concept: heart_rate
        aggregate: hours_since
        window: ever
        unit: h
      - {id: days_since, expression: hours_since_heart_rate / 24, unit: h}
    expand:
      - {features: *both, columns: [count, hours_since_24h]}
)";

TEST(FeatureSetTest, ReadsADeclaration) {
  auto set = Read(kSet);
  ASSERT_TRUE(set.ok()) << set.error().ToString();
  EXPECT_EQ(set->name(), "shock");
  EXPECT_EQ(set->description(), "two vitals");
  EXPECT_THAT(set->blocks(), ElementsAre("signals", "process"));
  auto plan = set->Compile({}).value();
  EXPECT_THAT(plan->column_names(),
              ElementsAre("heart_rate", "sbp", "double_index", "shock_index"));
  const ContractFeature& sbp = plan->contract()[static_cast<size_t>(plan->FindContract("sbp"))];
  EXPECT_EQ(sbp.label, "Pressure");
  EXPECT_EQ(sbp.unit, "mm[Hg]");
  EXPECT_EQ(sbp.window_us, int64_t{30} * 60 * 1000000);
  EXPECT_EQ(sbp.low, 50);
  EXPECT_EQ(sbp.owner, "icu");
  EXPECT_EQ(sbp.line, 7);
  const ContractFeature& heart_rate = plan->contract()[0];
  EXPECT_EQ(heart_rate.label, "Heart rate");
  EXPECT_EQ(heart_rate.group, "vital signs");
  EXPECT_EQ(heart_rate.high, 350);
  EXPECT_EQ(heart_rate.reference_low, 60);
  EXPECT_FALSE(heart_rate.process);
  EXPECT_EQ(plan->FindContract("nothing"), -1);
}

TEST(FeatureSetTest, BlocksAddTheirColumnsInOrder) {
  auto set = Read(kSet);
  ASSERT_TRUE(set.ok()) << set.error().ToString();
  auto plan = set->Compile({"process", "signals"}).value();
  EXPECT_THAT(
      plan->column_names(),
      ElementsAre("heart_rate", "sbp", "double_index", "shock_index", "hours_since_heart_rate",
                  "days_since", "heart_rate_count", "heart_rate_hours_since_24h", "sbp_count",
                  "sbp_hours_since_24h", "heart_rate_is_missing_6h", "heart_rate_min_6h",
                  "sbp_is_missing_6h", "sbp_min_6h"));
  EXPECT_EQ(plan->contract().size(), 6u);
  EXPECT_TRUE(plan->NeedsHistory());
  EXPECT_TRUE(plan->contract()[4].process);
  EXPECT_EQ(plan->contract()[4].unit, "h");
  EXPECT_EQ(plan->columns()[8].contract, 1);
  EXPECT_EQ(plan->concepts_used().size(), 2u);
  EXPECT_THAT(set->Compile({"signal"}).error().ToString(), HasSubstr("signals, process"));
}

TEST(FeatureSetTest, HashFollowsTheDataNotTheText) {
  std::string hash = Read(kSet)->hash();
  EXPECT_EQ(hash.size(), 64u);
  EXPECT_EQ(Read("# a comment\n" + std::string(kSet))->hash(), hash);
  std::string reordered = base::ReplaceAll(kSet, "{id: heart_rate, concept: heart_rate}",
                                           "{concept: heart_rate, id: heart_rate}");
  EXPECT_EQ(Read(reordered)->hash(), hash);
  EXPECT_NE(Read(base::ReplaceAll(kSet, "30m", "31m"))->hash(), hash);
}

TEST(FeatureSetTest, FormComputesWhatIsNotGiven) {
  auto plan = Read(kSet)->Compile({"signals"}).value();
  constexpr double kNull = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> out(plan->columns().size());
  plan->ComputeFromForm(std::vector<double>{90, 120, kNull, kNull}, out);
  EXPECT_EQ(out[2], 1.5);
  EXPECT_EQ(out[3], 0.75);
  for (size_t i = 4; i < out.size(); ++i) EXPECT_TRUE(std::isnan(out[i])) << "needs history";
  // A given derived value is taken and goes on into what is computed from it.
  plan->ComputeFromForm(std::vector<double>{90, kNull, kNull, 2}, out);
  EXPECT_EQ(out[2], 4);
  EXPECT_EQ(out[3], 2);
  plan->ComputeFromForm(std::vector<double>{90, kNull, kNull, kNull}, out);
  EXPECT_TRUE(std::isnan(out[2]));
}

// One feature line in an otherwise good set; line 3 is the feature's.
std::string ErrorOfFeature(const std::string& feature) {
  auto set = Read("name: s\nfeatures:\n  - " + feature + "\n  - {id: hr, concept: heart_rate}\n");
  return set.ok() ? "" : set.error().ToString();
}

TEST(FeatureSetTest, EveryMistakeNamesItsLineAndItsCure) {
  const std::pair<const char*, const char*> kCases[] = {
      {"{id: a, concept: hart_rate}", "unknown concept 'hart_rate'; did you mean 'heart_rate'?"},
      {"{id: a, concept: sbp, aggregate: avg}", "unknown aggregate 'avg'"},
      {"{id: a, concept: sbp, aggregate: slop}", "did you mean 'slope'?"},
      {"{id: a, concept: sbp, aggregate: min_6h}", "write aggregate: min and the window apart"},
      {"{id: a, concept: sbp, window: 6x}", "'6x' is not a window; write a whole number"},
      {"{id: a, concept: sbp, window: 0h}", "'0h' is not a window"},
      {"{id: a, concept: sbp, windov: 6h}", "unknown key 'windov'; did you mean 'window'?"},
      {"{id: hr, concept: sbp}", "set.yaml:4: 'hr' is already declared in line 3"},
      {"{id: a, concept: sbp, expression: hr}", "has an expression and so no 'concept'"},
      {"{id: a}", "'a' needs a concept, a column, an expression or a score"},
      {"{concept: sbp}", "'id' is missing"},
      {"{id: A-1, concept: sbp}", "'A-1' cannot be a name"},
      {"{id: a, concept: sbp, unit: kPa}",
       "unit mismatch: last of 'sbp' is in 'mm[Hg]', not 'kPa'"},
      {"{id: a, concept: sbp, range: [5]}", "'range' must be two numbers"},
      {"{id: a, concept: sbp, range: [0, 2.0e+12]}", "a range must stay below 2^40"},
      {"{id: a, concept: molecules}", "values of 2^40 or more"},
      {"{id: a, concept: sepsis}", "concept 'sepsis' is an outcome and cannot be an input"},
      {"{id: a, concept: sbp, null_policy: zero}", "null_policy can only be `missing`"},
      {"{id: a, concept: sbp, aggregate: worst}", "worst needs a direction of harm"},
      {"{id: a, concept: sbp, aggregate: change}", "change compares a window with the one before"},
      {"{id: a, expression: hr +}", "feature 'a': in expression 'hr +': expected a number"},
      {"{id: a, expression: hq / 2}", "unknown feature 'hq'; did you mean 'hr'?"},
      {"{id: a, expression: hr * 2, unit: kg}",
       "unit mismatch: the expression has unit '/min', not 'kg'"},
      {"{id: a, expression: a + 1}", "cyclic definition: a -> a"},
  };
  for (auto [feature, message] : kCases) {
    std::string error = ErrorOfFeature(feature);
    EXPECT_THAT(error, HasSubstr(message)) << feature;
    EXPECT_THAT(error, testing::StartsWith("set.yaml:")) << feature;
    EXPECT_THAT(error, testing::ContainsRegex("set.yaml:[34]: ")) << feature;
  }
  EXPECT_EQ(ErrorOfFeature("{id: a, concept: lactate, aggregate: worst, window: 7d}"), "");
}

TEST(FeatureSetTest, MistakesInBlocksAndCycles) {
  std::string head =
      "name: s\nfeatures:\n  - {id: hr, concept: heart_rate}\n  - {id: x, expression: y}\n"
      "  - {id: y, expression: x}\nblocks:\n";
  const std::pair<const char*, const char*> kCases[] = {
      {"  - {name: b, expand: [{features: [hr], columns: [min_6]}]}",
       "set.yaml:7: '6' is not a window"},
      {"  - {name: b, expand: [{features: [hr], columns: [mim_6h]}]}",
       "unknown aggregate 'mim'; did you mean 'min'?"},
      {"  - {name: b, expand: [{features: [hs], columns: [min_6h]}]}",
       "unknown feature 'hs'; did you mean 'hr'?"},
      {"  - {name: b, expand: [{features: [x], columns: [min_6h]}]}",
       "'x' is derived and keeps no history"},
      {"  - {name: b, expand: [{features: [hr], columns: [min_6h, min_6h]}]}",
       "'hr_min_6h' is already declared"},
      {"  - {name: b, expand: [{features: [hr], columns: [change]}]}", "change compares a window"},
      {"  - {name: b, expand: [{features: [hr]}]}", "an expansion needs"},
      {"  - {name: b, features: [{id: z, expression: q}]}", "unknown feature 'q'"},
      {"  - {name: b, proces: true}", "did you mean 'process'?"},
      {"  - {name: b}\n  - {name: b}", "block 'b' is declared twice"},
  };
  for (auto [block, message] : kCases) {
    auto set = Read(head + block + "\n");
    ASSERT_FALSE(set.ok()) << block;
    EXPECT_THAT(set.error().ToString(), HasSubstr(message)) << block;
    EXPECT_THAT(set.error().ToString(), HasSubstr("cyclic definition: x -> y -> x"))
        << "all at once";
  }
}

TEST(FeatureSetTest, ABlockDoesNotSeeAnotherBlocksFeatures) {
  auto set = Read(
      "name: s\nfeatures:\n  - {id: hr, concept: heart_rate}\nblocks:\n"
      "  - {name: a, features: [{id: only_a, concept: sbp}]}\n"
      "  - {name: b, features: [{id: z, expression: only_a * 2}]}\n");
  ASSERT_FALSE(set.ok());
  EXPECT_THAT(set.error().ToString(),
              HasSubstr("set.yaml:6: feature 'z': unknown feature 'only_a'"));
}

const char* const kTable = R"(name: admissions
features:
  - {id: days, column: time_in_hospital, label: Days, unit: d, range: [1, 366]}
  - {id: insulin, column: insulin, levels: ["No", Steady, Up], encode: one_hot}
  - {id: a1c, column: a1c, levels: [Norm, ">7", ">8"]}
  - {id: rate, concept: heart_rate, inner: true}
  - {id: weeks, expression: days / 7, unit: d}
)";

// What a table tells is computed as a form is: levels are places in their list, one-hot ones 0/1
// inputs, a missing value missing everywhere.
TEST(FeatureSetTest, ColumnsOfATableBecomeInputs) {
  auto set = Read(kTable);
  ASSERT_TRUE(set.ok()) << set.error().ToString();
  auto plan = set->Compile({}).value();
  EXPECT_THAT(plan->column_names(), ElementsAre("days", "insulin_is_no", "insulin_is_steady",
                                                "insulin_is_up", "a1c", "weeks"));
  EXPECT_EQ(plan->contract()[1].high, 2);
  EXPECT_FALSE(plan->NeedsHistory());
  std::vector<double> out(6);
  plan->ComputeFromForm(std::vector<double>{14, 1, 2, NAN, NAN}, out);
  EXPECT_THAT(out, ElementsAre(14, 0, 1, 0, 2, 2));
  plan->ComputeFromForm(std::vector<double>{NAN, NAN, NAN, 80, NAN}, out);
  for (double value : out) EXPECT_TRUE(std::isnan(value));
}

// The vector tells what a form had given it: not what is computed, and nothing of what has no
// input.
TEST(FeatureSetTest, AFormIsReadBackFromItsVector) {
  auto plan = Read(kTable)->Compile({}).value();
  std::vector<double> vector(6), form(5);
  plan->ComputeFromForm(std::vector<double>{14, 1, NAN, 80, NAN}, vector);
  plan->TellForm(vector, form);
  EXPECT_THAT(form, ElementsAre(14, 1, IsNan(), IsNan(), IsNan()));
  plan->TellForm(std::vector<double>{NAN, 0, 0, 0, 2, 7}, form);
  EXPECT_THAT(form, ElementsAre(IsNan(), IsNan(), 2, IsNan(), IsNan()));
}

// A value keeps its word, what is computed of values has none.
TEST(FeatureSetTest, WordsOfAConceptAreThoseOfItsValues) {
  auto document = base::ParseYaml(R"(concepts:
  - {name: sex, unit: "1", range: [0, 1], words: [female, male]}
)",
                                  "c.yaml");
  auto concepts = events::Concepts::FromDocuments({{"c.yaml", document.value()}}).value();
  auto set = FeatureSet::FromDocument("f.yaml",
                                      base::ParseYaml(R"(name: words
defaults: {aggregate: last, window: ever, null_policy: missing}
features:
  - {id: sex, concept: sex}
  - {id: share, concept: sex, aggregate: mean}
  - {id: told, concept: sex, aggregate: count}
  - {id: urgent, column: urgent, range: [0, 1], words: [planned, urgent]}
  - {id: insulin, column: insulin, levels: [steady, up]}
)",
                                                      "f.yaml")
                                          .value(),
                                      concepts);
  ASSERT_TRUE(set.ok()) << set.error().ToString();
  auto contract = set->Compile({}).value()->contract();
  EXPECT_THAT(contract[0].words, ElementsAre("female", "male"));
  EXPECT_TRUE(contract[1].words.empty());
  EXPECT_TRUE(contract[2].words.empty());
  EXPECT_EQ(WordOf(contract[3], 1), "urgent");
  EXPECT_EQ(WordOf(contract[4], 0), "steady");
  for (double none : {-1.0, 0.5, 2.0, double(NAN)}) EXPECT_EQ(WordOf(contract[3], none), "");
}

TEST(FeatureSetTest, ColumnMistakesAreNamed) {
  struct Case {
    const char* from;
    const char* to;
    const char* named;
  };
  for (auto [from, to, named] :
       {Case{"column: insulin, levels", "column: insulin, window: 6h, levels", "has no 'window'"},
        Case{"[\"No\", Steady, Up]", "[\"No\", \"No\"]", "two different"},
        Case{"encode: one_hot", "encode: dummy", "one_hot or place"}}) {
    auto set = Read(base::ReplaceAll(kTable, from, to));
    ASSERT_FALSE(set.ok()) << to;
    EXPECT_THAT(set.error().message(), HasSubstr(named));
  }
}

}  // namespace
}  // namespace codman::features
