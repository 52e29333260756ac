// The figures of an evaluation report on one line, for a terminal.
#pragma once

#include <string>

#include "base/json.h"

namespace codman::cli {

// "AUROC 0.81 (0.80 to 0.82)  AUPRC …", "R² …  RMSE …" or "macro AUROC …", by what was predicted.
std::string FiguresOf(const Json& report);

// One line per model that the report compares with, on the same patients: differences with their
// intervals, and what they show.
std::string ComparisonsOf(const Json& report);

}  // namespace codman::cli
