#include "api/route_table.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "base/text.h"

namespace codman::api {
namespace {

constexpr std::string_view kPredictionPath = "/api/v1/predict/{task}";

// A path of the list with its routes, one per method.
struct Pattern {
  std::string_view path;
  std::vector<std::string_view> parts;
  std::vector<const Route*> routes;
};

struct Table {
  std::vector<Pattern> patterns;  // in the order of the list
  std::unordered_map<std::string_view, const Pattern*> literal;

  Table() {
    for (const Route& route : Routes()) {
      auto known = std::find_if(patterns.begin(), patterns.end(),
                                [&](const Pattern& p) { return p.path == route.path; });
      if (known == patterns.end())
        known = patterns.insert(known, {route.path, base::Split(route.path, '/'), {}});
      known->routes.push_back(&route);
    }
    for (const Pattern& pattern : patterns) {
      if (pattern.path.find('{') == pattern.path.npos) literal[pattern.path] = &pattern;
    }
  }

  // A literal path goes before a pattern: "/predict/batch" is no task.
  const Pattern* Find(std::string_view path) const {
    auto found = literal.find(path);
    if (found != literal.end()) return found->second;
    auto given = base::Split(path, '/');
    for (const Pattern& pattern : patterns) {
      if (Fits(pattern, given)) return &pattern;
    }
    return nullptr;
  }

  static bool Fits(const Pattern& pattern, const std::vector<std::string_view>& given) {
    if (pattern.parts.size() != given.size()) return false;
    for (size_t i = 0; i < given.size(); ++i) {
      bool parameter = pattern.parts[i].starts_with('{');
      if (parameter ? given[i].empty() : pattern.parts[i] != given[i]) return false;
    }
    return true;
  }
};

const Table& TheTable() {
  static const Table table;
  return table;
}

const Route* RouteOf(const Pattern& pattern, std::string_view method) {
  for (const Route* route : pattern.routes) {
    if (route->method == method || (method == "HEAD" && std::string_view(route->method) == "GET"))
      return route;
  }
  return nullptr;
}

}  // namespace

RouteMatch FindRoute(std::string_view method, std::string_view path) {
  RouteMatch match;
  const Pattern* pattern = TheTable().Find(path);
  if (pattern == nullptr) return match;
  for (const Route* route : pattern->routes)
    match.methods += format("{}{}", match.methods.empty() ? "" : ", ", route->method);
  match.route = RouteOf(*pattern, method);
  auto given = base::Split(path, '/');
  for (size_t i = 0; i < given.size(); ++i) {
    std::string_view part = pattern->parts[i];
    if (part.starts_with('{'))
      match.parameters[std::string(part.substr(1, part.size() - 2))] = net::DecodeUrl(given[i]);
  }
  return match;
}

net::RequestRules RulesOf(std::string_view method, std::string_view path) {
  // The one route that is asked thousands of times a second, before the rest.
  constexpr std::string_view kFolder = kPredictionPath.substr(0, kPredictionPath.find('{'));
  static const Route* const kPrediction = RouteOf(*TheTable().Find("/api/v1/predict/any"), "POST");
  const Route* route = nullptr;
  bool prediction =
      method == "POST" && path.starts_with(kFolder) && path != "/api/v1/predict/batch";
  if (prediction) {
    route = kPrediction;
  } else if (const Pattern* pattern = TheTable().Find(path)) {
    route = RouteOf(*pattern, method);
  }
  net::RequestRules rules;
  if (route != nullptr) rules.max_body_bytes = route->max_body_bytes;
  rules.overlaps = route == kPrediction;
  return rules;
}

}  // namespace codman::api
