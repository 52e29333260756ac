// What the challenger of a variant would have answered where the champion did.
//
// Shadow scoring is replay: every answer is journalled with the input vector that it came from, so
// the challenger is put to the same inputs when someone asks, at no cost to any prediction, and for
// answers from before it was a challenger too. It never alerts anyone.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "registry/registry.h"
#include "serving/journal.h"
#include "serving/prediction_service.h"

namespace codman::serving {

// What is compared of one answer.
struct ToldAnswer {
  double headline = 0;  // risk, amount, or probability of the class that leads
  Band band = Band::kLow;
  bool alert = false;
  std::string leading_class;  // multiclass only
};

// Counts pairs of answers to the same inputs.
class ShadowTally {
 public:
  explicit ShadowTally(models::Objective objective) : objective_(objective) {}
  void Add(const std::string& prediction, const ToldAnswer& champion, const ToldAnswer& challenger);
  // {predictions, difference {mean, mean_absolute, p95_absolute}, largest [{id, champion,
  // challenger}] (ten)}, challenger − champion; binary: alerts {both, champion_only,
  // challenger_only, neither} and bands (champion's × challenger's, from low); multiclass: classes
  // {same, different}.
  Json ToJson() const;

 private:
  struct Pair {
    std::string prediction;
    double champion, challenger;
    double gap() const;
  };

  models::Objective objective_;
  std::vector<Pair> pairs_;
  std::array<std::array<int64_t, 2>, 2> alerts_{};  // [champion][challenger]
  std::array<std::array<int64_t, kNumBands>, kNumBands> bands_{};
  int64_t same_class_ = 0;
};

struct ShadowRequest {
  std::string task, variant;
  size_t most = 10'000;  // newest answers that are looked at
};

// The tally with {task, variant, champion, challenger, challenger_since, from, until, left_out}:
// `left_out` answers came from versions whose vectors lack inputs of the challenger. NotFound where
// there is no challenger, InvalidInput naming the inputs where no answer has them all.
Result<Json> CompareInShadow(const ShadowRequest& request, const registry::Registry& registry,
                             PredictionService* service, Journal* journal);

}  // namespace codman::serving
