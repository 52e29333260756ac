// The figures of an evaluation report on one line, for a terminal.
#pragma once

#include <string>

#include "base/json.h"

namespace codman::cli {

// "AUROC 0.81 (0.80 to 0.82)  AUPRC …", "R² …  RMSE …" or "macro AUROC …", by what was predicted.
std::string FiguresOf(const Json& report);
// The one figure that lists of versions and runs show, from their metrics: "AUROC 0.8133".
std::string HeadFigure(const Json& metrics);
// What others tell of the same rows, a line each ("  beside it: logistic  auroc 0.79"), and the
// differences to other models of the question with their intervals and what they show.
std::string BesideIt(const Json& report);
// The report's `ablation` as a table: what is lost without each group of inputs, and what it tells
// alone; "" where there is none.
std::string AblationLines(const Json& report);
// The report's `learning_curve` as a table: what is reached with how many patients; "" without one.
std::string LearningCurveLines(const Json& report);

}  // namespace codman::cli
