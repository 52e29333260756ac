// The parts of the evaluation page; each is "" where the report has nothing to show.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace codman::evaluation {

// One figure of the headline. `ranged` is "value (low to high)": the interval goes below the value.
std::string HeadlineFigure(std::string_view name, const std::string& ranged, std::string_view note);
// A chart with its caption and its table view; "" without a chart.
std::string ChartFigure(const std::string& svg, const std::string& caption,
                        const std::string& table);
std::string CalibrationTable(const Json& calibration);
std::string CurveTable(const Json& points, const char* caption, const char* x, const char* y);

// The measure that stands for a comparison (comparison.h) in words: "AUROC", "macro AUROC", "R²".
const char* WordsOfMeasure(const std::string& measure);

// Binary.
std::string AlertBurdenSection(const Json& report);
std::string OperatingPointSection(const Json& report);
std::string SubgroupSection(const Json& report);
std::string ComparatorSection(const Json& report);
std::string TransferSection(const Json& report);

// From headline to comparators.
std::string RegressionBody(const Json& report);
std::string MulticlassBody(const Json& report);

// Of all kinds.
std::string SubgroupGapTable(const Json& report);
std::string LeakageSection(const Json& report);
std::string AblationSection(const Json& report);
std::string LearningCurveSection(const Json& report);
std::string SearchSection(const Json& report);

}  // namespace codman::evaluation
