// Forty rows with ties that the tests and scikit-learn judge alike: score of row i = ((37 i mod
// 101) div 5)/20.
#pragma once

#include <vector>

namespace codman::evaluation {

inline std::vector<double> ExampleScores() {
  std::vector<double> scores;
  for (int i = 0; i < 40; ++i) scores.push_back((i * 37) % 101 / 5 / 20.0);
  return scores;
}

// 1 where (53 i mod 97) < 15 + 0.4 (37 i mod 101): fifteen events.
inline std::vector<double> ExampleLabels() {
  std::vector<double> labels;
  for (int i = 0; i < 40; ++i) labels.push_back((i * 53) % 97 < 15 + (i * 37) % 101 * 0.4 ? 1 : 0);
  return labels;
}

}  // namespace codman::evaluation
