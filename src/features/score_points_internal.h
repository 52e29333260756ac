// How scores turn values into points. Missing is NaN everywhere.
#pragma once

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <span>

namespace codman::features {

using ScoreValues = std::span<const double>;
inline constexpr double kMissingPoints = std::numeric_limits<double>::quiet_NaN();

// An argument that may be left out.
inline double At(ScoreValues values, size_t i) {
  return i < values.size() ? values[i] : kMissingPoints;
}

inline double Divide(double a, double b) { return b == 0 ? kMissingPoints : a / b; }

// Sums the components that are present.
class PartialSum {
 public:
  PartialSum& Add(double points) {
    if (std::isnan(points)) return *this;
    sum_ += points;
    present_ = true;
    return *this;
  }
  double value() const { return present_ ? sum_ : kMissingPoints; }

 private:
  double sum_ = 0;
  bool present_ = false;
};

// Points of the first band whose upper end, included, is not below the value; `above` beyond the
// last band.
struct Band {
  double upper;
  double points;
};
inline double BandPoints(double value, std::initializer_list<Band> bands, double above) {
  if (std::isnan(value)) return kMissingPoints;
  for (const Band& band : bands) {
    if (value <= band.upper) return band.points;
  }
  return above;
}

// How many of the ascending limits the value has reached; each is one point.
inline double Reached(double value, std::initializer_list<double> limits) {
  if (std::isnan(value)) return kMissingPoints;
  double points = 0;
  for (double limit : limits) points += value >= limit ? 1 : 0;
  return points;
}

// How many of the limits the value lies below.
inline double Below(double value, std::initializer_list<double> limits) {
  if (std::isnan(value)) return kMissingPoints;
  double points = 0;
  for (double limit : limits) points += value < limit ? 1 : 0;
  return points;
}

// The larger of those known.
inline double LargerOf(double a, double b) {
  return std::isnan(a) ? b : std::isnan(b) ? a : std::max(a, b);
}

// 1 where the condition is met, 0 where not, missing where the value it is about is.
inline double Truth(double value, bool met) {
  return std::isnan(value) ? kMissingPoints : met ? 1 : 0;
}

}  // namespace codman::features
