// What Evaluate refuses, before any number is computed.
#pragma once

#include "base/result.h"
#include "evaluation/predictions.h"
#include "evaluation/report.h"
#include "evaluation/row_groups.h"

namespace codman::evaluation {

Result<> CheckPredictions(const Predictions& predictions, const ReportOptions& options);
Result<> CheckRegression(const Predictions& predictions, const ReportOptions& options);
Result<> CheckMulticlass(const Predictions& predictions, const ReportOptions& options);
// A patient's rows must not be split over the draws of the bootstrap by a shared encounter number.
Result<> CheckEncounters(const RowGroups& encounters, const RowGroups& subjects);

}  // namespace codman::evaluation
