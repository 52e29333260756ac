// Clinical scores as functions of their measurements. Missing is NaN.
//
// A score that counts bands is partial: it sums the components whose data are present and is NaN
// only where none is; n_missing tells how many components it lacks. A ratio is NaN where one of its
// parts is missing or the divisor is 0. Where a guideline's table lists whole numbers (or tenths),
// a value between two bands belongs to the higher one (8.5 breaths/min counts as 9–11; 36.05 Cel as
// 36.1). Pure functions; threads may share.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "features/feature_set.h"

namespace codman::features {

struct Score {
  const char* name = "";
  // Unit (UCUM) of each argument, in order; "" takes any.
  std::vector<const char*> units;
  int min_arguments = 1;     // later ones may be left out
  bool repeats = false;      // more arguments than units: the last one repeats
  double low = 0, high = 0;  // range of the result; equal where it has none
  const char* unit = "";     // of the result
  double (*compute)(std::span<const double> arguments) = nullptr;
  // For people: what the arguments are, and whose rule it is.
  const char* arguments = "";
  const char* source = "";
  // Where an entry `score: NAME` of a feature set is enough: the concepts its arguments are made
  // of, in order, and how.
  std::vector<const char*> concepts = {};
  Aggregate aggregate = Aggregate::kAny;
};

// Every score an expression may name.
const std::vector<Score>& Scores();
// Index in Scores(), or -1.
int FindScore(std::string_view name);

}  // namespace codman::features
