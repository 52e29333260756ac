// How a model's margin becomes what is told: calibration.json of a model folder. A value; threads
// may share one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "evaluation/conformal.h"
#include "models/calibrator.h"

namespace codman::registry {

// The amount itself, where 90 % of such rows lie, and where all but 1 % do.
struct AmountBands {
  evaluation::MondrianConformal interval, anomaly;
};

struct Calibration {
  models::Calibrator logistic;       // binary: risk = σ(slope × margin + intercept)
  double temperature = 1;            // multiclass: margins are divided by it before the softmax
  std::optional<AmountBands> bands;  // regression

  double Risk(double margin) const { return logistic.Apply(margin); }
  // Margins of one row to probabilities of the classes, in place.
  void Probabilities(std::span<double> margins) const;

  std::string ToJson() const;  // numbers read back to the same doubles
  static Result<Calibration> FromJson(std::string_view text);
};

// Maximum likelihood for the temperature (Guo et al., ICML 2017). margins: rows × classes,
// row-major; labels: 0 … classes − 1.
double FitTemperature(std::span<const double> margins, std::span<const double> labels,
                      int num_classes);

}  // namespace codman::registry
