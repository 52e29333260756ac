#include <cmath>

#include "base/text.h"
#include "models/standardisation_internal.h"

namespace codman::models {
namespace {

using RowSink = std::function<Result<>(std::span<const double> row, double weight)>;

Result<> ForEachRow(columns::MatrixSource* rows, std::span<const double> weights,
                    const RowSink& sink) {
  return rows->Scan([&](const columns::MatrixBlock& block) -> Result<> {
    for (int64_t i = 0; i < block.num_rows; ++i) {
      double weight = weights.empty() ? 1 : weights[static_cast<size_t>(block.first_row + i)];
      TRY(sink(block.Row(i), weight));
    }
    return {};
  });
}

}  // namespace

Result<std::vector<LinearFeature>> Standardise(columns::MatrixSource* rows,
                                               std::span<const double> weights) {
  const auto& names = rows->feature_names();
  std::vector<LinearFeature> features(names.size());
  std::vector<double> present(names.size(), 0), squares(names.size(), 0);
  double total = 0;
  TRY(ForEachRow(rows, weights, [&](std::span<const double> row, double weight) -> Result<> {
    total += weight;
    for (size_t f = 0; f < row.size(); ++f) {
      if (std::isnan(row[f])) continue;
      if (std::isinf(row[f])) {
        return base::InvalidInput(
            format("feature '{}' is infinite in some row; make it missing there", names[f]));
      }
      present[f] += weight;
      features[f].mean += weight * row[f];
    }
    return {};
  }));
  for (size_t f = 0; f < names.size(); ++f) {
    features[f].name = names[f];
    features[f].missing_rate = 1 - present[f] / total;
    features[f].mean = present[f] > 0 ? features[f].mean / present[f] : 0;
  }
  TRY(ForEachRow(rows, weights, [&](std::span<const double> row, double weight) -> Result<> {
    for (size_t f = 0; f < row.size(); ++f) {
      double distance = row[f] - features[f].mean;
      if (!std::isnan(row[f])) squares[f] += weight * distance * distance;
    }
    return {};
  }));
  for (size_t f = 0; f < names.size(); ++f) {
    double sd = present[f] > 0 ? std::sqrt(squares[f] / present[f]) : 0;
    // Rounding of the mean alone leaves about one part in 1e16: that is no variation.
    bool varies = sd > 1e-12 * std::fabs(features[f].mean) && std::isfinite(sd);
    features[f].sd = varies ? sd : 1;
  }
  return features;
}

}  // namespace codman::models
