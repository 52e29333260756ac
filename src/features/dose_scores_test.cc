#include "features/score_calls_internal.h"

namespace codman::features {
namespace {

// Goradia et al. 2021: doses that equal 0.1 ug/kg/min of norepinephrine, drug by drug.
TEST(NorepinephrineEquivalentsTest, EveryDrugAtTheDoseThatEqualsATenth) {
  const std::vector<double> doses = {0.1, 0.1, 1, 10, 0.04, 0.01, 0.8};
  for (size_t i = 0; i < doses.size(); ++i) {
    std::vector<double> arguments(doses.size(), kNull);
    arguments[i] = doses[i];
    EXPECT_NEAR(Call("norepinephrine_equivalents", arguments), 0.1, 1e-15) << i;
  }
  EXPECT_NEAR(Call("norepinephrine_equivalents", doses), 0.7, 1e-15);
  EXPECT_EQ(Call("norepinephrine_equivalents", {0.2}), 0.2);
  EXPECT_TRUE(std::isnan(Call("norepinephrine_equivalents", {kNull, kNull})));
}

// CDC 2022: the two examples below its table (hydrocodone 5 mg four times a day is 20 MME,
// oxycodone 10 mg twice a day 30), then every factor of it.
TEST(OpioidMmeTest, FollowsTheTableAndItsExamples) {
  EXPECT_EQ(Call("opioid_mme", {kNull, kNull, 20}), 20);
  EXPECT_EQ(Call("opioid_mme", {kNull, kNull, kNull, kNull, kNull, 20}), 30);
  const std::vector<double> factors = {1, 0.15, 1, 5, 4.7, 1.5, 3, 0.4, 0.2, 2.4};
  for (size_t i = 0; i < factors.size(); ++i) {
    std::vector<double> arguments(factors.size(), kNull);
    arguments[i] = 100;
    EXPECT_NEAR(Call("opioid_mme", arguments), 100 * factors[i], 1e-12) << i;
  }
  EXPECT_EQ(Call("opioid_mme", {10, 100}), 25);
}

}  // namespace
}  // namespace codman::features
