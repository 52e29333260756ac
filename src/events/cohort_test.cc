#include "events/cohort.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/yaml.h"

// Expected values: the declaration below, read by eye; 75.0062 = 10 kPa in mm[Hg] (concepts_test).
namespace codman::events {
namespace {

using testing::HasSubstr;

constexpr const char* kDeclared = R"(predicates:
  admission: {concept: icu_admission}
  low: {concept: map, below: 10, unit: kPa}
  death: {concept: death}
trigger: admission
windows:
  input: {from: trigger, to: trigger + 24h, has: {low: {at_most: 2}}}
  gap: {from: input.end, to: trigger+30h, has: {death: {at_most: 0}}}
  target: {from: gap.end, to: next death}
predict_at: input.end
label: {window: target, predicate: death, at_least: 1}
)";

const Concepts& Clinic() {
  static const Concepts kConcepts =
      Concepts::Load(std::string(CODMAN_SOURCE_DIR) + "/clinic/concepts").value();
  return kConcepts;
}

Cohort Read(const std::string& text, base::Problems* problems) {
  auto yaml = base::ParseYaml(text, "t.yaml");
  EXPECT_TRUE(yaml.ok()) << text;
  Cohort cohort = ReadCohort(*yaml, false, "t.yaml", problems);
  if (problems->empty()) ResolveConcepts(Clinic(), &cohort, problems);
  return cohort;
}

TEST(Cohort, ReadsWhatIsDeclared) {
  base::Problems problems("t.yaml");
  Cohort cohort = Read(kDeclared, &problems);
  ASSERT_TRUE(problems.empty()) << problems.lines()[0];
  EXPECT_EQ(cohort.predict_after_us, 24 * base::kHourUs);
  EXPECT_NEAR(cohort.predicates[1].conditions[0].bound, 75.0062, 1e-9);
  EXPECT_TRUE(cohort.windows[0].known_at_prediction);
  EXPECT_FALSE(cohort.windows[1].known_at_prediction);
  EXPECT_EQ(cohort.windows[1].to.offset_us, 30 * base::kHourUs);
  EXPECT_EQ(cohort.windows[2].to.anchor, WindowEnd::kNext);
  EXPECT_EQ(cohort.NameOf(cohort.windows[2].to.index), "death");
  EXPECT_EQ(cohort.label_window, 2);
}

TEST(Cohort, MistakesNameLineAndCure) {
  struct Case {
    const char* from;
    const char* to;
    const char* told;
  };
  for (auto [from, to, told] :
       {Case{"concept: map", "concept: mapp",
             "t.yaml:3: the concept 'mapp' is not declared; did you"},
        {"unit: kPa", "unit: bar", "t.yaml:3: 'map' has no unit 'bar'; it has: mm[Hg], kPa"},
        {"below: 10", "below: 65", "outside of what 'map' can be"},
        {"below: 10", "under: 10", "t.yaml:3: unknown key 'under'"},
        {"{concept: death}", "{code: death}", "needs its system"},
        {"{concept: death}", "{code: LOINC//8478-0}", "say concept: map"},
        {"{concept: death}", "{any_of: [lo]}", "no predicate 'lo'; did you mean 'low'?"},
        {"{concept: death}", "{}", "exactly one of concept, code and any_of"},
        {"trigger: admission", "trigger: arrival", "t.yaml:5: there is no predicate 'arrival'"},
        {"{low: {at_most: 2}}", "{low: {}}", "at_least or at_most"},
        {"{low: {at_most: 2}}", "{low: {at_most: 2, at_least: 3}}", "no count is both"},
        {"{low: {at_most: 2}}", "{low: {at_most: 1.5}}", "a whole number"},
        {"to: trigger + 24h", "to: trigger - 1h", "t.yaml:7: the window 'input' ends where"},
        {"to: trigger + 24h", "to: trigger + soon", "a duration such as 24h"},
        {"to: trigger + 24h", "to: discharge", "or next <predicate>"},
        {"from: input.end", "from: target.end", "no window 'target' above; there are: input"},
        {"from: gap.end", "from: record_start + 1h", "no time to count from"},
        {"predict_at: input.end", "predict_at: record_start", "a fixed time after the trigger"},
        {"predict_at: input.end", "predict_at: trigger - 1h", "before the trigger"},
        {"predict_at: input.end", "predict_at: trigger + 31h",
         "t.yaml:11: the label's window 'target' begins before the prediction"},
        {"window: target", "window: outcome", "no window 'outcome'"},
        {"predicates:", "predicate:", "did you mean 'predicates'?"}}) {
    std::string text = base::ReplaceAll(kDeclared, from, to);
    ASSERT_NE(text, kDeclared) << from;
    base::Problems problems("t.yaml");
    Read(text, &problems);
    EXPECT_THAT(base::Join(problems.lines(), "\n"), HasSubstr(told)) << to;
  }
}

TEST(Cohort, PredictionTimesOfTheSourceLeaveNoTrigger) {
  auto yaml = base::ParseYaml(kDeclared, "t.yaml");
  base::Problems problems("t.yaml");
  ReadCohort(*yaml, true, "t.yaml", &problems);
  EXPECT_THAT(problems.lines(), testing::Contains(HasSubstr("t.yaml:5: 'trigger': the rows are")));
}

}  // namespace
}  // namespace codman::events
