#include "features/score_lists_internal.h"
#include "features/score_points_internal.h"

namespace codman::features {
namespace {

// LACE: van Walraven et al. 2010, CMAJ 182:551–557, table 3. Stays count in whole days.
double LaceLength(double days) {
  if (std::isnan(days)) return kMissingPoints;
  return BandPoints(std::floor(days), {{0, 0}, {1, 1}, {2, 2}, {3, 3}, {6, 4}, {13, 5}}, 7);
}
double Lace(ScoreValues v) {
  double emergency = At(v, 1), charlson = At(v, 2);
  return PartialSum()
      .Add(LaceLength(At(v, 0)))
      .Add(Truth(emergency, emergency > 0) * 3)
      .Add(BandPoints(charlson, {{0, 0}, {1, 1}, {2, 2}, {3, 3}}, 5))
      .Add(Reached(At(v, 3), {1, 2, 3, 4}))
      .value();
}

// HOSPITAL: Donzé et al. 2016, JAMA Intern Med 176:496–502, table 1. (The first version, of 2013,
// gave 2 points to a single earlier admission.)
double Hospital(ScoreValues v) {
  double oncology = At(v, 1), procedure = At(v, 3), urgent = At(v, 4), days = At(v, 6);
  return PartialSum()
      .Add(Below(At(v, 0), {12}))
      .Add(Truth(oncology, oncology > 0) * 2)
      .Add(Below(At(v, 2), {135}))
      .Add(Truth(procedure, procedure > 0))
      .Add(Truth(urgent, urgent > 0))
      .Add(BandPoints(At(v, 5), {{1, 0}, {5, 2}}, 5))
      .Add(Truth(days, days >= 5) * 2)
      .value();
}

// Weights: Charlson et al. 1987, J Chronic Dis 40:373–383, table 3. Of two grades of one disease
// the worse counts. Nothing is known where no diagnosis is.
double Charlson(ScoreValues v) {
  auto has = [&](size_t i) { return v[i] > 0 ? 1.0 : 0.0; };
  if (!(v[0] > 0)) return kMissingPoints;
  double points = 0;
  for (size_t i = 1; i <= 8; ++i) points += has(i);
  points += std::max(has(9), 3 * has(15));       // liver
  points += std::max(has(10), 2 * has(11));      // diabetes
  points += 2 * has(12) + 2 * has(13);           // paralysis, kidneys
  points += std::max(2 * has(14), 6 * has(16));  // malignancy
  return points + 6 * has(17);
}

}  // namespace

std::vector<Score> ReadmissionScores() {
  return {
      {.name = "lace",
       .units = {"d", "1", kPointsUnit, "1"},
       .min_arguments = 4,
       .low = 0,
       .high = 19,
       .unit = kPointsUnit,
       .compute = Lace,
       .arguments = "length of stay, emergency admission, charlson, emergency visits in 6 months",
       .source = "van Walraven et al. 2010, table 3"},
      {.name = "hospital_score",
       .units = {"g/dL", "1", "mmol/L", "1", "1", "1", "d"},
       .min_arguments = 7,
       .low = 0,
       .high = 13,
       .unit = kPointsUnit,
       .compute = Hospital,
       .arguments = "hemoglobin, oncology service, sodium, any procedure, urgent admission, "
                    "admissions in 12 months, length of stay",
       .source = "Donzé et al. 2016, table 1"},
      {.name = "charlson",
       .units = std::vector<const char*>(18, "1"),
       .min_arguments = 18,
       .low = 0,
       .high = 29,
       .unit = kPointsUnit,
       .compute = Charlson,
       .arguments = "any diagnosis known, then the 17 conditions",
       .source = "Charlson et al. 1987; codes: Quan et al. 2005",
       .concepts = {"diagnosis", "charlson_myocardial_infarction", "charlson_heart_failure",
                    "charlson_peripheral_vascular", "charlson_cerebrovascular", "charlson_dementia",
                    "charlson_pulmonary", "charlson_rheumatic", "charlson_peptic_ulcer",
                    "charlson_mild_liver", "charlson_diabetes", "charlson_diabetes_complicated",
                    "charlson_paralysis", "charlson_renal", "charlson_cancer",
                    "charlson_severe_liver", "charlson_metastatic", "charlson_aids"},
       .aggregate = Aggregate::kAny},
  };
}

}  // namespace codman::features
