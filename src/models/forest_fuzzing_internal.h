// What both readers' fuzz targets do with a forest that Validate accepted.
#pragma once

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "base/result.h"
#include "models/forest.h"
#include "models/forest_scorer.h"
#include "models/tree_shap.h"

namespace codman::models {

constexpr size_t kMaxFuzzBytes = 64 << 10;
constexpr size_t kMaxFuzzFeatures = 4096;  // keeps the rows below small

inline std::vector<double> FuzzRows(size_t rows, size_t features) {
  const double values[] = {0.0,   std::numeric_limits<double>::quiet_NaN(), 1.5, -1e300,
                           1e-36, std::numeric_limits<double>::infinity(),  -3.0};
  std::vector<double> all(rows * features);
  for (size_t i = 0; i < all.size(); ++i) all[i] = values[(i * 5 + i / features) % 7];
  return all;
}

// Scores and explains alone and together; both ways must agree bit by bit.
inline void ExerciseForest(const Forest& forest) {
  size_t features = forest.feature_names.size();
  if (features > kMaxFuzzFeatures) return;
  constexpr size_t kRows = 33;
  std::vector<double> rows = FuzzRows(kRows, features), margins(kRows);
  ForestScorer scorer(forest);
  scorer.Score(rows, margins);
  for (size_t r = 0; r < kRows; ++r) {
    double expected = MarginByWalk(forest, rows.data() + r * features);
    CHECK(std::memcmp(&expected, &margins[r], sizeof(double)) == 0 || std::isnan(expected));
  }
  auto shap = TreeShap::Create(forest);
  if (!shap.ok()) return;
  std::vector<double> together(9 * (features + 1)), alone(features + 1);
  shap->Explain({rows.data(), 9 * features}, together);
  for (size_t r = 0; r < 9; ++r) {
    shap->Explain({rows.data() + r * features, features}, alone);
    for (size_t f = 0; f <= features; ++f) {
      double found = together[r * (features + 1) + f];
      CHECK(std::memcmp(&found, &alone[f], sizeof(double)) == 0 || std::isnan(found));
    }
  }
}

}  // namespace codman::models
