#include <algorithm>
#include <cmath>
#include <utility>

#include "models/linear_design_internal.h"

namespace codman::models {
namespace {
constexpr Eigen::Index kRowsAtOnce = 512;
}  // namespace

LinearDesign::LinearDesign(std::vector<LinearFeature> features, bool indicators)
    : features_(std::move(features)) {
  for (size_t f = 0; f < features_.size() && indicators; ++f) {
    if (features_[f].missing_rate > 0) indicators_.push_back(f);
  }
}

Eigen::Index LinearDesign::size() const {
  return static_cast<Eigen::Index>(features_.size() + indicators_.size() + 1);
}

Result<> LinearDesign::Scan(columns::MatrixSource* rows, const Sink& sink) const {
  Eigen::MatrixXd design(size(), kRowsAtOnce);
  Eigen::Index filled = 0;
  int64_t first_row = 0;
  auto pass_on = [&] {
    if (filled > 0) sink(design.leftCols(filled), first_row);
    first_row += filled;
    filled = 0;
  };
  TRY(rows->Scan([&](const columns::MatrixBlock& block) -> Result<> {
    for (int64_t i = 0; i < block.num_rows; ++i) {
      FillColumn(block.Row(i), design.col(filled));
      if (++filled == kRowsAtOnce) pass_on();
    }
    return {};
  }));
  pass_on();
  return {};
}

void LinearDesign::FillColumn(std::span<const double> row,
                              Eigen::Ref<Eigen::VectorXd> column) const {
  Eigen::Index at = 0;
  for (size_t f = 0; f < row.size(); ++f) {
    column[at++] = std::isnan(row[f]) ? 0 : (row[f] - features_[f].mean) / features_[f].sd;
  }
  for (size_t f : indicators_)
    column[at++] = (std::isnan(row[f]) ? 1 : 0) - features_[f].missing_rate;
  column[at] = 1;
}

LinearWeights LinearDesign::WeightsOf(const Eigen::MatrixXd& beta) const {
  LinearWeights weights;
  weights.features = features_;
  for (LinearFeature& feature : weights.features)
    feature.missing_weights.assign(static_cast<size_t>(beta.cols()), 0.0);
  for (Eigen::Index k = 0; k < beta.cols(); ++k) {
    // Adding 0 turns -0 into 0, which JSON can hold.
    Eigen::Index at = 0;
    for (LinearFeature& feature : weights.features) feature.weights.push_back(beta(at++, k) + 0.0);
    for (size_t f : indicators_)
      weights.features[f].missing_weights[static_cast<size_t>(k)] = beta(at++, k) + 0.0;
    weights.intercepts.push_back(beta(at, k) + 0.0);
  }
  return weights;
}

}  // namespace codman::models
