#include "api/unit_bounds.h"

#include <gtest/gtest.h>

#include <cmath>

// Expected values by hand from unit_bounds.h: the last number that is not beyond, and the next is.
namespace codman::api {
namespace {

double Converted(const events::Conversion& conversion, double value) {
  return value * conversion.factor + conversion.offset;
}

TEST(UnitBounds, AreTheLastNumbersThatTheReaderTakes) {
  for (const events::Conversion& conversion : {events::Conversion{"[degF]", 5.0 / 9, -160.0 / 9},
                                               {"kPa", 7.50062, 0},
                                               {"ng/L", 0.001, 0},
                                               {"falling", -2.5, 100}}) {
    for (double canonical : {26.0, 45.0, 0.1, 350.0}) {
      double high = BoundIn(conversion, canonical, Bound::kHigh);
      double low = BoundIn(conversion, canonical, Bound::kLow);
      double up = conversion.factor > 0 ? HUGE_VAL : -HUGE_VAL;
      EXPECT_LE(Converted(conversion, high), canonical) << conversion.unit;
      EXPECT_GT(Converted(conversion, std::nextafter(high, up)), canonical) << conversion.unit;
      EXPECT_GE(Converted(conversion, low), canonical) << conversion.unit;
      EXPECT_LT(Converted(conversion, std::nextafter(low, -up)), canonical) << conversion.unit;
    }
  }
}

TEST(UnitBounds, NothingIsNothingInEveryUnit) {
  EXPECT_EQ(BoundIn({"ng/L", 0.001, 0}, 0, Bound::kLow), 0);
  EXPECT_NEAR(BoundIn({"[degF]", 5.0 / 9, -160.0 / 9}, 0, Bound::kLow), 32, 1e-9);
  EXPECT_EQ(BoundIn({"ng/L", 0.001, 0}, HUGE_VAL, Bound::kHigh), HUGE_VAL);
}

}  // namespace
}  // namespace codman::api
