#include <gtest/gtest.h>

#include <map>

#include "simulation/faults_internal.h"

namespace codman::simulation {
namespace {

class Faults : public testing::Test {
 protected:
  void SetUp() override {
    auto loaded = events::Concepts::Load(CODMAN_SOURCE_DIR "/clinic/concepts");
    ASSERT_TRUE(loaded.ok()) << loaded.error().ToString();
    concepts_ = std::make_unique<events::Concepts>(std::move(loaded).value());
    signals_ = ResolveSignals(*concepts_).value();
  }

  Sent Of(Signal signal, double value) const {
    const int decimals = Models()[signal].decimals;
    return {signal, &signals_[signal], ToScaled(value, decimals), decimals,
            signals_[signal].concept_of->unit};
  }

  std::unique_ptr<events::Concepts> concepts_;
  std::vector<CodedSignal> signals_;
  Random random_{1, 2, 3};
};

// NIST: 37.2 degrees Celsius are 98.96 degrees Fahrenheit.
TEST_F(Faults, TemperatureConvertsToFahrenheit) {
  Sent sent = Of(kTemperature, 37.2);
  ASSERT_TRUE(PutConvertedUnit(&sent));
  EXPECT_EQ(sent.unit, "[degF]");
  EXPECT_NEAR(sent.value(), 98.96, 0.001);
}

TEST_F(Faults, AConceptWithoutConversionsCannotBeConverted) {
  Sent sent = Of(kHeartRate, 80);
  EXPECT_FALSE(PutConvertedUnit(&sent));
  EXPECT_EQ(sent.value(), 80);
}

TEST_F(Faults, EverySignalThatIsPutOutOfRangeIsOutsideOfIt) {
  for (int signal = 0; signal < kNumSignals; ++signal) {
    Sent sent = Of(static_cast<Signal>(signal), Models()[signal].base);
    ASSERT_TRUE(PutOutOfRange(&sent, &random_)) << Models()[signal].name;
    const events::Concept& concept_of = *sent.coded->concept_of;
    EXPECT_TRUE(sent.value() < concept_of.low || sent.value() > concept_of.high)
        << Models()[signal].name;
  }
}

TEST_F(Faults, EverySignalTakesAWrongUnitAndAnotherValue) {
  for (int signal = 0; signal < kNumSignals; ++signal) {
    const Sent before = Of(static_cast<Signal>(signal), Models()[signal].base);
    Sent wrong = before, other = before;
    ASSERT_TRUE(PutWrongUnit(&wrong));
    EXPECT_NE(wrong.unit, before.unit);
    for (const auto& known : before.coded->concept_of->conversions)
      EXPECT_NE(wrong.unit, known.unit);
    ASSERT_TRUE(PutOtherValue(&other, &random_));
    EXPECT_NE(other.scaled, before.scaled);
  }
}

TEST_F(Faults, SharesFollowTheRates) {
  constexpr int kRecords = 200000;
  const FaultRates rates{.duplicate = 0.1,
                         .corrected = 0,
                         .out_of_range = 0.05,
                         .wrong_unit = 0,
                         .converted_unit = 0,
                         .unparsable = 0,
                         .missing_time = 0.02,
                         .identifier_bearing = 0,
                         .unmapped_code = 0};
  std::map<Fault, int> counts;
  for (int i = 0; i < kRecords; ++i) ++counts[DrawFault(rates, 4, &random_)];
  // Rates of measurements count four times; tolerances are five standard errors.
  EXPECT_NEAR(counts[Fault::kDuplicate] / double{kRecords}, 0.1, 0.0034);
  EXPECT_NEAR(counts[Fault::kOutOfRange] / double{kRecords}, 0.2, 0.0045);
  EXPECT_NEAR(counts[Fault::kMissingTime] / double{kRecords}, 0.02, 0.0016);
  EXPECT_EQ(counts.size(), 4u);  // and none at all
}

}  // namespace
}  // namespace codman::simulation
