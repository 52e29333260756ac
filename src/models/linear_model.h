// A fitted linear or logistic regression. For each output: margin = intercept + sum over features
// of
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

struct LinearFeature {
  std::string name;
  double mean = 0, sd = 1;              // sd > 0
  std::vector<double> weights;          // per standard deviation; one an output
  double missing_rate = 0;              // share of training weight without a value
  std::vector<double> missing_weights;  // of the indicator, one an output; 0 where there is none
};

struct LinearWeights {
  std::string family;              // "linear" or "logistic"
  std::vector<double> intercepts;  // one an output; several only for logistic: multiclass
  std::vector<LinearFeature> features;
  Json settings;

  // Numbers read back to the same doubles. One output is written as a number, several as a list.
  std::string ToJson() const;
};

// From what ToJson wrote for the same family. Untrusted: refuses what is incomplete or not finite.
Result<std::unique_ptr<Model>> LoadLinearModel(std::string_view family, std::string_view bytes);

}  // namespace codman::models
