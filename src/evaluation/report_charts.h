// The charts of the evaluation page as SVG text, each from the members of the report that hold its
// numbers. Empty text where they are absent. Colours are CSS classes of the page.
#pragma once

#include <string>

#include "base/json.h"

namespace codman::evaluation {

std::string RocChart(const Json& report);
std::string PrecisionRecallChart(const Json& report);
// Observed frequency by predicted risk with Wilson intervals, over a histogram of the risks.
std::string CalibrationChart(const Json& report);
std::string DecisionChart(const Json& report);
// PPV and sensitivity by alerts per 100 patient-days, with silencing.
std::string AlertBurdenChart(const Json& report);
// Of a regression: rows counted in a grid beneath the deciles' mean predicted and observed; the
// distribution of the errors; the share of truths within their interval, by predicted value.
std::string ObservedChart(const Json& report);
std::string ResidualChart(const Json& report);
std::string CoverageChart(const Json& report);
// What a model reaches by the number of patients it learnt from.
std::string LearningCurveChart(const Json& report);
// One interval as a line with a dot, on a scale from `low` to `high`; `reference` as a fine rule.
// For table cells.
std::string IntervalMark(const Json& object, const std::string& name, double low, double high,
                         double reference);

}  // namespace codman::evaluation
