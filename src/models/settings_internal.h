// Reads a learner's settings from its table of named numbers: unknown names are refused with the
// nearest known one, values outside the range with the range.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace codman::models {

struct NumberSetting {
  std::string_view name;
  double otherwise;  // the default
  double min, max;   // both allowed
  bool whole = false;
  bool boolean = false;  // true/false, read as 1/0
};

// Every setting of the table by name. `others` are names the caller reads itself.
Result<std::map<std::string, double>> ReadSettings(const Json& settings,
                                                   std::span<const NumberSetting> table,
                                                   std::span<const std::string_view> others = {});

// The same as a model file keeps it, in the order of the table.
Json SettingsToJson(const std::map<std::string, double>& values,
                    std::span<const NumberSetting> table);

}  // namespace codman::models
