#include <gtest/gtest.h>

#include <vector>

#include "simulation/random_internal.h"

namespace codman::simulation {
namespace {

// Outputs for the seed 1234567 as published with the algorithm's tests on Rosetta Code
// ("Pseudo-random numbers/Splitmix64").
TEST(Random, SplitMixGivesThePublishedNumbers) {
  uint64_t state = 1234567;
  for (uint64_t expected : {6457827717110365317ULL, 3203168211198807973ULL, 9817491932198370423ULL,
                            4593380528125082431ULL, 16408922859458223821ULL}) {
    EXPECT_EQ(SplitMix64(&state), expected);
  }
}

// By hand from the reference code for the state (1, 2, 3, 4): rotl(2·5, 7)·9 = 11520; then the
// second word is 0.
TEST(Random, XoshiroFollowsTheReferenceFromAKnownState) {
  Random random(std::array<uint64_t, 4>{1, 2, 3, 4});
  for (uint64_t expected : {11520ULL, 0ULL, 1509978240ULL, 1215971899390074240ULL}) {
    EXPECT_EQ(random.Next(), expected);
  }
}

TEST(Random, StreamsOfSubjectsDiffer) {
  EXPECT_NE(Random(1, 1, 0).Next(), Random(1, 2, 0).Next());
  EXPECT_NE(Random(1, 1, 0).Next(), Random(1, 1, 1).Next());
  EXPECT_NE(Random(1, 1, 0).Next(), Random(2, 1, 0).Next());
}

// Moments by definition; tolerances are five standard errors of 200,000 draws.
TEST(Random, MomentsAreThoseOfTheNamedDistributions) {
  constexpr int kDraws = 200000;
  Random random(7, 7, 7);
  double uniform = 0, normal = 0, square = 0, skewed = 0, above_two = 0;
  for (int i = 0; i < kDraws; ++i) {
    uniform += random.Uniform();
    const double z = random.Normal();
    normal += z;
    square += z * z;
    skewed += random.Skewed();
    above_two += z > 2;
    const int64_t whole = random.Whole(3, 5);
    ASSERT_TRUE(whole >= 3 && whole <= 5);
  }
  EXPECT_NEAR(uniform / kDraws, 0.5, 0.0033);
  EXPECT_NEAR(normal / kDraws, 0, 0.0112);
  EXPECT_NEAR(square / kDraws, 1, 0.0158);
  EXPECT_NEAR(skewed / kDraws, 1, 0.008);
  // Irwin-Hall(4): P(sum > 2 + 2/sqrt(3)) = (4 - 3.1547)^4 / 24.
  EXPECT_NEAR(above_two / kDraws, 0.02127, 0.0017);
}

}  // namespace
}  // namespace codman::simulation
