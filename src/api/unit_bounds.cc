#include "api/unit_bounds.h"

#include <cmath>

namespace codman::api {

double BoundIn(const events::Conversion& conversion, double canonical, Bound bound) {
  auto within = [&](double value) {
    double converted = value * conversion.factor + conversion.offset;
    return bound == Bound::kHigh ? converted <= canonical : converted >= canonical;
  };
  double near = (canonical - conversion.offset) / conversion.factor;
  bool upwards = (bound == Bound::kHigh) == (conversion.factor > 0);
  // Rounding of the two operations moves the bound by less than this.
  double room = (upwards ? 1 : -1) * 1e-9 *
                std::fmax(std::fabs(near), std::fabs(conversion.offset / conversion.factor));
  // Nothing without an offset is nothing in every unit, and no bound is none.
  if (room == 0 || !std::isfinite(near)) return near;
  double inside = near - room, beyond = near + room;
  while (std::nextafter(inside, beyond) != beyond) {
    double middle = inside + (beyond - inside) / 2;
    (within(middle) ? inside : beyond) = middle;
  }
  return inside;
}

}  // namespace codman::api
