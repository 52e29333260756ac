// The scores by what they are about; scores.cc joins the lists.
#pragma once

#include "features/scores.h"

namespace codman::features {

// Units that several scores ask for (UCUM).
inline constexpr const char* kPressureUnit = "mm[Hg]";
inline constexpr const char* kCellsUnit = "10*3/uL";
inline constexpr const char* kMassUnit = "mg/dL";
inline constexpr const char* kRateUnit = "/min";
inline constexpr const char* kDoseRateUnit = "ug/kg/min";
inline constexpr const char* kPointsUnit = "{score}";

std::vector<Score> OrganFailureScores();
std::vector<Score> WarningScores();
std::vector<Score> ReadmissionScores();
std::vector<Score> DoseScores();

}  // namespace codman::features
