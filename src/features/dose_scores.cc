#include <array>

#include "features/score_lists_internal.h"
#include "features/score_points_internal.h"

namespace codman::features {
namespace {

double WeightedSum(ScoreValues values, std::span<const double> factors) {
  PartialSum sum;
  for (size_t i = 0; i < values.size(); ++i) sum.Add(values[i] * factors[i]);
  return sum.value();
}

// Goradia et al. 2021, J Crit Care 61:233–240: norepinephrine, epinephrine, phenylephrine,
// dopamine, vasopressin, angiotensin II, metaraminol.
constexpr std::array<double, 7> kPressorFactors = {1, 1, 0.1, 0.01, 2.5, 10, 0.125};
double NorepinephrineEquivalents(ScoreValues v) { return WeightedSum(v, kPressorFactors); }

// Dowell et al. 2022, CDC Clinical Practice Guideline for Prescribing Opioids for Pain, MMWR Recomm
// Rep 71(3):1–95, table of conversion factors. By mouth; fentanyl through the skin, in ug/h.
constexpr std::array<double, 10> kOpioidFactors = {1, 0.15, 1, 5, 4.7, 1.5, 3, 0.4, 0.2, 2.4};
double OpioidMme(ScoreValues v) { return WeightedSum(v, kOpioidFactors); }

// Anticholinergic cognitive burden: Boustani et al. 2008, Aging Health 4:311–320; scale of 2012.
constexpr std::array<double, 3> kBurdenPoints = {1, 2, 3};
double AnticholinergicBurden(ScoreValues v) { return WeightedSum(v, kBurdenPoints); }

}  // namespace

std::vector<Score> DoseScores() {
  return {
      {.name = "norepinephrine_equivalents",
       .units = {kDoseRateUnit, kDoseRateUnit, kDoseRateUnit, kDoseRateUnit, "[iU]/min",
                 kDoseRateUnit, kDoseRateUnit},
       .min_arguments = 1,
       .unit = kDoseRateUnit,
       .compute = NorepinephrineEquivalents,
       .arguments = "norepinephrine, epinephrine, phenylephrine, dopamine, vasopressin, "
                    "angiotensin II, metaraminol",
       .source = "Goradia et al. 2021"},
      {.name = "opioid_mme",
       .units = {"mg", "mg", "mg", "mg", "mg", "mg", "mg", "mg", "mg", "ug/h"},
       .min_arguments = 1,
       .unit = "mg{MME}",
       .compute = OpioidMme,
       .arguments = "the day's morphine, codeine, hydrocodone, hydromorphone, methadone, "
                    "oxycodone, oxymorphone, tapentadol, tramadol by mouth, fentanyl patch",
       .source = "CDC guideline 2022 (Dowell et al.)",
       .concepts = {"morphine_dose", "codeine_dose", "hydrocodone_dose", "hydromorphone_dose",
                    "methadone_dose", "oxycodone_dose", "oxymorphone_dose", "tapentadol_dose",
                    "tramadol_dose"},
       .aggregate = Aggregate::kSum},
      {.name = "anticholinergic_burden",
       .units = {"1", "1", "1"},
       .min_arguments = 3,
       .unit = kPointsUnit,
       .compute = AnticholinergicBurden,
       .arguments = "different drugs of one point, of two, of three",
       .source = "Boustani et al. 2008 (scale of 2012)",
       .concepts = {"anticholinergic_1", "anticholinergic_2", "anticholinergic_3"},
       .aggregate = Aggregate::kDistinct},
  };
}

}  // namespace codman::features
