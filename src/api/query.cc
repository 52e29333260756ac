#include "api/query.h"

#include <algorithm>
#include <regex>
#include <set>

#include "api/assets.h"
#include "base/clock.h"
#include "base/text.h"
#include "base/yaml.h"

namespace codman::api {
namespace {

Error Refused(const std::string& name, const std::string& must_be) {
  return base::InvalidInput(format("'{}' must be {}", name, must_be));
}

Result<> CheckInteger(const std::string& name, const std::string& value, const Json& schema) {
  int64_t low = schema["minimum"].AsInt(), high = schema["maximum"].AsInt();
  auto number = base::ParseInt(value);
  if (!number || *number < low || *number > high)
    return Refused(name, format("a whole number from {} to {}", low, high));
  return {};
}

Result<> CheckText(const std::string& name, const std::string& value, const Json& schema) {
  if (const Json* words = schema.Find("enum")) {
    std::vector<std::string> known;
    for (const auto& word : words->items()) known.push_back(word.AsString());
    if (std::find(known.begin(), known.end(), value) == known.end())
      return Refused(name, "one of: " + base::Join(known, ", "));
  }
  int64_t longest = schema["maxLength"].AsInt(4096);
  auto characters = std::count_if(value.begin(), value.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  });
  if (characters > longest) return Refused(name, format("at most {} characters", longest));
  const std::string& pattern = schema["pattern"].AsString();
  if (!pattern.empty() && !std::regex_match(value, std::regex(pattern)))
    return Refused(name, "of the form " + pattern);
  if (schema["format"].AsString() == "date-time" && !base::ParseTime(value))
    return Refused(name, "a time such as 2026-11-21T09:30:00Z");
  return {};
}

Result<> CheckValue(const std::string& name, const std::string& value, const Json& schema) {
  const std::string& type = schema["type"].AsString();
  if (type == "integer") return CheckInteger(name, value, schema);
  if (type == "boolean")
    return value == "true" || value == "false" ? Result<>() : Refused(name, "true or false");
  return CheckText(name, value, schema);
}

}  // namespace

const Json& Shapes() {
  static const Json shapes = [] {
    auto parsed = base::ParseYaml(SchemasYaml(), "schemas.yaml");
    CHECK(parsed.ok());
    return std::move(parsed).value();
  }();
  return shapes;
}

Result<> CheckQuery(const Route& route, std::string_view query) {
  if (query.empty()) return {};
  std::set<std::string> seen;
  auto known = base::Split(route.query, ' ');
  for (auto part : base::Split(query, '&')) {
    if (part.empty()) continue;
    size_t equals = std::min(part.find('='), part.size());
    std::string name = net::DecodeUrl(part.substr(0, equals));
    if (name.empty() || std::find(known.begin(), known.end(), name) == known.end()) {
      return base::InvalidInput(
          format("the parameter '{}' is not known here; {}", name,
                 *route.query == 0 ? "there are none" : format("known are: {}", route.query)));
    }
    if (!seen.insert(name).second)
      return base::InvalidInput(format("'{}' is given twice; give it once", name));
    std::string value =
        equals < part.size() ? net::DecodeUrl(part.substr(equals + 1)) : std::string();
    TRY(CheckValue(name, value, Shapes()["parameters"][name]["schema"]));
  }
  return {};
}

std::string TextOf(std::string_view query, std::string_view name) {
  std::string given = net::QueryParameter(query, name);
  return given.empty() ? Shapes()["parameters"][name]["schema"]["default"].AsString() : given;
}

int64_t IntegerOf(std::string_view query, std::string_view name) {
  std::string given = net::QueryParameter(query, name);
  int64_t otherwise = Shapes()["parameters"][name]["schema"]["default"].AsInt();
  return given.empty() ? otherwise : base::ParseInt(given).value_or(otherwise);
}

std::optional<bool> BooleanOf(std::string_view query, std::string_view name) {
  std::string given = net::QueryParameter(query, name);
  return given.empty() ? std::nullopt : std::optional<bool>(given == "true");
}

int64_t TimeOf(std::string_view query, std::string_view name, int64_t otherwise) {
  std::string given = net::QueryParameter(query, name);
  return given.empty() ? otherwise : base::ParseTime(given).value_or(otherwise);
}

}  // namespace codman::api
