#include "registry/calibration.h"

#include <cmath>
#include <limits>

#include "base/json.h"
#include "models/model.h"

namespace codman::registry {
namespace {

Json BinsToJson(const evaluation::MondrianConformal& conformal) {
  Json bins = Json::Array();
  for (const auto& bin : conformal.bins()) {
    bins.Add(Json::Object({{"from", std::isfinite(bin.from) ? Json(bin.from) : Json()},
                           {"radius", bin.radius},
                           {"rows", bin.rows}}));
  }
  return bins;
}

Result<evaluation::MondrianConformal> BinsFromJson(const Json& json) {
  std::vector<evaluation::ConformalBin> bins;
  for (const auto& bin : json.items()) {
    bins.push_back({.from = bin["from"].AsDouble(-std::numeric_limits<double>::infinity()),
                    .radius = bin["radius"].AsDouble(),
                    .rows = bin["rows"].AsInt()});
  }
  return evaluation::MondrianConformal::FromBins(std::move(bins));
}

double LogLoss(std::span<const double> margins, std::span<const double> labels, size_t classes,
               double temperature) {
  double loss = 0;
  std::vector<double> row(classes);
  for (size_t i = 0; i < labels.size(); ++i) {
    for (size_t k = 0; k < classes; ++k) row[k] = margins[i * classes + k] / temperature;
    models::Softmax(row);
    loss -= std::log(std::max(row[static_cast<size_t>(labels[i])], 1e-300));
  }
  return loss;
}

}  // namespace

void Calibration::Probabilities(std::span<double> margins) const {
  for (double& margin : margins) margin /= temperature;
  models::Softmax(margins);
}

std::string Calibration::ToJson() const {
  auto parsed = base::ParseJson(logistic.ToJson());
  CHECK(parsed.ok());
  Json json = std::move(*parsed);
  json.Set("temperature", temperature);
  if (bands) {
    json.Set("interval_90", BinsToJson(bands->interval));
    json.Set("anomaly_99", BinsToJson(bands->anomaly));
  }
  return json.ToPrettyString();
}

Result<Calibration> Calibration::FromJson(std::string_view text) {
  Calibration calibration{.logistic = TRY(models::Calibrator::FromJson(text))};
  Json json = TRY(base::ParseJson(text));
  calibration.temperature = json["temperature"].AsDouble(1);
  if (json.Find("interval_90") != nullptr) {
    calibration.bands =
        AmountBands{TRY(BinsFromJson(json["interval_90"])), TRY(BinsFromJson(json["anomaly_99"]))};
  }
  return calibration;
}

// The loss is convex in 1/temperature, so it falls to one minimum in the logarithm too: golden
// section (Kiefer 1953).
double FitTemperature(std::span<const double> margins, std::span<const double> labels,
                      int num_classes) {
  const double ratio = (std::sqrt(5.0) - 1) / 2;
  auto loss = [&](double log_temperature) {
    return LogLoss(margins, labels, static_cast<size_t>(num_classes), std::exp(log_temperature));
  };
  double low = std::log(0.05), high = std::log(20.0);
  double a = high - ratio * (high - low), b = low + ratio * (high - low);
  double loss_a = loss(a), loss_b = loss(b);
  while (high - low > 1e-6) {
    if (loss_a < loss_b) {
      high = std::exchange(b, a);
      loss_b = std::exchange(loss_a, 0);
      a = high - ratio * (high - low);
      loss_a = loss(a);
    } else {
      low = std::exchange(a, b);
      loss_a = std::exchange(loss_b, 0);
      b = low + ratio * (high - low);
      loss_b = loss(b);
    }
  }
  return std::exp((low + high) / 2);
}

}  // namespace codman::registry
