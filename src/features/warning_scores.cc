#include "features/score_lists_internal.h"
#include "features/score_points_internal.h"

namespace codman::features {
namespace {

// qSOFA: Singer et al. 2016 (Sepsis-3), JAMA 315:801–810, box 4.
double Qsofa(ScoreValues v) {
  double rate = At(v, 0), pressure = At(v, 1), coma = At(v, 2);
  return PartialSum()
      .Add(Truth(rate, rate >= 22))
      .Add(Truth(pressure, pressure <= 100))
      .Add(Truth(coma, coma < 15))
      .value();
}

// SIRS: Bone et al. 1992, Chest 101:1644–1655. Bands (immature neutrophils, %) may be left out.
double SirsCount(ScoreValues v) {
  double temperature = At(v, 0), heart = At(v, 1), rate = At(v, 2), paco2 = At(v, 3),
         wbc = At(v, 4);
  double bands = At(v, 5);
  return PartialSum()
      .Add(Truth(temperature, temperature > 38 || temperature < 36))
      .Add(Truth(heart, heart > 90))
      .Add(LargerOf(Truth(rate, rate > 20), Truth(paco2, paco2 < 32)))
      .Add(LargerOf(Truth(wbc, wbc > 12 || wbc < 4), Truth(bands, bands > 10)))
      .value();
}

// NEWS2: Royal College of Physicians, National Early Warning Score (NEWS) 2, London 2017, chart 1.
double NewsRespiration(double rate) {
  return BandPoints(rate, {{8, 3}, {11, 1}, {20, 0}, {24, 2}}, 3);
}
double NewsOxygen(double fio2) { return Truth(fio2, fio2 > 0.21) * 2; }
double NewsSaturation(double spo2) { return BandPoints(spo2, {{91, 3}, {93, 2}, {95, 1}}, 0); }
// Scale 2 is for a prescribed target of 88–92 %; above 92 % it counts only under oxygen (not known:
// air).
double NewsSaturationScale2(double spo2, double fio2) {
  double low = BandPoints(spo2, {{83, 3}, {85, 2}, {87, 1}, {92, 0}}, -1);
  if (low != -1) return low;
  return fio2 > 0.21 ? BandPoints(spo2, {{94, 1}, {96, 2}}, 3) : 0;
}
double NewsPressure(double sbp) {
  return BandPoints(sbp, {{90, 3}, {100, 2}, {110, 1}, {219, 0}}, 3);
}
double NewsPulse(double heart_rate) {
  return BandPoints(heart_rate, {{40, 3}, {50, 1}, {90, 0}, {110, 1}, {130, 2}}, 3);
}
double NewsTemperature(double temperature) {
  return BandPoints(temperature, {{35, 3}, {36, 1}, {38, 0}, {39, 1}}, 2);
}
// Anything but alert is 3 points; a Glasgow coma score below 15 is not alert.
double NewsConsciousness(double gcs) { return Truth(gcs, gcs < 15) * 3; }

double News(ScoreValues v, bool scale2) {
  return PartialSum()
      .Add(NewsRespiration(At(v, 0)))
      .Add(scale2 ? NewsSaturationScale2(At(v, 1), At(v, 2)) : NewsSaturation(At(v, 1)))
      .Add(NewsOxygen(At(v, 2)))
      .Add(NewsPressure(At(v, 3)))
      .Add(NewsPulse(At(v, 4)))
      .Add(NewsTemperature(At(v, 5)))
      .Add(NewsConsciousness(At(v, 6)))
      .value();
}
double News2(ScoreValues v) { return News(v, false); }
double News2Scale2(ScoreValues v) { return News(v, true); }

double ShockIndex(ScoreValues v) { return Divide(v[0], v[1]); }
double RoxIndex(ScoreValues v) { return Divide(Divide(v[0], v[1]), v[2]); }

constexpr const char* kNewsSource = "Royal College of Physicians 2017, chart 1";

Score NewsScore(const char* name, bool consciousness, double (*compute)(ScoreValues)) {
  Score score{.name = name,
              .units = {kRateUnit, "%", "1", kPressureUnit, kRateUnit, "Cel"},
              .min_arguments = 6,
              .low = 0,
              .high = 17,
              .unit = kPointsUnit,
              .compute = compute,
              .arguments = "resp_rate, spo2, fio2, sbp, heart_rate, temperature",
              .source = kNewsSource};
  if (!consciousness) return score;
  score.units.push_back(kPointsUnit);
  score.min_arguments = 7;
  score.high = 20;
  score.arguments = "resp_rate, spo2, fio2, sbp, heart_rate, temperature, gcs";
  return score;
}

Score Ratio(const char* name, std::vector<const char*> units, const char* arguments,
            const char* source, double (*compute)(ScoreValues)) {
  auto count = static_cast<int>(units.size());
  return {.name = name,
          .units = std::move(units),
          .min_arguments = count,
          .unit = "1",
          .compute = compute,
          .arguments = arguments,
          .source = source};
}

}  // namespace

std::vector<Score> WarningScores() {
  return {
      {.name = "qsofa",
       .units = {kRateUnit, kPressureUnit, kPointsUnit},
       .min_arguments = 3,
       .low = 0,
       .high = 3,
       .unit = kPointsUnit,
       .compute = Qsofa,
       .arguments = "resp_rate, sbp, gcs",
       .source = "Singer et al. 2016, box 4"},
      {.name = "sirs_count",
       .units = {"Cel", kRateUnit, kRateUnit, kPressureUnit, kCellsUnit, "%"},
       .min_arguments = 5,
       .low = 0,
       .high = 4,
       .unit = kPointsUnit,
       .compute = SirsCount,
       .arguments = "temperature, heart_rate, resp_rate, paco2, wbc, bands_pct",
       .source = "Bone et al. 1992"},
      NewsScore("news_partial", false, News2),
      NewsScore("news2", true, News2),
      NewsScore("news2_scale2", true, News2Scale2),
      Ratio("shock_index", {kRateUnit, kPressureUnit}, "heart_rate, sbp", "Allgöwer and Burri 1967",
            ShockIndex),
      Ratio("modified_shock_index", {kRateUnit, kPressureUnit}, "heart_rate, map",
            "Liu et al. 2012", ShockIndex),
      Ratio("rox_index", {"%", "1", kRateUnit}, "spo2, fio2, resp_rate", "Roca et al. 2019",
            RoxIndex),
  };
}

}  // namespace codman::features
