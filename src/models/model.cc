#include "models/model.h"

#include <cmath>

namespace codman::models {

// Two branches so that exp never overflows.
double Sigmoid(double margin) {
  if (margin >= 0) return 1.0 / (1.0 + std::exp(-margin));
  double e = std::exp(margin);
  return e / (1.0 + e);
}

}  // namespace codman::models
