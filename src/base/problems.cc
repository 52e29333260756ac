#include "base/problems.h"

#include <algorithm>

#include "base/text.h"

namespace codman::base {

void Problems::Add(int line, std::string message) {
  lines_.push_back(format("{}:{}: {}", file_, line, message));
}

void Problems::CheckKeys(const Json& object, const std::vector<std::string>& known) {
  if (!object.is_object()) return Add(object, "expected `key: value` lines here");
  for (const auto& [key, value] : object.members()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    std::string nearest = NearestWord(key, known);
    Add(value, nearest.empty() ? format("unknown key '{}'; known are: {}", key, Join(known, ", "))
                               : format("unknown key '{}'; did you mean '{}'?", key, nearest));
  }
}

std::string Problems::Text(const Json& object, const std::string& key, bool required) {
  const Json* found = object.Find(key);
  if (found == nullptr || found->is_null()) {
    if (required) Add(object, format("'{}' is missing; add it", key));
    return "";
  }
  if (found->is_number()) return found->ToString();
  if (!found->is_string()) Add(*found, format("'{}' must be text", key));
  return found->AsString();
}

double Problems::Number(const Json& object, const std::string& key, double otherwise) {
  const Json* found = object.Find(key);
  if (found == nullptr) return otherwise;
  if (!found->is_number()) Add(*found, format("'{}' must be a number", key));
  return found->AsDouble(otherwise);
}

std::vector<std::string> Problems::Texts(const Json& object, const std::string& key) {
  std::vector<std::string> texts;
  const Json& found = object[key];
  if (found.is_string()) return {found.AsString()};
  if (!found.is_null() && !found.is_array()) Add(found, format("'{}' must be a list", key));
  for (const auto& item : found.items()) {
    if (!item.is_string()) Add(item, format("'{}' must be a list of texts", key));
    texts.push_back(item.AsString());
  }
  return texts;
}

Result<> Problems::ToResult() const {
  if (lines_.empty()) return {};
  return InvalidInput(Join(lines_, "\n"));
}

}  // namespace codman::base
