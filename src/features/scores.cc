#include "features/scores.h"

#include <cmath>

#include "features/score_lists_internal.h"
#include "features/score_points_internal.h"

namespace codman::features {
namespace {

double SumPresent(ScoreValues v) {
  PartialSum sum;
  for (double value : v) sum.Add(value);
  return sum.value();
}

double CountMissing(ScoreValues v) {
  return static_cast<double>(
      std::count_if(v.begin(), v.end(), [](double value) { return std::isnan(value); }));
}

std::vector<Score> PartScores() {
  return {
      {.name = "sum_present",
       .units = {kPointsUnit},
       .min_arguments = 1,
       .repeats = true,
       .unit = kPointsUnit,
       .compute = SumPresent,
       .arguments = "points, …",
       .source = "the sum of those that are known"},
      {.name = "n_missing",
       .units = {""},
       .min_arguments = 1,
       .repeats = true,
       .unit = "1",
       .compute = CountMissing,
       .arguments = "any, …",
       .source = "how many are not known: what a partial score lacks"},
  };
}

}  // namespace

const std::vector<Score>& Scores() {
  static const std::vector<Score> kScores = [] {
    std::vector<Score> all;
    for (auto list :
         {OrganFailureScores(), WarningScores(), ReadmissionScores(), DoseScores(), PartScores()}) {
      all.insert(all.end(), list.begin(), list.end());
    }
    return all;
  }();
  return kScores;
}

int FindScore(std::string_view name) {
  const auto& scores = Scores();
  for (size_t i = 0; i < scores.size(); ++i) {
    if (name == scores[i].name) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace codman::features
