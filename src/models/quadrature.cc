#include "models/quadrature.h"

#include <cmath>
#include <numbers>

namespace codman::models {
namespace {

using Quad = __float128;

struct Legendre {
  Quad value, slope;
};

// P_n and its derivative at x by the three-term recurrence.
Legendre LegendreAt(int n, Quad x) {
  Quad previous = 1, current = x;
  for (int k = 2; k <= n; ++k) {
    Quad next = ((2 * k - 1) * x * current - (k - 1) * previous) / k;
    previous = current;
    current = next;
  }
  return {current, n * (x * current - previous) / (x * x - 1)};
}

}  // namespace

Quadrature GaussLegendre(int n) {
  Quadrature rule;
  for (int i = n; i >= 1; --i) {
    Quad x = std::cos(std::numbers::pi * (i - 0.25) / (n + 0.5));
    // Newton doubles the digits each time: 10 steps are more than 113 bits need.
    for (int step = 0; step < 10; ++step) {
      Legendre p = LegendreAt(n, x);
      x -= p.value / p.slope;
    }
    Quad slope = LegendreAt(n, x).slope;
    rule.points.push_back(static_cast<double>((1 + x) / 2));
    rule.complement.push_back(static_cast<double>((1 - x) / 2));
    rule.weights.push_back(static_cast<double>(1 / ((1 - x * x) * slope * slope)));
  }
  return rule;
}

}  // namespace codman::models
