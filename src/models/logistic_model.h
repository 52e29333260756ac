// A fitted logistic regression: margin = intercept + sum over features of
//   weight × (x - mean) / sd + missing_weight × (missing - missing_rate),
// the first part 0 where x is missing. Contributions are those terms, the base is the intercept:
// exact.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "models/model.h"

namespace codman::models {

struct LogisticFeature {
  std::string name;
  double mean = 0, sd = 1;    // sd > 0
  double weight = 0;          // per standard deviation
  double missing_rate = 0;    // share of training weight without a value
  double missing_weight = 0;  // of the indicator; 0 where there is none
};

struct LogisticWeights {
  double intercept = 0;
  std::vector<LogisticFeature> features;
  Json settings;

  std::string ToJson() const;  // numbers read back to the same doubles
};

// From what ToJson wrote. Untrusted: refuses what is incomplete or not finite.
Result<std::unique_ptr<Model>> LoadLogisticModel(std::string_view bytes);

}  // namespace codman::models
