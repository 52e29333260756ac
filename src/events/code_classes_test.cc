// Memberships: Quan et al. 2005, table 1 (one ICD-10 and one ICD-9-CM code per condition, and codes
// just outside the lists); the ATC index and the scales that clinic/concepts/drug_classes.yaml
// names.
#include "events/code_classes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/yaml.h"
#include "events/concepts.h"

namespace codman::events {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> ClassesOf(std::string_view code, std::string_view prefix) {
  static const Concepts kConcepts =
      Concepts::Load(std::string(CODMAN_SOURCE_DIR) + "/clinic/concepts").value();
  std::vector<std::string> names;
  for (int index : kConcepts.ClassesOf(code)) {
    if (kConcepts[index].name.starts_with(prefix)) names.push_back(kConcepts[index].name);
  }
  return names;
}

TEST(CodeClasses, HoldTheCodesOfQuansTable) {
  struct Case {
    const char* name;
    const char* icd10;
    const char* icd9;
  };
  for (auto [name, icd10, icd9] : {Case{"myocardial_infarction", "I25.2", "412"},
                                   {"heart_failure", "I42.7", "425.9"},
                                   {"peripheral_vascular", "I71.4", "443.9"},
                                   {"cerebrovascular", "H34.0", "434.91"},
                                   {"dementia", "G30.9", "331.2"},
                                   {"pulmonary", "J44.1", "493.90"},
                                   {"rheumatic", "M35.3", "714.2"},
                                   {"peptic_ulcer", "K27.9", "533.70"},
                                   {"mild_liver", "K74.6", "571.5"},
                                   {"diabetes", "E11.9", "250.02"},
                                   {"diabetes_complicated", "E11.2", "250.40"},
                                   {"paralysis", "G81.9", "342.90"},
                                   {"renal", "N18.3", "585.6"},
                                   {"cancer", "C34.9", "162.9"},
                                   {"severe_liver", "K76.6", "572.8"},
                                   {"metastatic", "C78.0", "197.0"},
                                   {"aids", "B24", "042"}}) {
    const std::vector<std::string> expected = {std::string("charlson_") + name};
    EXPECT_EQ(ClassesOf(std::string("ICD10CM//") + icd10, "charlson_"), expected) << icd10;
    EXPECT_EQ(ClassesOf(std::string("ICD9CM//") + icd9, "charlson_"), expected) << icd9;
  }
  for (const char* outside : {"ICD10CM//I20.0", "ICD10CM//C44.9", "ICD10CM//E11", "ICD10CM//J48",
                              "ICD9CM//173.9", "ICD9CM//401.9", "ICD10CM//B23", "LOINC//4280-1"}) {
    EXPECT_THAT(ClassesOf(outside, "charlson_"), IsEmpty()) << outside;
  }
}

TEST(CodeClasses, OneDrugMayBeOfSeveral) {
  EXPECT_THAT(ClassesOf("ATC//N05AD01", ""), Contains("qt_drug"));  // haloperidol
  EXPECT_THAT(ClassesOf("ATC//N05AD01", ""), Contains("anticholinergic_1"));
  EXPECT_THAT(ClassesOf("ATC//B01AA03", ""), Contains("anticoagulant"));  // warfarin
  EXPECT_THAT(ClassesOf("ATC//B01AA03", ""), Contains("high_alert_drug"));
  EXPECT_THAT(ClassesOf("ATC//N06AA09", ""), Contains("anticholinergic_3"));  // amitriptyline
  EXPECT_THAT(ClassesOf("ATC//J01GB03", ""), Contains("nephrotoxin"));        // gentamicin
  EXPECT_THAT(ClassesOf("ATC//N05CD08", ""), Contains("sedative"));           // midazolam
  EXPECT_THAT(ClassesOf("ATC//A02BC01", ""), Not(Contains("high_alert_drug")));
  EXPECT_THAT(ClassesOf("ATC//A02BC01", "medication"), Contains("medication"));
}

TEST(CodeClasses, DotsMeanNothingAndNumbersTellCodesApart) {
  EXPECT_EQ(CodeNumber("ICD10CM//I21.4"), CodeNumber("ICD10CM//I214"));
  EXPECT_NE(CodeNumber("ICD10CM//I21.4"), CodeNumber("ICD9CM//I21.4"));
  EXPECT_NE(CodeNumber("ATC//N05AD01"), CodeNumber("ATC//N05AD02"));
  EXPECT_GE(CodeNumber("ATC//N05AD01"), 1);
  EXPECT_LE(CodeNumber("ATC//N05AD01"), 549755813888);  // 2^39
}

TEST(CodeClasses, ErrorsTellTheForm) {
  for (const char* wrong : {"I21", "ICD10CM//I69..I60", "ICD10CM//I60..I7"}) {
    auto range = ParseCodeRange(wrong);
    ASSERT_FALSE(range.ok()) << wrong;
    EXPECT_THAT(range.error().message(), HasSubstr("FIRST..LAST"));
  }
  auto document = base::ParseYaml(
      "concepts:\n  - {name: a, members: [ATC//A]}\ninteractions:\n  - {between: [a, b], harm: "
      "x}\n",
      "drugs.yaml");
  auto concepts = Concepts::FromDocuments({{"drugs.yaml", *document}});
  ASSERT_FALSE(concepts.ok());
  EXPECT_THAT(concepts.error().message(), HasSubstr("drugs.yaml:4: 'between' must name two"));
}

}  // namespace
}  // namespace codman::events
