#include "features/scores.h"

#include <cmath>
#include <limits>

namespace codman::features {
namespace {

using Values = std::span<const double>;
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

double At(Values values, size_t i) { return i < values.size() ? values[i] : kMissing; }

double Divide(double a, double b) { return b == 0 ? kMissing : a / b; }

// Sums the components that are present.
class PartialSum {
 public:
  PartialSum& Add(double points) {
    if (std::isnan(points)) return *this;
    sum_ += points;
    present_ = true;
    return *this;
  }
  double value() const { return present_ ? sum_ : kMissing; }

 private:
  double sum_ = 0;
  bool present_ = false;
};

// Points of the first band whose upper end, included, is not below the value; `above` beyond the
// last band.
struct Band {
  double upper;
  double points;
};
double BandPoints(double value, std::initializer_list<Band> bands, double above) {
  if (std::isnan(value)) return kMissing;
  for (const Band& band : bands) {
    if (value <= band.upper) return band.points;
  }
  return above;
}

// How many of the ascending limits the value has reached; each is one point.
double Reached(double value, std::initializer_list<double> limits) {
  if (std::isnan(value)) return kMissing;
  double points = 0;
  for (double limit : limits) points += value >= limit ? 1 : 0;
  return points;
}

// How many of the limits the value lies below.
double Below(double value, std::initializer_list<double> limits) {
  if (std::isnan(value)) return kMissing;
  double points = 0;
  for (double limit : limits) points += value < limit ? 1 : 0;
  return points;
}

// 1 where one condition is met, 0 where none is among those known, missing where nothing is known.
double AnyOf(double a, double b) { return std::isnan(a) ? b : std::isnan(b) ? a : std::max(a, b); }

double Truth(double value, bool met) { return std::isnan(value) ? kMissing : met ? 1 : 0; }

// SOFA: Vincent et al. 1996, Intensive Care Med 22:707–710, table 3 (units of the United States).
double SofaRespiration(Values v) {
  double ratio = Divide(At(v, 0), At(v, 1));
  double points = Below(ratio, {400, 300, 200, 100});
  // 3 and 4 points stand only under respiratory support; support not known to be given counts as
  // not given.
  bool supported = At(v, 2) > 0;
  return points > 2 && !supported ? 2 : points;
}
double SofaCoagulation(Values v) { return Below(At(v, 0), {150, 100, 50, 20}); }
double SofaLiver(Values v) { return Reached(At(v, 0), {1.2, 2, 6, 12}); }
double SofaCns(Values v) { return Below(At(v, 0), {15, 13, 10, 6}); }

// Vasopressors as norepinephrine equivalents: up to 0.1 ug/kg/min 3 points, above 4.
double SofaCardiovascular(Values v) {
  double pressor = At(v, 1);
  if (pressor > 0) return pressor > 0.1 ? 4 : 3;
  double pressure = Below(At(v, 0), {70});
  return std::isnan(pressure) && pressor == 0 ? 0 : pressure;
}

double SofaRenal(Values v) {
  double creatinine = Reached(At(v, 0), {1.2, 2, 3.5, 5});
  double urine =
      BandPoints(At(v, 1), {{std::nextafter(200.0, 0.0), 4}, {std::nextafter(500.0, 0.0), 3}}, 0);
  return AnyOf(creatinine, urine);
}

double PartialSofa(Values v) {
  return PartialSum()
      .Add(SofaCoagulation(v.subspan(0, 1)))
      .Add(SofaLiver(v.subspan(1, 1)))
      .Add(SofaRenal(v.subspan(2, 1)))
      .Add(Below(At(v, 3), {70}))
      .value();
}

// qSOFA: Singer et al. 2016 (Sepsis-3), JAMA 315:801–810, box 4.
double Qsofa(Values v) {
  double rate = At(v, 0), pressure = At(v, 1), coma = At(v, 2);
  return PartialSum()
      .Add(Truth(rate, rate >= 22))
      .Add(Truth(pressure, pressure <= 100))
      .Add(Truth(coma, coma < 15))
      .value();
}

// SIRS: Bone et al. 1992, Chest 101:1644–1655. Bands (immature neutrophils, %) may be left out.
double SirsCount(Values v) {
  double temperature = At(v, 0), heart = At(v, 1), rate = At(v, 2), paco2 = At(v, 3),
         wbc = At(v, 4);
  double bands = At(v, 5);
  return PartialSum()
      .Add(Truth(temperature, temperature > 38 || temperature < 36))
      .Add(Truth(heart, heart > 90))
      .Add(AnyOf(Truth(rate, rate > 20), Truth(paco2, paco2 < 32)))
      .Add(AnyOf(Truth(wbc, wbc > 12 || wbc < 4), Truth(bands, bands > 10)))
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

// Arguments: resp_rate, spo2, fio2, sbp, heart_rate, temperature, gcs.
double News(Values v, bool scale2) {
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
double News2(Values v) { return News(v, false); }
double News2Scale2(Values v) { return News(v, true); }

// Shock index: Allgöwer and Burri 1967, Dtsch Med Wochenschr 92:1947. Modified: Liu et al. 2012,
// World J Emerg Med 3:114.
double ShockIndex(Values v) { return Divide(v[0], v[1]); }
// ROX: Roca et al. 2019, Am J Respir Crit Care Med 199:1368: (SpO2 / FiO2) / respiratory rate.
double RoxIndex(Values v) { return Divide(Divide(v[0], v[1]), v[2]); }

double SumPresent(Values v) {
  PartialSum sum;
  for (double value : v) sum.Add(value);
  return sum.value();
}

constexpr const char* kPressure = "mm[Hg]";
constexpr const char* kCells = "10*3/uL";
constexpr const char* kMass = "mg/dL";
constexpr const char* kRate = "/min";
constexpr const char* kPoints = "{score}";

}  // namespace

const std::vector<Score>& Scores() {
  static const std::vector<Score> kScores = {
      {"partial_sofa", {kCells, kMass, kMass, kPressure}, 4, false, 0, 13, kPoints, PartialSofa},
      {"sofa_respiration", {kPressure, "1", "1"}, 3, false, 0, 4, kPoints, SofaRespiration},
      {"sofa_coagulation", {kCells}, 1, false, 0, 4, kPoints, SofaCoagulation},
      {"sofa_liver", {kMass}, 1, false, 0, 4, kPoints, SofaLiver},
      {"sofa_cardiovascular",
       {kPressure, "ug/kg/min"},
       2,
       false,
       0,
       4,
       kPoints,
       SofaCardiovascular},
      {"sofa_cns", {kPoints}, 1, false, 0, 4, kPoints, SofaCns},
      {"sofa_renal", {kMass, "mL/d"}, 1, false, 0, 4, kPoints, SofaRenal},
      {"qsofa", {kRate, kPressure, kPoints}, 3, false, 0, 3, kPoints, Qsofa},
      {"sirs_count",
       {"Cel", kRate, kRate, kPressure, kCells, "%"},
       5,
       false,
       0,
       4,
       kPoints,
       SirsCount},
      {"news_partial", {kRate, "%", "1", kPressure, kRate, "Cel"}, 6, false, 0, 17, kPoints, News2},
      {"news2",
       {kRate, "%", "1", kPressure, kRate, "Cel", kPoints},
       7,
       false,
       0,
       20,
       kPoints,
       News2},
      {"news2_scale2",
       {kRate, "%", "1", kPressure, kRate, "Cel", kPoints},
       7,
       false,
       0,
       20,
       kPoints,
       News2Scale2},
      {"shock_index", {kRate, kPressure}, 2, false, 0, 0, "1", ShockIndex},
      {"modified_shock_index", {kRate, kPressure}, 2, false, 0, 0, "1", ShockIndex},
      {"rox_index", {"%", "1", kRate}, 3, false, 0, 0, "1", RoxIndex},
      {"sum_present", {kPoints}, 1, true, 0, 0, kPoints, SumPresent},
  };
  return kScores;
}

int FindScore(std::string_view name) {
  const auto& scores = Scores();
  for (size_t i = 0; i < scores.size(); ++i) {
    if (name == scores[i].name) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace codman::features
