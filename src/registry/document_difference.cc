#include "registry/document_difference.h"

#include <string>
#include <utility>
#include <vector>

namespace codman::registry {
namespace {

void Flatten(const Json& document, const std::string& prefix, Json* flat) {
  for (const auto& [name, value] : document.members()) {
    if (value.is_object()) {
      Flatten(value, prefix + name + ".", flat);
    } else {
      flat->Set(prefix + name, value);
    }
  }
}

Json Flat(const Json& document) {
  Json flat = Json::Object();
  Flatten(document, "", &flat);
  return flat;
}

std::vector<std::string> NamesOfBoth(const Json& a, const Json& b) {
  std::vector<std::string> names;
  for (const auto& [name, value] : a.members()) names.push_back(name);
  for (const auto& [name, value] : b.members()) {
    if (a.Find(name) == nullptr) names.push_back(name);
  }
  return names;
}

}  // namespace

Json DifferingMembers(const Json& a, const Json& b) {
  Json flat_a = Flat(a), flat_b = Flat(b), differences = Json::Array();
  for (const auto& name : NamesOfBoth(flat_a, flat_b)) {
    const Json &left = flat_a[name], &right = flat_b[name];
    if (left.ToString() == right.ToString()) continue;
    differences.Add(Json::Object({{"name", name}, {"a", left}, {"b", right}}));
  }
  return differences;
}

Json NumberDifferences(const Json& a, const Json& b) {
  Json flat_a = Flat(a), flat_b = Flat(b), differences = Json::Array();
  for (const auto& name : NamesOfBoth(flat_a, flat_b)) {
    const Json &left = flat_a[name], &right = flat_b[name];
    if (!left.is_number() && !right.is_number()) continue;
    Json difference;
    if (left.is_number() && right.is_number()) difference = right.AsDouble() - left.AsDouble();
    differences.Add(Json::Object(
        {{"name", name}, {"a", left}, {"b", right}, {"difference", std::move(difference)}}));
  }
  return differences;
}

}  // namespace codman::registry
