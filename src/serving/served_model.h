// A model with everything that an answer needs, made once: bounds that values are checked against,
// the constant parts of an answer already written as JSON, its counters. Self-contained, from its
// signed folder alone; immutable, so threads share one.
#pragma once

#include <array>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/result.h"
#include "events/concepts.h"
#include "features/feature_set.h"
#include "features/kernel.h"
#include "registry/registry.h"

namespace codman::serving {

// low < half the threshold <= moderate < threshold <= high < 2.5 × threshold <= critical
enum class Band { kLow, kModerate, kHigh, kCritical };
constexpr int kNumBands = 4;
Band BandAt(double risk, double threshold);
const char* NameOf(Band band);

// What is fixed about one feature of the contract.
struct FeatureForm {
  std::string quoted_id;  // "heart_rate" with its quotes
  // A plain number in [low, high] that is not in [doubtful_low, doubtful_high] is taken as it is,
  // one above top_code as that; any other number needs the rules of ReadFeatures.
  double low = 0, high = 0, doubtful_low = 1, doubtful_high = 0;
  double top_code = std::numeric_limits<double>::infinity();
  std::string before_value, after_value;  // of an entry of the explanation
  int own_column = -1;                    // the model's input of the same name
  std::vector<std::string> quoted_words;  // what 0, 1, … mean, as JSON
};

struct ServedModel {
  registry::LoadedModel loaded;
  std::shared_ptr<const events::Concepts> concepts;
  std::shared_ptr<const features::Plan> plan;
  // Which contract feature each model input belongs to.
  std::vector<int> contract_of;

  std::vector<FeatureForm> features;  // in the order of the contract
  // Parts of an answer between its numbers, in their order.
  std::string before_headline, before_threshold, before_interval, before_model, before_explanation,
      after_warnings;
  bool is_binary = true;
  std::vector<std::string> quoted_classes;  // of a multiclass model, as JSON
  std::vector<std::string> warnings;        // always, and then where more than half is missing
  std::string object;                       // of the audit record: "model sepsis process-3"
  std::vector<base::Counter> answered;      // by band

  void CountAnswer(Band band) const {
    base::Counter counter = answered[static_cast<size_t>(band)];
    counter.Increment();
  }
};

// `horizon_hours` is the task's.
Result<std::shared_ptr<const ServedModel>> Prepare(registry::LoadedModel loaded,
                                                   double horizon_hours = 0);

}  // namespace codman::serving
