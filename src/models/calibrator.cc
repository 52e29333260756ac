#include "models/calibrator.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "models/model.h"

namespace codman::models {
namespace {

struct Rows {
  std::span<const double> margins, labels, weights;
  double WeightOf(size_t i) const { return weights.empty() ? 1 : weights[i]; }
};

// Mean and spread bring the margins to a scale on which Newton is well conditioned.
struct Scale {
  double mean = 0, sd = 1;
};

Result<Scale> CheckRows(const Rows& rows) {
  if (rows.margins.size() != rows.labels.size() ||
      (!rows.weights.empty() && rows.weights.size() != rows.labels.size())) {
    return base::InvalidInput("margins, labels and weights differ in number");
  }
  double by_class[2] = {0, 0};
  double sum = 0;
  for (size_t i = 0; i < rows.labels.size(); ++i) {
    double weight = rows.WeightOf(i);
    if (!std::isfinite(rows.margins[i]))
      return base::InvalidInput(format("the margin of row {} is not finite", i));
    if (rows.labels[i] != 0 && rows.labels[i] != 1) {
      return base::InvalidInput(format("the label of row {} is neither 0 nor 1", i));
    }
    if (!(weight >= 0) || std::isinf(weight))
      return base::InvalidInput("a weight is negative or not finite");
    by_class[rows.labels[i] == 1 ? 1 : 0] += weight;
    sum += weight * rows.margins[i];
  }
  if (!(by_class[0] > 0 && by_class[1] > 0)) {
    return base::InvalidInput("calibration needs rows of both classes; take more tuning rows");
  }
  Scale scale;
  double total = by_class[0] + by_class[1];
  scale.mean = sum / total;
  double squares = 0;
  for (size_t i = 0; i < rows.labels.size(); ++i) {
    squares += rows.WeightOf(i) * (rows.margins[i] - scale.mean) * (rows.margins[i] - scale.mean);
  }
  scale.sd = std::sqrt(squares / total);
  if (!(scale.sd > 0) || !std::isfinite(scale.sd)) {
    return base::DataQuality(
        "all margins are equal: the model does not tell rows apart, so nothing can be calibrated");
  }
  return scale;
}

// True where every margin of one class lies at or beyond every margin of the other.
bool Separated(const Rows& rows) {
  double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
  for (size_t i = 0; i < rows.labels.size(); ++i) {
    if (rows.WeightOf(i) == 0) continue;
    int label = rows.labels[i] == 1 ? 1 : 0;
    low[label] = std::min(low[label], rows.margins[i]);
    high[label] = std::max(high[label], rows.margins[i]);
  }
  return high[0] <= low[1] || high[1] <= low[0];
}

struct Evaluation {
  double loss = 0, gradient_a = 0, gradient_b = 0, aa = 0, ab = 0, bb = 0;
};

// At risk = sigmoid(a × standardised margin + b).
Evaluation EvaluateAt(const Rows& rows, const Scale& scale, double a, double b) {
  Evaluation sum;
  for (size_t i = 0; i < rows.labels.size(); ++i) {
    double weight = rows.WeightOf(i);
    double x = (rows.margins[i] - scale.mean) / scale.sd;
    double m = a * x + b;
    double p = Sigmoid(m);
    double residual = weight * (p - rows.labels[i]);
    double curvature = weight * p * (1 - p);
    sum.loss +=
        weight * (std::max(m, 0.0) + std::log1p(std::exp(-std::fabs(m))) - rows.labels[i] * m);
    sum.gradient_a += residual * x;
    sum.gradient_b += residual;
    sum.aa += curvature * x * x;
    sum.ab += curvature * x;
    sum.bb += curvature;
  }
  return sum;
}

Result<Calibrator> Newton(const Rows& rows, const Scale& scale) {
  double a = 0, b = 0;
  Evaluation here = EvaluateAt(rows, scale, a, b);
  for (int step = 0; step < 200; ++step) {
    double determinant = here.aa * here.bb - here.ab * here.ab;
    double da = (here.bb * here.gradient_a - here.ab * here.gradient_b) / determinant;
    double db = (here.aa * here.gradient_b - here.ab * here.gradient_a) / determinant;
    if (!std::isfinite(da) || !std::isfinite(db)) break;
    Evaluation there = EvaluateAt(rows, scale, a - da, b - db);
    for (int halving = 0; halving < 40 && !(there.loss <= here.loss * (1 + 1e-14)); ++halving) {
      da /= 2;
      db /= 2;
      there = EvaluateAt(rows, scale, a - da, b - db);
    }
    a -= da;
    b -= db;
    here = there;
    if (std::fabs(da) + std::fabs(db) < 1e-10)
      return Calibrator{a / scale.sd, b - a * scale.mean / scale.sd};
  }
  return base::DataQuality("the calibration did not settle; take more tuning rows");
}

}  // namespace

Result<Calibrator> Calibrator::Fit(std::span<const double> margins, std::span<const double> labels,
                                   std::span<const double> weights) {
  Rows rows{margins, labels, weights};
  Scale scale = TRY(CheckRows(rows));
  if (Separated(rows)) {
    return base::DataQuality(
        "the margins separate the classes completely, so no finite calibration exists; take more "
        "tuning rows and look for leaks");
  }
  Calibrator fitted = TRY(Newton(rows, scale));
  if (!(fitted.slope > 0)) {
    return base::DataQuality(
        "the calibration slope is not positive: higher margins do not mean higher risk");
  }
  return fitted;
}

double Calibrator::Apply(double margin) const { return Sigmoid(slope * margin + intercept); }

std::string Calibrator::ToJson() const {
  Json root;
  root.Set("method", "platt");
  root.Set("slope", slope);
  root.Set("intercept", intercept + 0.0);
  return root.ToPrettyString();
}

Result<Calibrator> Calibrator::FromJson(std::string_view text) {
  Json root = TRY(base::ParseJson(text));
  const Json& slope = root["slope"];
  const Json& intercept = root["intercept"];
  if (root["method"].AsString() != "platt" || !slope.is_number() || !intercept.is_number()) {
    return base::InvalidInput("a calibration file holds method 'platt', a slope and an intercept");
  }
  if (!(slope.AsDouble() > 0) || !std::isfinite(slope.AsDouble()) ||
      !std::isfinite(intercept.AsDouble())) {
    return base::InvalidInput("the slope of a calibration must be positive");
  }
  return Calibrator{slope.AsDouble(), intercept.AsDouble()};
}

}  // namespace codman::models
