#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "evaluation/report_checks_internal.h"

namespace codman::evaluation {
namespace {

Result<> CheckLength(const std::string& name, size_t length, size_t rows) {
  if (length == rows) return {};
  return base::InvalidInput(format(
      "'{}' has {} entries but there are {} risks: give one of each a row", name, length, rows));
}

Result<> CheckLengths(const Predictions& predictions) {
  size_t rows = predictions.risk.size();
  TRY(CheckLength("subject", predictions.subject.size(), rows));
  TRY(CheckLength("label", predictions.label.size(), rows));
  if (!predictions.encounter.empty()) {
    TRY(CheckLength("encounter", predictions.encounter.size(), rows));
  }
  if (!predictions.time_us.empty()) TRY(CheckLength("time_us", predictions.time_us.size(), rows));
  for (const auto& [name, scores] : predictions.comparators) {
    TRY(CheckLength("comparators." + name, scores.size(), rows));
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

}  // namespace

Result<> CheckPredictions(const Predictions& predictions, const ReportOptions& options) {
  TRY(CheckOptions(options));
  TRY(CheckLengths(predictions));
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
  for (const auto& [name, scores] : predictions.comparators) {
    auto wrong =
        std::find_if(scores.begin(), scores.end(), [](double s) { return !std::isfinite(s); });
    if (wrong == scores.end()) continue;
    return base::InvalidInput(
        format("comparators.{} of row {} is not a finite number", name, wrong - scores.begin()));
  }
  auto events = std::count(predictions.label.begin(), predictions.label.end(), 1.0);
  if (events == 0 || events == static_cast<int64_t>(predictions.label.size())) {
    return base::InvalidInput(format("{} of {} labels are 1: judging needs rows of both classes",
                                     events, predictions.label.size()));
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
