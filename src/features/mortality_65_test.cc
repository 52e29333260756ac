// The shipped declaration clinic/features/mortality_65.yaml holds the 65 features of features.md 3
// in their order; a form of some of them gives the scores of the tables (Vincent et al. 1996, table
// 3).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/text.h"
#include "features/feature_set.h"
#include "features/kernel.h"

namespace codman::features {
namespace {

constexpr const char* kNames =
    "heart_rate sbp dbp map resp_rate spo2 fio2 temperature "
    "ph paco2 pao2 base_excess methemoglobin lactate "
    "sodium potassium chloride bicarbonate calcium calcium_ionised magnesium phosphate bun "
    "creatinine "
    "albumin alp alt ast bilirubin_total bilirubin_direct glucose crp "
    "ck ck_mb troponin_t "
    "hemoglobin mch mchc mcv wbc neutrophils_pct lymphocytes_pct bands_pct platelets inr aptt "
    "fibrinogen "
    "urine_output age sex height weight "
    "gcs_min sofa_resp sofa_coag sofa_liver sofa_cardio sofa_cns sofa_renal sofa_total "
    "norepi_equiv_max mech_vent admission_type charlson_prior shock_index_max";

std::shared_ptr<const Plan> Shipped() {
  const std::string clinic = CODMAN_SOURCE_DIR "/clinic";
  auto concepts = events::Concepts::Load(clinic + "/concepts").value();
  auto set = FeatureSet::Load(clinic + "/features/mortality_65.yaml", concepts).value();
  return set.Compile({}).value();
}

TEST(Mortality65Test, ShowsTheSixtyFiveFeaturesInOrder) {
  std::vector<std::string> names;
  for (auto name : base::Split(kNames, ' ')) names.emplace_back(name);
  EXPECT_EQ(names.size(), 65U);
  EXPECT_EQ(Shipped()->column_names(), names);
}

TEST(Mortality65Test, AFormGivesTheScoresOfWhatItHolds) {
  auto plan = Shipped();
  const double missing = std::nan("");
  std::vector<double> values(plan->contract().size(), missing), out(plan->columns().size());
  auto give = [&](const char* id, double value) {
    values[static_cast<size_t>(plan->FindContract(id))] = value;
  };
  give("platelets", 90);           // 2
  give("bilirubin_total", 6.5);    // 3
  give("gcs_min", 9);              // 3
  give("creatinine", 1.0);         // 0, but for the urine
  give("urine_output", 450);       // 3
  give("map", 65);                 // 1, but for the drug
  give("norepi_equiv_max", 0.05);  // 3
  give("heart_rate", 120);
  give("sbp", 80);
  plan->ComputeFromForm(values, out);
  auto shown = [&](std::string_view name) {
    auto names = plan->column_names();
    return out[static_cast<size_t>(std::find(names.begin(), names.end(), name) - names.begin())];
  };
  EXPECT_EQ(shown("sofa_coag"), 2);
  EXPECT_EQ(shown("sofa_liver"), 3);
  EXPECT_EQ(shown("sofa_cns"), 3);
  EXPECT_EQ(shown("sofa_renal"), 3);
  EXPECT_EQ(shown("sofa_cardio"), 3);
  EXPECT_TRUE(std::isnan(shown("sofa_resp")));
  EXPECT_EQ(shown("sofa_total"), 14);
  EXPECT_EQ(shown("shock_index_max"), 1.5);
  EXPECT_TRUE(std::isnan(shown("charlson_prior")));
}

}  // namespace
}  // namespace codman::features
