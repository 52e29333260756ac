#include "training/fit.h"

#include <limits>

#include "base/text.h"
#include "evaluation/utility.h"
#include "models/catalog.h"

namespace codman::training {

Result<std::unique_ptr<models::Model>> FitOn(const FitRequest& request,
                                             columns::MatrixSource* matrix,
                                             const std::vector<uint8_t>& keep,
                                             const std::vector<double>& labels) {
  const auto* learner = TRY(models::FindLearner(request.learner));
  columns::RowSubset subset(matrix, &keep);
  std::vector<double> kept_labels = Kept(labels, keep);
  models::TrainingData data{.rows = &subset, .labels = kept_labels, .objective = request.objective};
  models::LearnOptions options{.settings = request.settings, .seed = request.seed};
  return learner->Fit(data, options);
}

Result<std::vector<double>> MarginsOf(const models::Model& model, columns::MatrixSource* matrix,
                                      const std::vector<uint8_t>& keep) {
  std::vector<double> margins(keep.size(), std::numeric_limits<double>::quiet_NaN());
  std::vector<double> block_margins;
  TRY(matrix->Scan([&](const columns::MatrixBlock& block) -> Result<> {
    block_margins.resize(static_cast<size_t>(block.num_rows));
    model.Predict(block.values, block_margins);
    for (int64_t i = 0; i < block.num_rows; ++i) {
      auto row = static_cast<size_t>(block.first_row + i);
      if (keep[row] != 0) margins[row] = block_margins[static_cast<size_t>(i)];
    }
    return {};
  }));
  return margins;
}

Result<OperatingPoint> Tune(const registry::Task& task, const feature_store::PredictionRows& rows,
                            const std::vector<double>& margins,
                            const std::vector<uint8_t>& tuning) {
  std::vector<double> kept_margins = Kept(margins, tuning), labels = Kept(rows.label, tuning);
  OperatingPoint point;
  point.calibrator =
      TRY(models::Calibrator::Fit(kept_margins, labels).While("calibrating on tuning rows"));
  std::vector<double> risks(margins.size(), 0);
  for (size_t i = 0; i < margins.size(); ++i) {
    if (tuning[i] != 0) risks[i] = point.calibrator.Apply(margins[i]);
  }
  point.threshold = TRY(ThresholdOf(task, rows, risks, tuning));
  point.rule = task.physionet_utility ? "highest PhysioNet 2019 utility on tuning patients"
                                      : "base rate of tuning patients";
  return point;
}

Result<double> ThresholdOf(const registry::Task& task, const feature_store::PredictionRows& rows,
                           const std::vector<double>& risks, const std::vector<uint8_t>& keep) {
  std::vector<double> labels = Kept(rows.label, keep);
  if (task.physionet_utility) {
    auto scorer = TRY(evaluation::UtilityScorer::Create(Kept(rows.subject, keep), labels));
    return evaluation::ThresholdOfBestUtility(scorer, Kept(risks, keep));
  }
  // Without a utility an alert says "more likely than the average patient".
  double events = 0;
  for (double label : labels) events += label;
  return events / static_cast<double>(labels.size());
}

Result<columns::DenseMatrix> LoadRows(columns::MatrixSource* matrix,
                                      const std::vector<uint8_t>& keep) {
  columns::RowSubset subset(matrix, &keep);
  std::vector<double> values;
  values.reserve(static_cast<size_t>(subset.num_rows()) * matrix->feature_names().size());
  TRY(subset.Scan([&](const columns::MatrixBlock& block) -> Result<> {
    values.insert(values.end(), block.values.begin(),
                  block.values.begin() + block.num_rows * block.num_features);
    return {};
  }));
  return columns::DenseMatrix(matrix->feature_names(), std::move(values));
}

}  // namespace codman::training
