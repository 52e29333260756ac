#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "evaluation/report_checks_internal.h"

namespace codman::evaluation {
namespace {

Result<> CheckLength(const std::string& name, size_t length, size_t rows,
                     const char* counted = "risks") {
  if (length == rows) return {};
  return base::InvalidInput(
      format("'{}' has {} entries but there are {} {}: give one of each a row", name, length, rows,
             counted));
}

// `width` numbers of each comparator stand for one row.
Result<> CheckLengths(const Predictions& predictions, size_t rows, size_t width) {
  TRY(CheckLength("subject", predictions.subject.size(), rows));
  TRY(CheckLength("label", predictions.label.size(), rows));
  if (!predictions.encounter.empty()) {
    TRY(CheckLength("encounter", predictions.encounter.size(), rows));
  }
  if (!predictions.time_us.empty()) TRY(CheckLength("time_us", predictions.time_us.size(), rows));
  for (const auto& [name, scores] : predictions.comparators) {
    TRY(CheckLength("comparators." + name, scores.size(), rows * width));
  }
  for (const auto& [name, levels] : predictions.subgroups) {
    TRY(CheckLength("subgroups." + name, levels.size(), rows));
  }
  return {};
}

Result<> CheckOptions(const ReportOptions& options) {
  if (!std::isfinite(options.threshold)) {
    return base::InvalidInput("options.threshold must be a finite risk");
  }
  if (!(options.horizon_hours >= 0) || !(options.silence_hours >= 0)) {
    return base::InvalidInput("options.horizon_hours and silence_hours must be 0 or more");
  }
  if (options.bootstrap_replicates < 0) {
    return base::InvalidInput("options.bootstrap_replicates must be 0 or more");
  }
  return {};
}

Result<> CheckFinite(const std::string& name, const std::vector<double>& values, size_t width) {
  auto wrong =
      std::find_if(values.begin(), values.end(), [](double v) { return !std::isfinite(v); });
  if (wrong == values.end()) return {};
  return base::InvalidInput(format("{} of row {} is not a finite number", name,
                                   static_cast<size_t>(wrong - values.begin()) / width));
}

Result<> CheckComparators(const Predictions& predictions, size_t width) {
  for (const auto& [name, scores] : predictions.comparators) {
    TRY(CheckFinite("comparators." + name, scores, width));
  }
  return {};
}

// Each row of `values` holds probabilities that sum to 1.
Result<> CheckProbabilities(const std::string& name, const std::vector<double>& values,
                            size_t classes) {
  constexpr double kTolerance = 1e-6;
  for (size_t row = 0; row * classes < values.size(); ++row) {
    double sum = 0;
    for (size_t c = 0; c < classes; ++c) {
      double p = values[row * classes + c];
      if (!(p >= 0 && p <= 1)) {
        return base::InvalidInput(
            format("{} of row {} holds {}: it must be a probability from 0 to 1", name, row, p));
      }
      sum += p;
    }
    if (std::abs(sum - 1) > kTolerance) {
      return base::InvalidInput(
          format("{} of row {} sums to {}: the classes of a row must sum to 1", name, row, sum));
    }
  }
  return {};
}

}  // namespace

Result<> CheckPredictions(const Predictions& predictions, const ReportOptions& options) {
  TRY(CheckOptions(options));
  TRY(CheckLengths(predictions, predictions.risk.size(), 1));
  for (size_t row = 0; row < predictions.risk.size(); ++row) {
    double label = predictions.label[row], risk = predictions.risk[row];
    if (label != 0 && label != 1) {
      return base::InvalidInput(format("label of row {} is {}: it must be 0 or 1", row, label));
    }
    if (!(risk >= 0 && risk <= 1)) {
      return base::InvalidInput(
          format("risk of row {} is {}: it must be a probability from 0 to 1", row, risk));
    }
  }
  TRY(CheckComparators(predictions, 1));
  auto events = std::count(predictions.label.begin(), predictions.label.end(), 1.0);
  if (events == 0 || events == static_cast<int64_t>(predictions.label.size())) {
    return base::InvalidInput(format("{} of {} labels are 1: judging needs rows of both classes",
                                     events, predictions.label.size()));
  }
  return {};
}

Result<> CheckRegression(const Predictions& predictions, const ReportOptions& options) {
  size_t rows = predictions.risk.size();
  TRY(CheckOptions(options));
  if (!(options.interval_coverage > 0 && options.interval_coverage < 1)) {
    return base::InvalidInput("options.interval_coverage must be a share between 0 and 1");
  }
  if (rows < 2) return base::InvalidInput("judging a regression needs at least two rows");
  TRY(CheckLengths(predictions, rows, 1));
  TRY(CheckFinite("risk", predictions.risk, 1));
  TRY(CheckFinite("label", predictions.label, 1));
  TRY(CheckComparators(predictions, 1));
  if (predictions.lower.empty() && predictions.upper.empty()) return {};
  TRY(CheckLength("lower", predictions.lower.size(), rows));
  TRY(CheckLength("upper", predictions.upper.size(), rows));
  TRY(CheckFinite("lower", predictions.lower, 1));
  TRY(CheckFinite("upper", predictions.upper, 1));
  for (size_t row = 0; row < rows; ++row) {
    if (predictions.lower[row] <= predictions.upper[row]) continue;
    return base::InvalidInput(format("lower of row {} lies above its upper", row));
  }
  return {};
}

Result<> CheckMulticlass(const Predictions& predictions, const ReportOptions& options) {
  size_t rows = predictions.label.size(), classes = options.class_names.size();
  TRY(CheckOptions(options));
  if (classes < 2) return base::InvalidInput("options.class_names must name at least two classes");
  TRY(CheckLengths(predictions, rows, classes));
  TRY(CheckLength("class_probability", predictions.class_probability.size(), rows * classes,
                  "rows times classes"));
  TRY(CheckProbabilities("class_probability", predictions.class_probability, classes));
  for (const auto& [name, values] : predictions.comparators) {
    TRY(CheckProbabilities("comparators." + name, values, classes));
  }
  std::vector<int64_t> seen(classes);
  for (size_t row = 0; row < rows; ++row) {
    double label = predictions.label[row];
    if (!(label >= 0 && label < static_cast<double>(classes)) || label != std::floor(label)) {
      return base::InvalidInput(format("label of row {} is {}: it must be a class from 0 to {}",
                                       row, label, classes - 1));
    }
    ++seen[static_cast<size_t>(label)];
  }
  for (size_t c = 0; c < classes; ++c) {
    if (seen[c] > 0) continue;
    return base::InvalidInput(format("no row is of class '{}': judging needs rows of every class",
                                     options.class_names[c]));
  }
  return {};
}

Result<> CheckEncounters(const RowGroups& encounters, const RowGroups& subjects) {
  for (int32_t e = 0; e < encounters.count(); ++e) {
    auto rows = encounters.Rows(e);
    int32_t owner = subjects.group_of_row()[rows.front()];
    for (int64_t row : rows) {
      if (subjects.group_of_row()[row] == owner) continue;
      return base::InvalidInput(
          format("rows {} and {} are of one encounter but of two subjects: number the "
                 "encounters of all subjects in one sequence",
                 rows.front(), row));
    }
  }
  return {};
}

}  // namespace codman::evaluation
