// Scores over classes of codes, from the declaration to the vector. Weights: Charlson et al. 1987,
// table 3, with the hierarchy that mimic-code's charlson.sql applies; burden: the ACB scale of
// 2012; pairs: Phansalkar et al. 2012, table 2.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/yaml.h"
#include "features/feature_set.h"
#include "features/kernel.h"
#include "features/scores.h"

namespace codman::features {
namespace {

using testing::HasSubstr;
constexpr int64_t kHour = int64_t{3600} * 1000000;

const events::Concepts& Clinic() {
  static const events::Concepts kConcepts =
      events::Concepts::Load(std::string(CODMAN_SOURCE_DIR) + "/clinic/concepts").value();
  return kConcepts;
}

Result<FeatureSet> Declare(const std::string& features) {
  auto document = base::ParseYaml("name: test\nfeatures:\n" + features, "set.yaml");
  return FeatureSet::FromDocument("set.yaml", *document, Clinic());
}

// One patient's codes; each is told at the hour it happens.
class Patient {
 public:
  explicit Patient(const std::string& features)
      : plan_(Declare("  - {id: x, " + features + "}\n").value().Compile({}).value()),
        state_(plan_) {}

  Patient& Code(int64_t hour, std::string_view code) {
    for (int index : Clinic().ClassesOf(code)) Tell(hour, index, events::CodeNumber(code));
    return *this;
  }
  Patient& Concept(int64_t hour, std::string_view name) {
    Tell(hour, Clinic().Find(name), 1);
    return *this;
  }
  double At(int64_t hour) {
    std::vector<double> out(plan_->columns().size());
    state_.Compute(hour * kHour, out);
    return out[0];
  }

 private:
  void Tell(int64_t hour, int index, double value) {
    state_.Add({.event_time_us = hour * kHour,
                .known_time_us = hour * kHour,
                .received_seq = ++told_,
                .key = static_cast<uint64_t>(told_),
                .concept_index = index,
                .value = value});
  }

  std::shared_ptr<const Plan> plan_;
  SubjectState state_;
  int64_t told_ = 0;
};

double CharlsonOf(std::initializer_list<const char*> codes) {
  Patient patient("score: charlson, window: ever");
  for (const char* code : codes) patient.Code(1, code);
  return patient.At(2);
}

TEST(CharlsonTest, WeighsEveryCondition) {
  const std::pair<const char*, double> kWeights[] = {
      {"I21.4", 1}, {"I50.9", 1}, {"I70.0", 1}, {"I63.9", 1}, {"G30.9", 1}, {"J44.9", 1},
      {"M05.9", 1}, {"K25.9", 1}, {"K74.6", 1}, {"E11.9", 1}, {"E11.2", 2}, {"G81.9", 2},
      {"N18.5", 2}, {"C34.9", 2}, {"K72.9", 3}, {"C78.0", 6}, {"B20", 6},   {"S72.0", 0}};
  for (auto [code, weight] : kWeights) {
    EXPECT_EQ(CharlsonOf({(std::string("ICD10CM//") + code).c_str()}), weight) << code;
  }
}

TEST(CharlsonTest, OfTwoGradesTheWorseCountsAndEachConditionOnce) {
  EXPECT_EQ(CharlsonOf({"ICD10CM//E11.9", "ICD9CM//250.40"}), 2);
  EXPECT_EQ(CharlsonOf({"ICD10CM//K74.6", "ICD10CM//K72.9"}), 3);
  EXPECT_EQ(CharlsonOf({"ICD10CM//C34.9", "ICD10CM//C78.0"}), 6);
  EXPECT_EQ(CharlsonOf({"ICD10CM//I21.4", "ICD9CM//410.71", "ICD10CM//I25.2"}), 1);
  EXPECT_EQ(CharlsonOf({"ICD10CM//I50.9", "ICD10CM//J44.9", "ICD10CM//N18.5"}), 4);
}

TEST(CharlsonTest, IsMissingWhereNoDiagnosisIsKnown) { EXPECT_TRUE(std::isnan(CharlsonOf({}))); }

TEST(CharlsonTest, BeforeAnAdmissionCountsEarlierEncountersOnly) {
  Patient patient("score: charlson, window: ever, before: icu_admission");
  patient.Concept(10, "icu_admission").Code(11, "ICD10CM//I50.9");
  EXPECT_TRUE(std::isnan(patient.At(20)));  // told in this stay
  patient.Code(30, "ICD10CM//C78.0").Concept(40, "icu_admission").Code(40, "ICD10CM//B20");
  EXPECT_EQ(patient.At(50), 7);  // the heart failure and the metastasis, not the one of this stay
  patient.Concept(60, "icu_admission");
  EXPECT_EQ(patient.At(60), 13);
}

TEST(CharlsonTest, ReadsTheAdmissionThatItWaitsFor) {
  auto plan = Declare("  - {id: x, score: charlson, window: ever, before: icu_admission}\n")
                  .value()
                  .Compile({})
                  .value();
  EXPECT_EQ(plan->concepts_used().size(), 19U);  // the diagnosis, 17 conditions, the admission
  EXPECT_GE(plan->concepts_used().front(), 0);
}

TEST(DrugScoresTest, BurdenCountsEachDrugOnce) {
  Patient patient("score: anticholinergic_burden, window: 24h");
  EXPECT_EQ(patient.At(0), 0);
  patient.Code(1, "ATC//N06AA09").Code(9, "ATC//N06AA09");  // amitriptyline twice: 3
  patient.Code(2, "ATC//N02AB02").Code(3, "ATC//C03CA01");  // pethidine 2, furosemide 1
  EXPECT_EQ(patient.At(10), 6);
  EXPECT_EQ(patient.At(27), 3);  // only amitriptyline is less than a day old
}

TEST(DrugScoresTest, PairsNeedBothDrugs) {
  Patient patient("score: severe_interaction_pairs, window: 24h");
  patient.Code(1, "ATC//N06AB03");  // fluoxetine
  EXPECT_EQ(patient.At(1), 0);
  patient.Code(2, "ATC//N06AF04");  // tranylcypromine
  EXPECT_EQ(patient.At(2), 1);
  patient.Code(3, "ATC//N05AD01").Code(4, "ATC//N05AD01");  // haloperidol twice is one QT drug
  EXPECT_EQ(patient.At(4), 1);
  patient.Code(5, "ATC//C01BD01");  // amiodarone is another
  EXPECT_EQ(patient.At(5), 2);
  EXPECT_EQ(patient.At(30), 0);
}

TEST(DeclaredScoreTest, ErrorsNameTheCure) {
  auto error = [](const char* features) {
    auto set = Declare(std::string("  - {id: x, ") + features + "}\n");
    return set.ok() ? std::string() : set.error().message();
  };
  EXPECT_THAT(error("score: charlsen, window: ever"), HasSubstr("did you mean 'charlson'?"));
  EXPECT_THAT(error("score: charlson"), HasSubstr("'window' is missing"));
  EXPECT_THAT(error("score: charlson, window: ever, unit: d"), HasSubstr("a score has no 'unit'"));
  EXPECT_THAT(error("score: charlson, window: ever, before: icu_admision"),
              HasSubstr("did you mean 'icu_admission'?"));
  auto twice = Declare(
      "  - {id: x, score: charlson, window: ever, before: icu_admission}\n"
      "  - {id: y, concept: charlson_aids, aggregate: any, window: ever}\n");
  ASSERT_FALSE(twice.ok());
  EXPECT_THAT(twice.error().message(), HasSubstr("with different `before`"));
}

}  // namespace
}  // namespace codman::features
