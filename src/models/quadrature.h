// Gauss–Legendre quadrature on [0, 1].
#pragma once

#include <vector>

namespace codman::models {

struct Quadrature {
  std::vector<double> points;  // rising, in (0, 1)
  std::vector<double>
      complement;               // 1 - points, rounded from 128 bits: exact to the last bit near 1
  std::vector<double> weights;  // sum to 1
};

// Integrates polynomials of degree 2 n - 1 exactly. Roots of the Legendre polynomial by Newton in
// 128-bit floating point (Press et al., Numerical Recipes, section 4.6), so that points and weights
// are correctly rounded doubles.
Quadrature GaussLegendre(int n);

}  // namespace codman::models
