#include "features/score_lists_internal.h"
#include "features/score_points_internal.h"

namespace codman::features {
namespace {

// SOFA: Vincent et al. 1996, Intensive Care Med 22:707–710, table 3 (units of the United States).
double SofaRespiration(ScoreValues v) {
  double ratio = Divide(At(v, 0), At(v, 1));
  double points = Below(ratio, {400, 300, 200, 100});
  // 3 and 4 points stand only under respiratory support; support not known to be given counts as
  // not given.
  bool supported = At(v, 2) > 0;
  return points > 2 && !supported ? 2 : points;
}
double SofaCoagulation(ScoreValues v) { return Below(At(v, 0), {150, 100, 50, 20}); }
double SofaLiver(ScoreValues v) { return Reached(At(v, 0), {1.2, 2, 6, 12}); }
double SofaCns(ScoreValues v) { return Below(At(v, 0), {15, 13, 10, 6}); }

// A drug that is known not to run gives no points, one that is not charted is missing.
double SofaNorepinephrine(double dose) { return BandPoints(dose, {{0, 0}, {0.1, 3}}, 4); }
double SofaDopamine(double dose) { return BandPoints(dose, {{0, 0}, {5, 2}, {15, 3}}, 4); }
double SofaDobutamine(double dose) { return Truth(dose, dose > 0) * 2; }

double SofaCardiovascular(ScoreValues v) {
  double points = LargerOf(Below(At(v, 0), {70}), SofaNorepinephrine(At(v, 1)));
  return LargerOf(points, LargerOf(SofaDopamine(At(v, 2)), SofaDobutamine(At(v, 3))));
}

double SofaRenal(ScoreValues v) {
  double creatinine = Reached(At(v, 0), {1.2, 2, 3.5, 5});
  double urine =
      BandPoints(At(v, 1), {{std::nextafter(200.0, 0.0), 4}, {std::nextafter(500.0, 0.0), 3}}, 0);
  return LargerOf(creatinine, urine);
}

double SofaTotal(ScoreValues v) {
  PartialSum sum;
  for (double organ : v) sum.Add(organ);
  return sum.value();
}

double PartialSofa(ScoreValues v) {
  return PartialSum()
      .Add(SofaCoagulation(v.subspan(0, 1)))
      .Add(SofaLiver(v.subspan(1, 1)))
      .Add(SofaRenal(v.subspan(2, 1)))
      .Add(Below(At(v, 3), {70}))
      .value();
}

// Charted decimals are not binary ones: 1.4 must count as 1.1 + 0.3.
bool AtLeast(double value, double limit) { return value >= limit - 1e-9; }

// AKI: KDIGO Clinical Practice Guideline for Acute Kidney Injury 2012, Kidney Int Suppl 2:1–138,
// table 2. The 4.0 mg/dL of stage 3 counts only with a rise that makes it AKI at all (table 2's
// footing in recommendation 2.1.1).
double KdigoCreatinine(double now, double lowest_48h, double lowest_7d) {
  if (std::isnan(now) || (std::isnan(lowest_48h) && std::isnan(lowest_7d))) return kMissingPoints;
  bool risen = AtLeast(now, lowest_48h + 0.3) || AtLeast(now, 1.5 * lowest_7d);
  if (AtLeast(now, 3 * lowest_7d) || (risen && AtLeast(now, 4))) return 3;
  if (AtLeast(now, 2 * lowest_7d)) return 2;
  return risen ? 1 : 0;
}
double KdigoUrine(double rate_6h, double rate_12h, double rate_24h) {
  if (rate_24h < 0.3 || rate_12h == 0) return 3;
  if (rate_12h < 0.5) return 2;
  return Below(rate_6h, {0.5});
}
double KdigoAkiStage(ScoreValues v) {
  double dialysis = At(v, 6);
  double urine = KdigoUrine(At(v, 3), At(v, 4), At(v, 5));
  double stage = LargerOf(KdigoCreatinine(At(v, 0), At(v, 1), At(v, 2)), urine);
  return dialysis > 0 ? 3 : stage;
}

double DailyVolume(ScoreValues v) { return v[0] * 24; }

constexpr const char* kVincent = "Vincent et al. 1996, table 3";
constexpr const char* kUrineRateUnit = "mL/kg/h";

Score Sofa(const char* name, std::vector<const char*> units, int min_arguments,
           const char* arguments, double (*compute)(ScoreValues)) {
  return {.name = name,
          .units = std::move(units),
          .min_arguments = min_arguments,
          .low = 0,
          .high = 4,
          .unit = kPointsUnit,
          .compute = compute,
          .arguments = arguments,
          .source = kVincent};
}

}  // namespace

std::vector<Score> OrganFailureScores() {
  return {
      Sofa("sofa_respiration", {kPressureUnit, "1", "1"}, 3, "pao2, fio2, ventilated",
           SofaRespiration),
      Sofa("sofa_coagulation", {kCellsUnit}, 1, "platelets", SofaCoagulation),
      Sofa("sofa_liver", {kMassUnit}, 1, "bilirubin_total", SofaLiver),
      Sofa("sofa_cardiovascular", {kPressureUnit, kDoseRateUnit, kDoseRateUnit, kDoseRateUnit}, 2,
           "map, norepinephrine_equivalents, dopamine, dobutamine", SofaCardiovascular),
      Sofa("sofa_cns", {kPointsUnit}, 1, "gcs", SofaCns),
      Sofa("sofa_renal", {kMassUnit, "mL/d"}, 1, "creatinine, urine", SofaRenal),
      {.name = "sofa_total",
       .units = std::vector<const char*>(6, kPointsUnit),
       .min_arguments = 6,
       .low = 0,
       .high = 24,
       .unit = kPointsUnit,
       .compute = SofaTotal,
       .arguments = "respiration, coagulation, liver, cardiovascular, cns, renal",
       .source = kVincent},
      {.name = "partial_sofa",
       .units = {kCellsUnit, kMassUnit, kMassUnit, kPressureUnit},
       .min_arguments = 4,
       .low = 0,
       .high = 13,
       .unit = kPointsUnit,
       .compute = PartialSofa,
       .arguments = "platelets, bilirubin_total, creatinine, map",
       .source = kVincent},
      {.name = "kdigo_aki_stage",
       .units = {kMassUnit, kMassUnit, kMassUnit, kUrineRateUnit, kUrineRateUnit, kUrineRateUnit,
                 "1"},
       .min_arguments = 3,
       .low = 0,
       .high = 3,
       .unit = kPointsUnit,
       .compute = KdigoAkiStage,
       .arguments =
           "creatinine, its lowest in 48 h, its lowest in 7 d, mean urine of 6 h, of 12 h, "
           "of 24 h, dialysis",
       .source = "KDIGO 2012, table 2"},
      {.name = "daily_volume",
       .units = {"mL/h"},
       .min_arguments = 1,
       .unit = "mL/d",
       .compute = DailyVolume,
       .arguments = "mean rate of a day",
       .source = "24 h of a mean rate"},
  };
}

}  // namespace codman::features
