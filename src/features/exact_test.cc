// Expected values: Python 3.11, float(fractions.Fraction(numerator, denominator) * 2**exponent),
// which rounds correctly; for sd math.sqrt of it. Fixed-point values there are round(Fraction(v) *
// 2**20), half to even.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "base/clock.h"
#include "base/text.h"
#include "features/exact_internal.h"

namespace codman::features {
namespace {

Int256 FromHex(std::string_view hex) {
  Int256 value;
  for (char c : hex) {
    value = Times(value, 16);
    value += Int256(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  return value;
}

struct QuotientCase {
  const char* numerator;
  const char* denominator;
  int exponent;
  double expected;
};

const QuotientCase kQuotients[] = {
    {"1", "3", 0, 0x1.5555555555555p-2},
    {"2", "3", 5, 0x1.5555555555555p+4},
    {"20000000000001", "1", 0, 0x1p53},  // 2^53 + 1: half, to even
    {"20000000000003", "1", 0, 0x1.0000000000002p+53},
    {"40000000000002", "1", -1, 0x1p53},
    {"40000000000006", "1", -1, 0x1.0000000000002p+53},
    {"100000000000000000000000000000000000000000000000001", "8000000000000000000000000000000000000",
     0, 0x1p53},
    {"100000000000008000000000000000000000000000000000001",
     "10000000000000000000000000000000000000", 0, 0x1.0000000000001p+52},  // half plus 2^-148: up
    {"2fffffffffffffffffffffffffffffffffffffffffffff",
     "2000000000000000000000000000000000000000000000", 0, 0x1.8p0},
    {"9f4f2726179a224501d762422c946590d91000000000000000", "11b7aa4b87e16e1", -20,
     0x1.1fbbaab7d9a92p+123},
    {"7fffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "fffffffffffffffffffffffffffffffffffffffffffffffffff", 0, 0x1p11},
    {"1", "400000000000000000000000000000000000000000000000", -20, 0x1p-210},
    {"3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "3fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe", 0, 1},
    {"200000000000010020000000000001", "10000000000000001", 0, 0x1p53},  // exactly half
    {"200000000000010020000000000002", "10000000000000001", 0, 0x1.0000000000001p+53},
    {"200000000000010020000000000000", "10000000000000001", 0, 0x1p53},
    {"5", "ffffffffffffffff", 0, 0x1.4p-62},
    {"7fffffffffffffff8000000000000004fffffffffffffffb", "80000000000000000000000000000005", 0,
     0x1p64},
};

TEST(RoundQuotientTest, RoundsOnceToNearestEven) {
  for (const QuotientCase& c : kQuotients) {
    Int256 numerator = FromHex(c.numerator);
    Int256 denominator = FromHex(c.denominator);
    EXPECT_EQ(RoundQuotient(numerator, denominator, c.exponent), c.expected) << c.numerator;
    EXPECT_EQ(RoundQuotient(Int256() - numerator, denominator, c.exponent), -c.expected);
  }
  EXPECT_FALSE(std::signbit(RoundQuotient(Int256(), Int256(7), 0)));
}

TEST(ProductTest, KeepsAllBitsAndTheSign) {
  Int128 a = (Int128{1} << 100) + 1;
  Int128 b = -((Int128{1} << 90) - 1);
  // (2^100 + 1)(2^90 − 1) = 2^190 − 2^100 + 2^90 − 1, by hand.
  Int256 expected;
  expected.low = (Uint128{1} << 90) - 1 - (Uint128{1} << 100);
  expected.high = (Int128{1} << 62) - 1;
  EXPECT_EQ(Product(a, b), Int256() - expected);
  EXPECT_EQ(Product(-a, b), expected);
  EXPECT_EQ(Product(Int128{1} << 64, Int128{1} << 64).high, 1);
}

struct SumsCase {
  std::vector<std::pair<int64_t, double>> points;
  double sum, mean, sd, slope;
};

const SumsCase kSums[] = {
    {{{0, 0.1}, {1200000000, 0.2}, {3000000000, 0.4}},
     0x1.66666p-1,
     0x1.ddddd55555555p-3,
     0x1.38d6211f0d97ap-3,
     0x1.73df6f286bca2p-2},
    {{{0, 0x1p-21}, {60000000, 0x1.8p-20}, {120000000, 0x1.4p-19}, {180000000, -0x1p-21}},
     0x1p-18,
     0x1p-20,
     0x1.279a74590331cp-20,
     0},
    {{{0, 88}, {3600000000, 91.5}, {7500000000, 97.25}, {10800000001, 103}, {14400000000, 110.1}},
     0x1.e9d999ap+8,
     0x1.87e147b333333p+6,
     0x1.1b9e7f3dfba39p+3,
     0x1.63e5f5e95d841p+2},
    {{{-4611686018427387903, 0x1.fffffffffep+39},
      {4611686018427387903, -0x1.fffffffffep+39},
      {12345, 0x1.fffffffffffffp+39},
      {-987654321, 0x1.8p-19}},
     0x1.fffffffffffffp+39,
     0x1.fffffffffffffp+37,
     0x1.ea33e2c83aaf8p+39,
     -0x1.ad2747ffccfa8p+9},
};

void ExpectSums(const Sums& sums, int64_t n, const SumsCase& c) {
  EXPECT_EQ(RoundSum(sums), c.sum);
  EXPECT_EQ(RoundMean(sums, n), c.mean);
  EXPECT_EQ(std::sqrt(RoundVariance(sums, n)), c.sd);
  EXPECT_EQ(RoundSlopePerHour(sums, n), c.slope);
}

TEST(SumsTest, AreExactWhateverOrderAndDeletion) {
  for (const SumsCase& c : kSums) {
    Sums forward, before, after;
    before.Add(999, ToFixed(-0x1.fffp39));
    after = before;
    for (auto [x, v] : c.points) forward.Add(x, ToFixed(v));
    for (auto p = c.points.rbegin(); p != c.points.rend(); ++p)
      after.Add(p->first, ToFixed(p->second));
    auto n = static_cast<int64_t>(c.points.size());
    ExpectSums(forward, n, c);
    ExpectSums(after - before, n, c);
  }
}

// 1,000 points at both ends of what times and values may be: products pass 128 bits.
TEST(SumsTest, HoldTheLargestValuesAndTimes) {
  Sums sums;
  for (int64_t i = 0; i < 1000; ++i) {
    int64_t x = i * i * 977 + (i % 3 != 0 ? int64_t{1} << 61 : -(int64_t{1} << 61));
    sums.Add(x, ToFixed((0x1p40 - 1 - static_cast<double>(i)) * (i % 2 != 0 ? -1 : 1)));
  }
  ExpectSums(sums, 1000, {{}, 0x1.f4p+8, 0.5, 0x1.0020cae5a5e57p+40, -0x1.b26c595382771p-30});
}

// Sums of ordinary size round through the machine's long double where that settles the last bit;
// RoundQuotient, held to Python above, is the judge. Values on a coarse grid make exact halves.
TEST(SumsTest, OrdinarySizesGiveTheBitsOfTheExactQuotient) {
  std::mt19937_64 random(20261121);
  for (int round = 0; round < 20'000; ++round) {
    auto n = static_cast<int64_t>(2 + random() % 23);
    int coarse = static_cast<int>(random() % 24);
    Sums s;
    for (int64_t i = 0; i < n; ++i) {
      s.Add(i * base::kHourUs + static_cast<int64_t>(random() % 60) * 60'000'000,
            static_cast<int64_t>(random() % (uint64_t{1} << 28)) >> coarse << coarse);
    }
    auto count = static_cast<uint64_t>(n);
    Int256 spread = Times(s.vv, count) - Product(s.v, s.v);
    EXPECT_EQ(RoundVariance(s, n),
              RoundQuotient(spread, Int256(static_cast<Int128>(n) * (n - 1)), -40));
    Int256 run = Times(s.xx, count) - Product(s.x, s.x);
    if (run.is_zero()) continue;
    Int256 rise = Times(Times(s.xv, count) - Product(s.x, s.v), base::kHourUs);
    EXPECT_EQ(RoundSlopePerHour(s, n), RoundQuotient(rise, run, -20));
  }
}

TEST(SumsTest, SlopeOfOneTimeIsMissing) {
  Sums sums;
  sums.Add(60, ToFixed(1));
  sums.Add(60, ToFixed(2));
  EXPECT_TRUE(std::isnan(RoundSlopePerHour(sums, 2)));
  EXPECT_EQ(RoundVariance(sums, 2), 0.5);  // by hand
}

}  // namespace
}  // namespace codman::features
