// The table sections of the evaluation page; each is "" where the report has nothing to show.
#pragma once

#include <string>

#include "base/json.h"

namespace codman::evaluation {

std::string AlertBurdenSection(const Json& report);
std::string OperatingPointSection(const Json& report);
std::string SubgroupSection(const Json& report);
std::string ComparatorSection(const Json& report);
std::string LeakageSection(const Json& report);

}  // namespace codman::evaluation
