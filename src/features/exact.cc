#include <bit>
#include <cmath>
#include <limits>
#include <optional>

#include "base/clock.h"
#include "features/exact_internal.h"

namespace codman::features {
namespace {

// An unsigned number of 256 bits in limbs, the lowest first.
struct Limbs {
  uint64_t at[4];
};

Limbs ToLimbs(Uint128 low, Uint128 high) {
  return {{static_cast<uint64_t>(low), static_cast<uint64_t>(low >> 64),
           static_cast<uint64_t>(high), static_cast<uint64_t>(high >> 64)}};
}

Int256 FromLimbs(const Limbs& limbs) {
  Int256 value;
  value.low = (static_cast<Uint128>(limbs.at[1]) << 64) | limbs.at[0];
  value.high = static_cast<Int128>((static_cast<Uint128>(limbs.at[3]) << 64) | limbs.at[2]);
  return value;
}

Int256 Negated(const Int256& value) { return Int256() - value; }

Limbs Magnitude(const Int256& value) {
  Int256 positive = value.is_negative() ? Negated(value) : value;
  return ToLimbs(positive.low, static_cast<Uint128>(positive.high));
}

Uint128 Magnitude(Int128 value) {
  return value < 0 ? Uint128{0} - static_cast<Uint128>(value) : static_cast<Uint128>(value);
}

int BitLength(const Limbs& limbs) {
  for (int i = 3; i >= 0; --i) {
    if (limbs.at[i] != 0) return 64 * i + std::bit_width(limbs.at[i]);
  }
  return 0;
}

// By the callers' choice of `bits` only zeros leave at the upper end.
Limbs ShiftLeft(const Limbs& limbs, int bits) {
  Limbs shifted{};
  int whole = bits / 64;
  int part = bits % 64;
  for (int i = 3; i >= whole; --i) {
    shifted.at[i] = limbs.at[i - whole] << part;
    if (part != 0 && i > whole) shifted.at[i] |= limbs.at[i - whole - 1] >> (64 - part);
  }
  return shifted;
}

// One digit of Knuth's algorithm D (TAOCP 4.3.1) in base 2^64: floor(numerator · 2^64 /
// denominator), where the top bit of the denominator is bit 255 and that of the numerator bit 254,
// so the digit has 63 or 64 bits.
uint64_t QuotientDigit(const Limbs& numerator, const Limbs& denominator, bool* exact) {
  Uint128 top = (static_cast<Uint128>(numerator.at[3]) << 64) | numerator.at[2];
  auto digit = static_cast<uint64_t>(top / denominator.at[3]);  // numerator.at[3] is the smaller
  // rest = numerator · 2^64 − digit · denominator, five limbs in two's complement.
  uint64_t rest[5] = {0, numerator.at[0], numerator.at[1], numerator.at[2], numerator.at[3]};
  uint64_t carry = 0;
  uint64_t borrow = 0;
  for (int i = 0; i < 5; ++i) {
    Uint128 product = static_cast<Uint128>(digit) * (i < 4 ? denominator.at[i] : 0) + carry;
    carry = static_cast<uint64_t>(product >> 64);
    Uint128 less = static_cast<Uint128>(rest[i]) - static_cast<uint64_t>(product) - borrow;
    rest[i] = static_cast<uint64_t>(less);
    borrow = static_cast<uint64_t>(less >> 64) & 1;
  }
  while (borrow != 0) {  // the guess is at most 2 too large
    --digit;
    uint64_t add = 0;
    for (int i = 0; i < 5; ++i) {
      Uint128 sum = static_cast<Uint128>(rest[i]) + (i < 4 ? denominator.at[i] : 0) + add;
      rest[i] = static_cast<uint64_t>(sum);
      add = static_cast<uint64_t>(sum >> 64);
    }
    borrow -= add;
  }
  *exact = (rest[0] | rest[1] | rest[2] | rest[3] | rest[4]) == 0;
  return digit;
}

double PowerOfTwo(int exponent) {
  return std::bit_cast<double>(static_cast<uint64_t>(1023 + exponent) << 52);
}

// digit · 2^exponent to the nearest double, half to even; `exact` tells whether something non-zero
// follows the digit.
double RoundDigit(uint64_t digit, bool exact, int exponent) {
  int dropped = std::bit_width(digit) - 53;
  uint64_t kept = digit >> dropped;
  uint64_t rest = digit & ((uint64_t{1} << dropped) - 1);
  uint64_t half = uint64_t{1} << (dropped - 1);
  if (rest > half || (rest == half && (!exact || (kept & 1) != 0))) ++kept;
  return static_cast<double>(kept) * PowerOfTwo(exponent + dropped);
}

// The same quotient by way of the machine's widest floating point; nothing where that leaves the
// last bit open. Two conversions and a division err by less than 2 units of the last place
// together: where both ends of that range round to one double, so does the truth (Ziv 1991).
std::optional<double> RoundNarrow(Int128 numerator, Int128 denominator, int exponent) {
  constexpr long double kError = 4 * std::numeric_limits<long double>::epsilon();
  long double quotient =
      static_cast<long double>(numerator) / static_cast<long double>(denominator);
  long double error = quotient * kError;
  auto low = static_cast<double>(quotient - error), high = static_cast<double>(quotient + error);
  if (low != high) return {};
  return low * PowerOfTwo(exponent);
}

// n·b − a·c, where every term stays below 2^126; else nothing.
std::optional<Int128> NarrowDifference(int64_t n, const Int256& b, Int128 a, Int128 c) {
  auto fits = [](Int128 value, int bits) {
    return value < (Int128{1} << bits) && value > -(Int128{1} << bits);
  };
  auto whole = static_cast<Int128>(b.low);
  bool narrow = b.high == (whole < 0 ? -1 : 0) && fits(whole, 102) && fits(a, 63) && fits(c, 63) &&
                n < (1 << 24);
  if (!narrow) return {};
  return whole * n - a * c;
}

}  // namespace

int64_t ToFixed(double value) { return std::llrint(value * kFixedOne); }

Int256 Product(Int128 a, Int128 b) {
  Uint128 x = Magnitude(a);
  Uint128 y = Magnitude(b);
  uint64_t x0 = static_cast<uint64_t>(x), x1 = static_cast<uint64_t>(x >> 64);
  uint64_t y0 = static_cast<uint64_t>(y), y1 = static_cast<uint64_t>(y >> 64);
  Uint128 low = static_cast<Uint128>(x0) * y0;
  Uint128 middle = static_cast<Uint128>(x1) * y0 + (low >> 64);
  Uint128 cross = static_cast<Uint128>(x0) * y1 + static_cast<uint64_t>(middle);
  Int256 product;
  product.low = (cross << 64) | static_cast<uint64_t>(low);
  product.high =
      static_cast<Int128>(static_cast<Uint128>(x1) * y1 + (middle >> 64) + (cross >> 64));
  return (a < 0) != (b < 0) ? Negated(product) : product;
}

Int256 Times(const Int256& a, uint64_t b) {
  Limbs limbs = Magnitude(a);
  uint64_t carry = 0;
  for (uint64_t& limb : limbs.at) {
    Uint128 product = static_cast<Uint128>(limb) * b + carry;
    limb = static_cast<uint64_t>(product);
    carry = static_cast<uint64_t>(product >> 64);
  }
  Int256 product = FromLimbs(limbs);
  return a.is_negative() ? Negated(product) : product;
}

double RoundQuotient(const Int256& numerator, const Int256& denominator, int exponent) {
  if (numerator.is_zero()) return 0;
  Limbs above = Magnitude(numerator);
  Limbs below = Magnitude(denominator);
  int shift_above = 255 - BitLength(above);
  int shift_below = 256 - BitLength(below);
  bool exact = false;
  uint64_t digit =
      QuotientDigit(ShiftLeft(above, shift_above), ShiftLeft(below, shift_below), &exact);
  double rounded = RoundDigit(digit, exact, exponent - 64 + shift_below - shift_above);
  return numerator.is_negative() ? -rounded : rounded;
}

Sums operator-(Sums a, const Sums& b) {
  a.v -= b.v;
  a.x -= b.x;
  a.vv -= b.vv;
  a.xx -= b.xx;
  a.xv -= b.xv;
  return a;
}

double RoundSum(const Sums& s) { return static_cast<double>(s.v) / kFixedOne; }

double RoundMean(const Sums& s, int64_t n) {
  constexpr Int128 kExactInDouble = Int128{1} << 53;
  // Both operands exact: the division itself is the one rounding.
  if (s.v < kExactInDouble && s.v > -kExactInDouble) {
    return static_cast<double>(s.v) / static_cast<double>(n) / kFixedOne;
  }
  return RoundQuotient(Int256(s.v), Int256(n), -20);
}

double RoundVariance(const Sums& s, int64_t n) {
  auto count = static_cast<uint64_t>(n);
  if (auto spread = NarrowDifference(n, s.vv, s.v, s.v)) {
    if (auto rounded = RoundNarrow(*spread, static_cast<Int128>(n) * (n - 1), -40)) return *rounded;
  }
  Int256 numerator = Times(s.vv, count) - Product(s.v, s.v);
  return RoundQuotient(numerator, Int256(static_cast<Int128>(n) * (n - 1)), -40);
}

double RoundSlopePerHour(const Sums& s, int64_t n) {
  auto count = static_cast<uint64_t>(n);
  auto rise = NarrowDifference(n, s.xv, s.x, s.v), run = NarrowDifference(n, s.xx, s.x, s.x);
  // A rise below 2^94 stays in 127 bits when it is told per hour.
  if (rise && run && *run != 0 && *rise < (Int128{1} << 94) && *rise > -(Int128{1} << 94)) {
    if (auto rounded = RoundNarrow(*rise * base::kHourUs, *run, -20)) return *rounded;
  }
  Int256 denominator = Times(s.xx, count) - Product(s.x, s.x);
  if (denominator.is_zero()) return std::numeric_limits<double>::quiet_NaN();
  Int256 numerator = Times(Times(s.xv, count) - Product(s.x, s.v), base::kHourUs);
  return RoundQuotient(numerator, denominator, -20);
}

}  // namespace codman::features
