// Logistic recalibration of a margin (Platt 1999; Cox 1958): risk = sigmoid(slope × margin +
// intercept).
//
// Fitted on rows the model was not fitted on. A plain value; threads may share it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace codman::models {

struct Calibrator {
  double slope = 1;
  double intercept = 0;

  // Maximum likelihood by Newton steps. labels: 0/1; weights: one a row, or empty. Refuses margins
  // that are not finite, a class without weight, margins that separate the classes (no finite fit
  // exists), and a slope that is not positive (the model ranks backwards or not at all;
  // recalibration cannot mend that).
  static Result<Calibrator> Fit(std::span<const double> margins, std::span<const double> labels,
                                std::span<const double> weights = {});

  double Apply(double margin) const;  // risk in [0, 1]

  std::string ToJson() const;  // "calibration.json"; numbers read back to the same doubles
  static Result<Calibrator> FromJson(std::string_view text);
};

}  // namespace codman::models
