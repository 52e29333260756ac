#include "models/quadrature.h"

#include <gtest/gtest.h>

#include <cmath>

namespace codman::models {
namespace {

// Abramowitz and Stegun, Handbook of Mathematical Functions, table 25.4, n = 4, moved from [-1, 1]
// to [0, 1].
TEST(Quadrature, GivesThePublishedPointsAndWeights) {
  Quadrature rule = GaussLegendre(4);
  ASSERT_EQ(rule.points.size(), 4u);
  EXPECT_NEAR(rule.points[3], (1 + 0.861136311594053) / 2, 1e-15);
  EXPECT_NEAR(rule.points[2], (1 + 0.339981043584856) / 2, 1e-15);
  EXPECT_NEAR(rule.weights[3], 0.347854845137454 / 2, 1e-15);
  EXPECT_NEAR(rule.weights[2], 0.652145154862546 / 2, 1e-15);
}

// The integral of t^k over [0, 1] is 1 / (k + 1).
TEST(Quadrature, IntegratesMonomialsUpToTwiceThePointsLessOne) {
  for (int n : {1, 2, 4, 8, 16, 32}) {
    Quadrature rule = GaussLegendre(n);
    for (int k = 0; k < 2 * n; ++k) {
      double sum = 0;
      for (int i = 0; i < n; ++i) sum += rule.weights[i] * std::pow(rule.points[i], k);
      EXPECT_NEAR(sum, 1.0 / (k + 1), 1e-15) << "n " << n << " power " << k;
    }
  }
}

}  // namespace
}  // namespace codman::models
