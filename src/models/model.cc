#include "models/model.h"

#include <algorithm>
#include <cmath>

namespace codman::models {

// Two branches so that exp never overflows.
double Sigmoid(double margin) {
  if (margin >= 0) return 1.0 / (1.0 + std::exp(-margin));
  double e = std::exp(margin);
  return e / (1.0 + e);
}

// Shifted by the largest margin, so that no exp overflows.
void Softmax(std::span<double> margins) {
  double largest = *std::max_element(margins.begin(), margins.end()), sum = 0;
  for (double& margin : margins) sum += margin = std::exp(margin - largest);
  for (double& margin : margins) margin /= sum;
}

std::optional<Objective> ParseObjective(std::string_view name) {
  for (auto each : {Objective::kBinary, Objective::kRegression, Objective::kMulticlass}) {
    if (name == NameOf(each)) return each;
  }
  return {};
}

const char* NameOf(Objective objective) {
  switch (objective) {
    case Objective::kBinary:
      return "binary";
    case Objective::kRegression:
      return "regression";
    case Objective::kMulticlass:
      return "multiclass";
  }
  return "";
}

}  // namespace codman::models
