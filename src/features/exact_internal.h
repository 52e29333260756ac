// Sums that lose nothing, and the one rounding at their end.
//
// A value is rounded once, half to even, to a multiple of 2^-20; from there on everything is
// integer: neither order of arrival nor deletion can change a bit. With |v| <= 2^60, |x| < 2^63 and
// fewer than 2^31 terms no sum below passes 2^157 and no product 2^219. Pure values; threads do not
// matter.
#pragma once

#include <cstdint>

namespace codman::features {

using Int128 = __int128;
using Uint128 = unsigned __int128;

constexpr double kFixedOne = 0x1p20;    // fixed-point units in 1
constexpr double kValueLimit = 0x1p40;  // |value| must lie below
constexpr int64_t kTimeLimit = int64_t{1} << 62;

// `value` in units of 2^-20, half to even; |value| < kValueLimit.
int64_t ToFixed(double value);

// Two's complement of 256 bits; arithmetic wraps.
struct Int256 {
  Uint128 low = 0;
  Int128 high = 0;

  Int256() = default;
  Int256(Int128 value)  // NOLINT: a wider integer
      : low(static_cast<Uint128>(value)), high(value < 0 ? -1 : 0) {}

  Int256& operator+=(const Int256& other) {
    low += other.low;
    high = static_cast<Int128>(static_cast<Uint128>(high) + static_cast<Uint128>(other.high) +
                               (low < other.low ? 1 : 0));
    return *this;
  }
  Int256& operator-=(const Int256& other) {
    Uint128 borrow = low < other.low ? 1 : 0;
    low -= other.low;
    high =
        static_cast<Int128>(static_cast<Uint128>(high) - static_cast<Uint128>(other.high) - borrow);
    return *this;
  }
  friend Int256 operator+(Int256 a, const Int256& b) { return a += b; }
  friend Int256 operator-(Int256 a, const Int256& b) { return a -= b; }
  bool operator==(const Int256&) const = default;
  bool is_negative() const { return high < 0; }
  bool is_zero() const { return high == 0 && low == 0; }
};

Int256 Product(Int128 a, Int128 b);
// The product must fit 255 bits.
Int256 Times(const Int256& a, uint64_t b);

// numerator / denominator · 2^exponent, rounded once to the nearest double, half to even.
// denominator > 0; the result must lie in the range of normal doubles.
double RoundQuotient(const Int256& numerator, const Int256& denominator, int exponent);

// What a set of points (x µs, v fixed point) adds up to. Differences of two running totals are the
// totals of the points between them.
struct Sums {
  Int128 v = 0;  // Σ v
  Int128 x = 0;  // Σ x
  Int256 vv;     // Σ v²
  Int256 xx;     // Σ x²
  Int256 xv;     // Σ x·v

  void Add(int64_t time, int64_t value) {
    v += value;
    x += time;
    vv += Int256(static_cast<Int128>(value) * value);
    xx += Int256(static_cast<Int128>(time) * time);
    xv += Int256(static_cast<Int128>(time) * value);
  }
  friend Sums operator-(Sums a, const Sums& b);
};

// The exact rational that each one rounds, n points with sums s; slope does not depend on where x =
// 0 lies:
double RoundSum(const Sums& s);              // s.v / 2^20
double RoundMean(const Sums& s, int64_t n);  // s.v / (n · 2^20), n >= 1
// (n·Σv² − (Σv)²) / (n·(n − 1) · 2^40), n >= 2; the standard deviation is the square root of the
// rounded variance.
double RoundVariance(const Sums& s, int64_t n);
// 3.6e9 · (n·Σxv − Σx·Σv) / ((n·Σx² − (Σx)²) · 2^20): least squares, per hour. NaN where all x are
// equal.
double RoundSlopePerHour(const Sums& s, int64_t n);

}  // namespace codman::features
