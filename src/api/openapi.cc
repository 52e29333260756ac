#include <string>

#include "api/routes.h"
#include "base/text.h"

namespace codman::api {
namespace {

Json PathParameters(std::string_view path) {
  Json parameters = Json::Array();
  for (auto part : base::Split(path, '/')) {
    if (!part.starts_with('{')) continue;
    parameters.Add(Json::Object({{"name", part.substr(1, part.size() - 2)},
                                 {"in", "path"},
                                 {"required", true},
                                 {"schema", Json::Object({{"type", "string"}})}}));
  }
  return parameters;
}

Json Problem(const char* description) {
  Json content = Json::Object(
      {{"application/problem+json",
        Json::Object({{"schema", Json::Object({{"$ref", "#/components/schemas/Problem"}})}})}});
  return Json::Object({{"description", description}, {"content", content}});
}

Json Operation(const Route& route) {
  Json responses = Json::Object({{"200", Json::Object({{"description", "done"}})}});
  Json operation =
      Json::Object({{"summary", route.summary}, {"parameters", PathParameters(route.path)}});
  if (route.access == Access::kSignedIn) {
    operation.Set("security", Json::Array({Json::Object({{"key", Json::Array()}}),
                                           Json::Object({{"session", Json::Array()}})}));
    responses.Set("401", Problem("not signed in"));
  }
  if (*route.example != 0) {
    auto example = base::ParseJson(route.example);
    CHECK(example.ok());
    Json media =
        Json::Object({{"schema", Json::Object({{"type", "object"}})}, {"example", *example}});
    operation.Set("requestBody",
                  Json::Object({{"required", true},
                                {"content", Json::Object({{"application/json", media}})}}));
    for (const char* status : {"400", "413", "415", "422"})
      responses.Set(status, Problem("the request cannot be used"));
  }
  if (std::string_view(route.path).find('{') != std::string_view::npos)
    responses.Set("404", Problem("there is no such thing"));
  operation.Set("responses", responses);
  return operation;
}

Json ProblemSchema() {
  auto text = Json::Object({{"type", "string"}});
  Json error = Json::Object(
      {{"type", "object"}, {"properties", Json::Object({{"field", text}, {"message", text}})}});
  return Json::Object(
      {{"type", "object"},
       {"properties",
        Json::Object({{"type", text},
                      {"title", text},
                      {"status", Json::Object({{"type", "integer"}})},
                      {"detail", text},
                      {"instance", text},
                      {"request_id", text},
                      {"errors", Json::Object({{"type", "array"}, {"items", error}})}})}});
}

}  // namespace

Json OpenApiDocument(const std::string& version) {
  Json paths = Json::Object();
  for (const auto& route : Routes()) {
    Json path = paths[route.path];
    std::string method = base::ToLower(route.method);
    path.Set(method, Operation(route));
    paths.Set(route.path, path);
  }
  Json schemes = Json::Object(
      {{"key", Json::Object({{"type", "http"}, {"scheme", "bearer"}})},
       {"session",
        Json::Object({{"type", "apiKey"}, {"in", "cookie"}, {"name", "codman_session"}})}});
  return Json::Object(
      {{"openapi", "3.1.0"},
       {"info", Json::Object({{"title", "Codman"},
                              {"version", version},
                              {"description",
                               "Explained, monitored, auditable clinical risk predictions. Not a "
                               "medical device."}})},
       {"paths", paths},
       {"components", Json::Object({{"securitySchemes", schemes},
                                    {"schemas", Json::Object({{"Problem", ProblemSchema()}})}})}});
}

}  // namespace codman::api
