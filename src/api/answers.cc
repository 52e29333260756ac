#include "api/answers.h"

#include "base/text.h"

namespace codman::api {
namespace {

const char* TitleOf(int status) {
  switch (status) {
    case 400:
      return "The request is not well formed";
    case 401:
      return "Sign in first";
    case 403:
      return "Not allowed";
    case 404:
      return "Not found";
    case 405:
      return "This path does not answer this method";
    case 409:
      return "In conflict with the present state";
    case 413:
      return "The body is too large";
    case 415:
      return "The body must be application/json";
    case 422:
      return "The request holds values that cannot be used";
    case 503:
      return "Not available just now";
    default:
      return status >= 500 ? "Something failed on our side" : "The request was refused";
  }
}

// Written once: "Name: value" lines of what every answer carries.
const std::string& FixedFields() {
  static const std::string fields = [] {
    std::string text = "Content-Type: application/json\r\n";
    for (const auto& [name, value] : SecurityHeaders()) text += format("{}: {}\r\n", name, value);
    return text;
  }();
  return fields;
}

}  // namespace

const std::vector<std::pair<std::string, std::string>>& SecurityHeaders() {
  static const std::vector<std::pair<std::string, std::string>> headers = {
      {"Content-Security-Policy",
       "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
      {"Cache-Control", "no-store"}};
  return headers;
}

net::HttpResponse WithSecurityHeaders(net::HttpResponse response, const std::string& request_id) {
  response.headers = SecurityHeaders();
  response.headers.emplace_back("X-Request-Id", request_id);
  return response;
}

void AppendFields(const std::string& request_id, std::string* out) {
  out->append(FixedFields()).append("X-Request-Id: ").append(request_id).append("\r\n");
}

net::HttpResponse ProblemOf(int status, const std::string& detail, const std::string& instance,
                            const std::string& request_id, const Json& errors) {
  Json problem = Json::Object({{"type", "about:blank"},
                               {"title", TitleOf(status)},
                               {"status", status},
                               {"detail", detail},
                               {"instance", instance},
                               {"request_id", request_id}});
  if (!errors.is_null()) problem.Set("errors", errors);
  return {.status = status, .content_type = "application/problem+json", .body = problem.ToString()};
}

net::HttpResponse ProblemOf(const Error& error, const std::string& instance,
                            const std::string& request_id) {
  return ProblemOf(base::RowOf(error.kind()).http_status, error.message(), instance, request_id);
}

}  // namespace codman::api
