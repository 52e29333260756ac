#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "simulation/formulary_internal.h"

namespace codman::simulation {
namespace {

const events::Concepts& Clinic() {
  static const auto concepts = events::Concepts::Load(CODMAN_SOURCE_DIR "/clinic/concepts");
  return *concepts;
}

// Drugs of each class, by its index; norepinephrine comes with the bedside charting.
std::vector<std::set<std::string>> DrugsByClass() {
  std::vector<std::set<std::string>> drugs(static_cast<size_t>(Clinic().size()));
  auto add = [&](const std::string& code) {
    for (int index : Clinic().ClassesOf(code)) drugs[static_cast<size_t>(index)].insert(code);
  };
  add("ATC//C01CA03");
  for (const Drug& drug : Formulary()) add(format("ATC//{}", drug.atc));
  return drugs;
}

TEST(Formulary, EveryClassOfDrugsOfTheClinicIsGiven) {
  const auto drugs = DrugsByClass();
  for (int i = 0; i < Clinic().size(); ++i) {
    const auto& members = Clinic()[i].members;
    if (members.empty() || members.front().system != "ATC") continue;
    EXPECT_FALSE(drugs[static_cast<size_t>(i)].empty()) << Clinic()[i].name;
  }
}

TEST(Formulary, EveryPairThatMustNotMeetCanMeet) {
  const auto drugs = DrugsByClass();
  ASSERT_FALSE(Clinic().interactions().empty());
  for (const auto& [first, second, harm] : Clinic().interactions()) {
    std::set<std::string> either = drugs[static_cast<size_t>(first)];
    either.insert(drugs[static_cast<size_t>(second)].begin(),
                  drugs[static_cast<size_t>(second)].end());
    EXPECT_TRUE(!drugs[static_cast<size_t>(first)].empty() &&
                !drugs[static_cast<size_t>(second)].empty() && either.size() > 1)
        << Clinic()[first].name << " and " << Clinic()[second].name;
  }
}

TEST(Formulary, DosesOfConceptsAreInTheirUnitAndRange) {
  for (const Drug& drug : Formulary()) {
    EXPECT_TRUE(drug.dose_low > 0 && drug.dose_low <= drug.dose_high) << drug.atc;
    const int index = Clinic().FindByCode(format("ATC//{}", drug.atc));
    if (index < 0) continue;
    EXPECT_FALSE(events::ToCanonical(Clinic()[index], drug.dose_high, drug.unit).reason)
        << drug.atc;
  }
}

TEST(Formulary, DrugsMoveTheBodyAsTheirClassDoes) {
  const struct {
    DrugEffect effect;
    Signal signal;
    bool rises;
  } cases[] = {{kSlowsBreathing, kRespRate, false},
               {kThinsBlood, kAptt, true},
               {kLowersSugar, kGlucose, false},
               {kHarmsKidney, kCreatinine, true},
               {kHoldsHeart, kHeartRate, false}};
  for (const auto& [effect, signal, rises] : cases) {
    DrugEffects exposure{};
    EXPECT_EQ(DrugShift(signal, exposure), 0);
    exposure[effect] = 1;
    EXPECT_EQ(DrugShift(signal, exposure) > 0, rises) << Models()[signal].name;
    EXPECT_NE(DrugShift(signal, exposure), 0) << Models()[signal].name;
  }
}

}  // namespace
}  // namespace codman::simulation
