// What is judged: one entry per prediction, all vectors of equal length (or empty where optional).
//
// Rows of one subject need not be adjacent, but within a subject they are in time order. Plain
// data, no threads.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace codman::evaluation {

struct Predictions {
  std::vector<int32_t> subject;  // 0-based index of the subject: the unit of resampling
  std::vector<int32_t>
      encounter;  // 0-based index of the encounter (alerts are counted per encounter)
  std::vector<int64_t> time_us;  // prediction time, µs
  std::vector<double> risk;      // calibrated probability in [0, 1] (regression: the value)
  std::vector<double> label;     // 0 or 1 (regression: the truth; multiclass: the class, from 0)
  // Regression only: the predicted interval of each row, or both empty.
  std::vector<double> lower, upper;
  // Multiclass only, in place of `risk`: row-major, rows × classes, each row summing to 1.
  std::vector<double> class_probability;
  // Scores of other models on the same rows, same order: "clock_only", "logistic",
  // "without_process", … Multiclass: laid out as class_probability.
  std::map<std::string, std::vector<double>> comparators;
  // Subgroup columns: "sex" → one level a row ("female"); "" is left out.
  std::map<std::string, std::vector<std::string>> subgroups;
};

}  // namespace codman::evaluation
