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
  };
}

}  // namespace codman::features
