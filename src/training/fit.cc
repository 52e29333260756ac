#include "training/fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "evaluation/utility.h"
#include "models/catalog.h"

namespace codman::training {

Result<std::unique_ptr<models::Model>> FitOn(const FitRequest& request,
                                             columns::MatrixSource* matrix,
                                             const std::vector<uint8_t>& keep,
                                             const std::vector<double>& labels,
                                             const std::vector<double>& weights) {
  const auto* learner = TRY(models::FindLearner(request.learner));
  columns::RowSubset subset(matrix, &keep);
  std::vector<double> kept_labels = Kept(labels, keep), kept_weights = Kept(weights, keep);
  models::TrainingData data{.rows = &subset,
                            .labels = kept_labels,
                            .weights = kept_weights,
                            .objective = request.target.objective,
                            .num_classes = request.target.num_classes()};
  models::LearnOptions options{.settings = request.settings, .seed = request.seed};
  return learner->Fit(data, options);
}

Result<std::vector<double>> MarginsOf(const models::Model& model, columns::MatrixSource* matrix,
                                      const std::vector<uint8_t>& keep) {
  auto width = static_cast<size_t>(model.num_outputs());
  std::vector<double> margins(keep.size() * width, std::numeric_limits<double>::quiet_NaN());
  std::vector<double> of_block;
  TRY(matrix->Scan([&](const columns::MatrixBlock& block) -> Result<> {
    of_block.resize(static_cast<size_t>(block.num_rows) * width);
    model.Predict(block.values, of_block);
    for (int64_t i = 0; i < block.num_rows; ++i) {
      auto row = static_cast<size_t>(block.first_row + i);
      if (keep[row] == 0) continue;
      std::copy_n(of_block.begin() + i * static_cast<int64_t>(width), width,
                  margins.begin() + static_cast<int64_t>(row * width));
    }
    return {};
  }));
  return margins;
}

namespace {

constexpr int64_t kRowsPerBand = 50;
constexpr int64_t kMaxBands = 10;

Result<registry::AmountBands> FitBands(const std::vector<double>& predicted,
                                       const std::vector<double>& truth) {
  auto rows = static_cast<int64_t>(truth.size());
  auto bins = static_cast<int>(std::clamp<int64_t>(rows / kRowsPerBand, 1, kMaxBands));
  auto rare = static_cast<int>(std::clamp<int64_t>(rows / (10 * kRowsPerBand), 1, kMaxBands));
  return registry::AmountBands{TRY(evaluation::MondrianConformal::Fit(predicted, truth, 0.9, bins)),
                               TRY(evaluation::MondrianConformal::Fit(
                                   predicted, truth, evaluation::kAnomalyCoverage, rare))};
}

}  // namespace

Result<OperatingPoint> Tune(const registry::Task& task, const registry::Target& target,
                            const feature_store::PredictionRows& rows,
                            const std::vector<double>& margins,
                            const std::vector<uint8_t>& tuning) {
  std::vector<double> labels = Kept(rows.label, tuning);
  OperatingPoint point;
  if (target.objective == models::Objective::kRegression) {
    point.calibration.bands =
        TRY(FitBands(Kept(margins, tuning), labels).While("fitting intervals on tuning rows"));
    point.rule = "90 % intervals from tuning rows (split conformal, by ranges of the amount)";
    return point;
  }
  if (target.objective == models::Objective::kMulticlass) {
    auto classes = target.num_classes();
    point.calibration.temperature = registry::FitTemperature(
        Kept(margins, tuning, static_cast<size_t>(classes)), labels, classes);
    point.rule = "the most probable class";
    return point;
  }
  point.calibration.logistic = TRY(
      models::Calibrator::Fit(Kept(margins, tuning), labels).While("calibrating on tuning rows"));
  auto risks = Tell(target, point.calibration, margins).values;
  point.threshold = TRY(ThresholdOf(task, rows, risks, tuning));
  point.rule = task.physionet_utility ? "highest PhysioNet 2019 utility on tuning patients"
                                      : "base rate of tuning patients";
  return point;
}

Told Tell(const registry::Target& target, const registry::Calibration& calibration,
          std::vector<double> margins) {
  Told told{.values = std::move(margins)};
  auto width = target.objective == models::Objective::kMulticlass
                   ? static_cast<size_t>(target.num_classes())
                   : 1;
  for (size_t i = 0; i < told.values.size(); i += width) {
    double& value = told.values[i];
    if (std::isnan(value)) {
      std::fill_n(told.values.begin() + static_cast<int64_t>(i), width, 0.0);
    } else if (width > 1) {
      calibration.Probabilities(std::span(told.values).subspan(i, width));
    } else if (target.objective == models::Objective::kBinary) {
      value = calibration.Risk(value);
    }
    if (!calibration.bands) continue;
    auto band = calibration.bands->interval.Band(value);
    told.lower.push_back(band.lower);
    told.upper.push_back(band.upper);
  }
  return told;
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

Result<double> CautiousThreshold(const registry::Task& task,
                                 const feature_store::PredictionRows& rows,
                                 const std::vector<double>& risks, const std::vector<uint8_t>& keep,
                                 double threshold, double share) {
  if (!task.physionet_utility) return threshold;
  auto scorer =
      TRY(evaluation::UtilityScorer::Create(Kept(rows.subject, keep), Kept(rows.label, keep)));
  return evaluation::ThresholdKeepingUtility(scorer, Kept(risks, keep), share);
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

std::vector<uint8_t> Thinned(std::vector<uint8_t> keep, int64_t wanted) {
  int64_t there = std::count(keep.begin(), keep.end(), 1);
  int64_t step = std::max<int64_t>(1, there / wanted), seen = 0;
  for (auto& kept : keep) {
    if (kept != 0 && seen++ % step != 0) kept = 0;
  }
  return keep;
}

}  // namespace codman::training
