#include <cmath>
#include <string>

#include "api/query.h"
#include "api/routes.h"
#include "api/unit_bounds.h"
#include "base/text.h"

namespace codman::api {
namespace {

Json Reference(const std::string& schema) {
  return Json::Object({{"$ref", "#/components/schemas/" + schema}});
}

Json Content(const char* media, Json schema) {
  return Json::Object({{media, Json::Object({{"schema", std::move(schema)}})}});
}

Json ProblemAnswer(const char* description) {
  return Json::Object({{"description", description},
                       {"content", Content("application/problem+json", Reference("Problem"))}});
}

Json Parameters(const Route& route) {
  Json parameters = Json::Array();
  for (auto part : base::Split(route.path, '/')) {
    if (!part.starts_with('{')) continue;
    parameters.Add(Json::Object({{"name", part.substr(1, part.size() - 2)},
                                 {"in", "path"},
                                 {"required", true},
                                 {"schema", Json::Object({{"type", "string"}})}}));
  }
  for (auto name : base::Split(route.query, ' ')) {
    if (name.empty()) continue;
    Json parameter = Json::Object({{"name", name}, {"in", "query"}});
    for (const auto& [member, value] : Shapes()["parameters"][name].members())
      parameter.Set(member, value);
    parameters.Add(std::move(parameter));
  }
  return parameters;
}

Json Answers(const Route& route) {
  std::string path = route.path;
  bool page = path.ends_with("/report");
  const char* text = page ? "text/html" : "text/plain";
  Json good = *route.answer == 0 ? Content(text, Json::Object({{"type", "string"}}))
                                 : Content("application/json", Reference(route.answer));
  Json answers =
      Json::Object({{"200", Json::Object({{"description", "done"}, {"content", good}})}});
  answers.Set("400", ProblemAnswer("the request cannot be read; the detail says where"));
  if (route.access == Access::kSignedIn) answers.Set("401", ProblemAnswer("not signed in"));
  if (path.find('{') != path.npos || *route.request != 0)
    answers.Set("404", ProblemAnswer("there is no such thing, or no live model; the detail says"));
  if (*route.request != 0) {
    answers.Set("409", ProblemAnswer("the state of the thing does not allow it"));
    answers.Set("413", ProblemAnswer("the body is too large"));
    answers.Set("415", ProblemAnswer("the body is not application/json"));
    answers.Set("422", ProblemAnswer("fields that cannot be used, all of them"));
  }
  answers.Set("default", ProblemAnswer("something else went wrong; the detail says what to do"));
  return answers;
}

Json Operation(const Route& route, Json body_schema, Json example) {
  Json operation = Json::Object({{"summary", route.summary}, {"parameters", Parameters(route)}});
  if (route.access == Access::kSignedIn) {
    Json nothing = Json::Array();
    operation.Set("security", Json::Array({Json::Object({{"key", nothing}}),
                                           Json::Object({{"session", nothing}})}));
  }
  if (*route.request != 0) {
    Json media =
        Json::Object({{"schema", std::move(body_schema)}, {"example", std::move(example)}});
    operation.Set("requestBody",
                  Json::Object({{"required", true},
                                {"content", Json::Object({{"application/json", media}})}}));
  }
  operation.Set("responses", Answers(route));
  return operation;
}

Json Bounded(double low, double high) {
  Json number = Json::Object({{"type", "number"}});
  if (std::isfinite(low)) number.Set("minimum", low);
  if (std::isfinite(high)) number.Set("maximum", high);
  return number;
}

Json InUnit(const std::string& unit, double low, double high) {
  Json value = Bounded(low, high);
  value.Set("type", Json::Array(std::vector<std::string>{"number", "null"}));
  Json properties = Json::Object({{"value", value}, {"unit", Json::Object({{"const", unit}})}});
  return Json::Object({{"type", "object"},
                       {"additionalProperties", false},
                       {"required", Json::Array(std::vector<std::string>{"value", "unit"})},
                       {"properties", std::move(properties)}});
}

// {"value"} alone: in the canonical unit.
Json Plainly(double low, double high) {
  Json value = Bounded(low, high);
  value.Set("type", Json::Array(std::vector<std::string>{"number", "null"}));
  return Json::Object({{"type", "object"},
                       {"additionalProperties", false},
                       {"required", Json::Array(std::vector<std::string>{"value"})},
                       {"properties", Json::Object({{"value", value}})}});
}

// A number in the canonical unit, null, or {"value", "unit"} in any unit that the concept knows.
Json FieldSchema(const serving::ServedModel& model, const features::ContractFeature& feature) {
  Json any = Json::Array();
  if (!feature.levels.empty()) {
    Json levels = Json::Array(feature.levels);
    levels.Add(Json());
    return Json::Object({{"description", feature.label}, {"enum", std::move(levels)}});
  }
  any.Add(Bounded(feature.low, feature.high));
  if (!feature.words.empty()) any.Add(Json::Object({{"enum", Json::Array(feature.words)}}));
  any.Add(Json::Object({{"type", "null"}}));
  any.Add(Plainly(feature.low, feature.high));
  any.Add(InUnit(feature.unit, feature.low, feature.high));
  if (feature.concept_index >= 0) {
    const auto& known = (*model.concepts)[feature.concept_index];
    if (known.unit == feature.unit) {
      for (const auto& conversion : known.conversions) {
        double a = BoundIn(conversion, feature.low, Bound::kLow);
        double b = BoundIn(conversion, feature.high, Bound::kHigh);
        any.Add(InUnit(conversion.unit, std::min(a, b), std::max(a, b)));
      }
    }
  }
  return Json::Object({{"description", feature.label + ", " + feature.unit}, {"anyOf", any}});
}

Json FeaturesSchema(const serving::ServedModel& model) {
  Json properties = Json::Object();
  for (const auto& feature : model.plan->contract())
    properties.Set(feature.id, FieldSchema(model, feature));
  return Json::Object(
      {{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}});
}

// The body of a prediction by one variant; the default one need not be named.
Json VariantRequest(const std::string& variant, bool is_default, Json features) {
  Json names = Json::Array(std::vector<std::string>{variant});
  if (is_default) names.Add(Json());
  std::vector<std::string> required = {"features"};
  if (!is_default) required.push_back("variant");
  return Json::Object(
      {{"type", "object"},
       {"required", Json::Array(required)},
       {"additionalProperties", false},
       {"properties", Json::Object({{"variant", Json::Object({{"enum", std::move(names)}})},
                                    {"features", std::move(features)}})}});
}

// What a live task adds: its fields, and the prediction route with these in place of "any object".
void AddTask(const ApiContext& context, const registry::Task& task, const Route& route, Json* paths,
             Json* schemas) {
  auto live = context.service->Live(task, "");
  if (!live.ok()) return;
  Json requests = Json::Array();
  for (const auto& variant : task.variants) {
    auto served = context.service->Live(task, variant.name);
    if (!served.ok()) continue;
    std::string name = format("Features_{}_{}", task.name, variant.name);
    schemas->Set(name, FeaturesSchema(**served));
    bool is_default = variant.name == (*live)->loaded.version.variant;
    requests.Add(VariantRequest(variant.name, is_default, Reference(name)));
  }
  schemas->Set("PredictRequest_" + task.name, Json::Object({{"anyOf", std::move(requests)}}));
  std::string path = base::ReplaceAll(route.path, "{task}", task.name);
  Route own = route;
  own.path = path.c_str();
  Json example = Json::Object({{"features", Json::Object()}});
  for (const auto& feature : (*live)->plan->contract()) {
    if (feature.reference_low == feature.reference_high || feature.concept_index < 0) continue;
    example.members()[0].second.Set(feature.id,
                                    (feature.reference_low + feature.reference_high) / 2);
  }
  paths->Set(path, Json::Object({{"post", Operation(own, Reference("PredictRequest_" + task.name),
                                                    std::move(example))}}));
}

}  // namespace

Json OpenApiDocument(const ApiContext& context) {
  Json paths = Json::Object(), schemas = Shapes()["schemas"];
  for (const auto& route : Routes()) {
    if (route.handle == PostPredict) {
      for (const auto& task : *context.tasks) AddTask(context, task, route, &paths, &schemas);
      continue;
    }
    Json path = paths[route.path], example;
    if (*route.example != 0) {
      auto parsed = base::ParseJson(route.example);
      CHECK(parsed.ok());
      example = std::move(parsed).value();
    }
    path.Set(base::ToLower(route.method),
             Operation(route, Reference(route.request), std::move(example)));
    paths.Set(route.path, std::move(path));
  }
  Json schemes = Json::Object(
      {{"key", Json::Object({{"type", "http"}, {"scheme", "bearer"}})},
       {"session",
        Json::Object({{"type", "apiKey"}, {"in", "cookie"}, {"name", "codman_session"}})}});
  Json info = Json::Object({{"title", "Codman"},
                            {"version", context.version},
                            {"description",
                             "Explained, monitored, auditable clinical risk predictions. Not a "
                             "medical device."}});
  Json components =
      Json::Object({{"securitySchemes", std::move(schemes)}, {"schemas", std::move(schemas)}});
  return Json::Object({{"openapi", "3.1.0"},
                       {"info", std::move(info)},
                       {"paths", std::move(paths)},
                       {"components", std::move(components)}});
}

}  // namespace codman::api
