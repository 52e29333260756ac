#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "models/settings_internal.h"

namespace codman::models {
namespace {

Result<double> ReadSetting(const Json& value, const NumberSetting& setting) {
  if (setting.boolean) {
    if (!value.is_bool())
      return base::InvalidInput(format("setting '{}' must be true or false", setting.name));
    return value.AsBool() ? 1.0 : 0.0;
  }
  double number = value.AsDouble(std::nan(""));
  bool fits = number >= setting.min && number <= setting.max &&
              (!setting.whole || number == std::trunc(number));
  if (!fits) {
    return base::InvalidInput(format("setting '{}' must be a {}number from {} to {}", setting.name,
                                     setting.whole ? "whole " : "", setting.min, setting.max));
  }
  return number;
}

}  // namespace

Result<std::map<std::string, double>> ReadSettings(const Json& settings,
                                                   std::span<const NumberSetting> table,
                                                   std::span<const std::string_view> others) {
  if (!settings.is_null() && !settings.is_object())
    return base::InvalidInput("settings must be names with values");
  std::map<std::string, double> values;
  std::vector<std::string> known(others.begin(), others.end());
  for (const NumberSetting& setting : table) {
    known.emplace_back(setting.name);
    values[std::string(setting.name)] = setting.otherwise;
  }
  for (const auto& [name, value] : settings.members()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      std::string nearest = base::NearestWord(name, known);
      return base::InvalidInput(format(
          "unknown setting '{}'{}; known are {}", name,
          nearest.empty() ? "" : format(", did you mean '{}'?", nearest), base::Join(known, ", ")));
    }
    auto is_it = [&sought = name](const NumberSetting& entry) { return entry.name == sought; };
    auto setting = std::find_if(table.begin(), table.end(), is_it);
    if (setting != table.end()) values[name] = TRY(ReadSetting(value, *setting));
  }
  return values;
}

Json SettingsToJson(const std::map<std::string, double>& values,
                    std::span<const NumberSetting> table) {
  Json settings = Json::Object();
  for (const NumberSetting& setting : table) {
    double value = values.at(std::string(setting.name));
    settings.Set(std::string(setting.name), setting.boolean ? Json(value != 0) : Json(value));
  }
  return settings;
}

}  // namespace codman::models
