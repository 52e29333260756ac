#include <algorithm>
#include <cmath>

#include "simulation/therapy_internal.h"

namespace codman::simulation {
namespace {

constexpr double kFadingHours = 12;
constexpr double kQuietHours = 3;  // of a stay, without harm
constexpr double kAverted = 0.35;  // signs without harm, for each harm
constexpr size_t kMostHarms = 4;
constexpr double kStepDownHours = 30;  // stays beyond these may end in a ward bed

// What a unit of exposure adds to the growth of a harm's rate.
struct Risk {
  HarmKind harm;
  DrugEffect effect;
  double growth;
};
constexpr Risk kRisks[] = {
    {kRespiratoryDepression, kSlowsBreathing, 3.2},
    {kRespiratoryDepression, kSedates, 2},
    {kBleed, kThinsBlood, 2.8},
    {kAki, kHarmsKidney, 2.8},
    {kHypoglycaemia, kLowersSugar, 4},
    {kArrhythmia, kProlongsQt, 2.6},
    {kCardiacArrest, kProlongsQt, 0.6},
    {kFall, kSedates, 2},
    {kFall, kConfuses, 2.2},
    {kFall, kHoldsHeart, 0.5},
    {kIcuTransfer, kSlowsBreathing, 0.3},
};

// A course of one stay in the making: first what is prescribed, then hour by hour what befalls.
class Draw {
 public:
  Draw(const Patient& patient, uint64_t seed)
      : patient_(patient),
        random_(seed, static_cast<uint64_t>(patient.number), kTherapyStream),
        frailty_(0.3 * random_.Normal()) {}

  Therapy Run(bool dies) {
    infected_ = patient_.sepsis.has_value() || random_.Chance(0.12);
    infection_hour_ = patient_.sepsis ? patient_.sepsis->onset_hour : random_.Between(0, 10);
    therapy_.earlier_adverse_event = random_.Chance(0.06 * Growth(4 * frailty_));
    for (const Drug& drug : Formulary()) Prescribe(drug);
    std::stable_sort(therapy_.doses.begin(), therapy_.doses.end(),
                     [](const Dose& a, const Dose& b) { return a.hour < b.hour; });
    if (patient_.hours > kStepDownHours && random_.Chance(0.7))
      therapy_.step_down_hour = random_.Between(0.5, 0.75) * patient_.hours;
    for (double hour = kQuietHours; hour + 1 < patient_.hours; ++hour) Befall(hour);
    if (dies) Add(kDeath, patient_.hours, true);
    return std::move(therapy_);
  }

 private:
  bool Receives(const Drug& drug) const {
    switch (drug.given) {
      case Given::kOperated:
        return patient_.condition == Condition::kPostOperative;
      case Given::kArrhythmic:
        return patient_.condition == Condition::kFibrillation;
      case Given::kCopdOnly:
        return patient_.condition == Condition::kCopd;
      case Given::kInfected:
        return infected_;
      default:
        return true;
    }
  }

  // Draws the same numbers whether or not the drug is given.
  void Prescribe(const Drug& drug) {
    const bool chosen = random_.Chance(drug.share + drug.share_ill * patient_.severity);
    double hour = random_.Between(drug.first_hour, drug.last_hour);
    const double amount = random_.Between(drug.dose_low, drug.dose_high);
    const auto doses = random_.Whole(1, drug.doses);
    if (!chosen || !Receives(drug)) return;
    if (drug.given == Given::kInfected) hour += infection_hour_;
    for (int64_t n = 0; n < doses && hour < patient_.hours; ++n) {
      therapy_.doses.push_back({hour, &drug, amount, n == 0 && drug.given != Given::kHome});
      hour += drug.interval_hours + 0.03 * drug.interval_hours * random_.Normal();
    }
  }

