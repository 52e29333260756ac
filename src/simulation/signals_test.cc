#include <gtest/gtest.h>

#include "simulation/signals_internal.h"

namespace codman::simulation {
namespace {

TEST(Signals, ScaledNumbersPrintTheirDecimals) {
  const struct {
    int64_t scaled;
    int decimals;
    const char* text;
  } cases[] = {{88, 0, "88"},    {372, 1, "37.2"}, {5, 2, "0.05"},    {-5, 1, "-0.5"},
               {100, 2, "1.00"}, {0, 1, "0.0"},    {-120, 1, "-12.0"}};
  for (const auto& [scaled, decimals, expected] : cases) {
    std::string text;
    AppendScaled(&text, scaled, decimals);
    EXPECT_EQ(text, expected);
  }
}

TEST(Signals, ScalingRoundsHalvesAwayFromZero) {
  EXPECT_EQ(ToScaled(37.24, 1), 372);
  EXPECT_EQ(ToScaled(-0.5, 0), -1);
  EXPECT_EQ(FromScaled(372, 1), 37.2);
}

TEST(Signals, LimitsLieWithinThePlausibleRangesOfTheClinic) {
  auto concepts = events::Concepts::Load(CODMAN_SOURCE_DIR "/clinic/concepts");
  ASSERT_TRUE(concepts.ok()) << concepts.error().ToString();
  auto signals = ResolveSignals(*concepts);
  ASSERT_TRUE(signals.ok()) << signals.error().ToString();
  ASSERT_EQ(signals->size(), size_t{kNumSignals});
  for (size_t i = 0; i < kNumSignals; ++i) {
    const SignalModel& model = Models()[i];
    EXPECT_GE(model.low, (*signals)[i].concept_of->low) << model.name;
    EXPECT_LE(model.high, (*signals)[i].concept_of->high) << model.name;
    EXPECT_TRUE(model.base >= model.low && model.base <= model.high) << model.name;
  }
  EXPECT_EQ((*signals)[kHeartRate].code, "8867-4");  // LOINC's code of heart rate
  EXPECT_EQ(Models()[kInr].name,
            std::string("inr"));  // the last row belongs to the last name
}

TEST(Signals, AMissingConceptIsNamed) {
  auto concepts = events::Concepts::FromDocuments({});
  ASSERT_TRUE(concepts.ok());
  auto signals = ResolveSignals(*concepts);
  ASSERT_FALSE(signals.ok());
  EXPECT_NE(signals.error().message().find("heart_rate"), std::string::npos);
}

}  // namespace
}  // namespace codman::simulation
