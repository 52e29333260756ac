// Forty rows with ties that the tests and scikit-learn judge alike: score of row i = ((37 i mod
// 101) div 5)/20.
#pragma once

#include <cstdint>
#include <vector>

#include "evaluation/multiclass.h"
#include "evaluation/regression.h"

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

// Sixty amounts of fifteen subjects with their predictions and intervals.
struct ExampleAmounts {
  std::vector<double> predicted, truth, lower, upper;
  std::vector<int32_t> subject;

  ExampleAmounts() {
    for (int i = 0; i < 60; ++i) {
      truth.push_back(1000 + (i * 53) % 97 * 100.0 + (i % 7 == 0 ? 9000 : 0));
      predicted.push_back(truth.back() * 0.8 + (i * 37) % 41 * 60.0);
      lower.push_back(predicted.back() - 1500 - i % 5 * 100);
      upper.push_back(predicted.back() + 1500 + i % 3 * 400);
      subject.push_back(i / 4);
    }
  }
  RegressionRows Rows() const { return {predicted, truth, lower, upper}; }
};

// Ninety rows of thirty subjects over three classes: weights 1 + (37 i mod 101) mod 11, 1 + (53 i
// mod 97) mod 13, 1 + (29 i mod 89) mod 7, the label's own doubled, over their sum.
struct ExampleClasses {
  std::vector<double> probability;
  std::vector<int32_t> label, subject;

  ExampleClasses() {
    for (int i = 0; i < 90; ++i) {
      label.push_back(i * 31 % 73 % 5 % 3);
      subject.push_back(i / 3);
      double weight[] = {1.0 + i * 37 % 101 % 11, 1.0 + i * 53 % 97 % 13, 1.0 + i * 29 % 89 % 7};
      weight[label.back()] *= 2;
      double sum = weight[0] + weight[1] + weight[2];
      for (double w : weight) probability.push_back(w / sum);
    }
  }
  MulticlassRows Rows() const { return {probability, label, 3}; }
};

}  // namespace codman::evaluation