  double RateOf(HarmKind kind, double hour, const DrugEffects& exposure) const {
    if (kind == kIcuTransfer && (therapy_.step_down_hour == 0 || hour < therapy_.step_down_hour))
      return 0;
    const HarmModel& model = Harms()[kind];
    const double recovered = std::min(0.7, 0.7 * hour / std::max(24.0, patient_.hours));
    const double severity = patient_.severity * (1 - recovered) + 0.7 * SepsisLevel(patient_, hour);
    double growth = frailty_ + model.severity * severity + model.decade * (patient_.age - 60) / 10;
    for (const Risk& risk : kRisks) {
      if (risk.harm == kind) growth += risk.growth * exposure[risk.effect];
    }
    if (kind == kArrhythmia && patient_.condition == Condition::kFibrillation) growth += 0.6;
    return std::min(0.05, model.per_hour * Growth(growth));
  }

  void Befall(double hour) {
    const DrugEffects exposure = therapy_.ExposureAt(hour);
    for (int kind = 0; kind < kDeath; ++kind) {
      const double rate = RateOf(static_cast<HarmKind>(kind), hour, exposure);
      const double draw = random_.Uniform();
      const bool happens = draw < rate;
      if (!happens && draw >= rate * (1 + kAverted)) continue;
      if (therapy_.harms.size() < kMostHarms && !Had(static_cast<HarmKind>(kind)))
        Add(static_cast<HarmKind>(kind), hour + random_.Uniform(), happens);
    }
  }

  bool Had(HarmKind kind) const {
    return std::any_of(therapy_.harms.begin(), therapy_.harms.end(),
                       [&](const Harm& harm) { return harm.kind == kind; });
  }

  void Add(HarmKind kind, double hour, bool happens) {
    const HarmModel& model = Harms()[kind];
    Harm harm{.kind = kind, .course = {}, .happens = happens};
    harm.course.onset_hour = hour;
    harm.course.lead_hours = random_.Between(model.lead_low, model.lead_high);
    harm.course.recovery_hours = random_.Between(model.recovery_low, model.recovery_high);
    harm.course.residual = model.residual * random_.Between(0.5, 1.5);
    // A sugar that is low, or a creatinine that has doubled, is the harm itself; others may come
    // with hardly a sign.
    const bool measured = kind == kHypoglycaemia || kind == kAki;
    const double strength = random_.Between(measured ? 1 : 0.3, 1.6);
    harm.course.strength = happens ? strength : 0.6 * strength;
    therapy_.harms.push_back(harm);
    if (happens && model.stops >= 0) Stop(static_cast<DrugEffect>(model.stops), hour);
    if (happens && kind == kRespiratoryDepression) GiveNaloxone(hour);
  }

  void Stop(DrugEffect effect, double hour) {
    std::erase_if(therapy_.doses, [&](const Dose& dose) {
      return dose.hour > hour && (dose.drug->effects & Does(effect)) != 0;
    });
  }

  void GiveNaloxone(double hour) {
    static constexpr Drug kNaloxone = {"V03AB15", "mg", 1, 0.4, 0.4, Given::kAll, 0, 0,
                                       0,         0,    1, 1,   0};
    if (hour + 0.1 >= patient_.hours) return;
    auto later = std::find_if(therapy_.doses.begin(), therapy_.doses.end(),
                              [&](const Dose& dose) { return dose.hour > hour + 0.1; });
    therapy_.doses.insert(later, {hour + 0.1, &kNaloxone, kNaloxone.dose_low, true});
  }

  const Patient& patient_;
  Random random_;
  const double frailty_;
  bool infected_ = false;
  double infection_hour_ = 0;
  Therapy therapy_;
};

}  // namespace

DrugEffects Therapy::ExposureAt(double hour) const {
  DrugEffects exposure{};
  for (const Dose& dose : doses) {
    if (dose.hour > hour) break;
    const double left = 1 - (hour - dose.hour) / kFadingHours;
    if (left <= 0) continue;
    const double usual = (dose.drug->dose_low + dose.drug->dose_high) / 2;
    for (int effect = 0; effect < kNumDrugEffects; ++effect) {
      if ((dose.drug->effects & Does(static_cast<DrugEffect>(effect))) != 0)
        exposure[static_cast<size_t>(effect)] += left * dose.amount / usual;
    }
  }
  return exposure;
}

Therapy DrawTherapy(const Patient& patient, bool dies, uint64_t seed) {
  return Draw(patient, seed).Run(dies);
}

}  // namespace codman::simulation
