// How differences between two models or two runs are written for people.
#pragma once

#include <string>

#include "base/json.h"

namespace codman::cli {

// A value on one line; "–" where there is none.
std::string Written(const Json& value);
// The title and a line for each of [{name, a, b, difference?}]; "" where there is none.
std::string DifferenceLines(const std::string& title, const Json& differences);

}  // namespace codman::cli
