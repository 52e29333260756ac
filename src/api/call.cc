#include "api/call.h"

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

// Position of the first NaN or Infinity outside of texts, which JSON does not have; npos where
// there is none.
size_t NonFiniteLiteral(std::string_view body) {
  bool in_text = false;
  for (size_t i = 0; i < body.size(); ++i) {
    if (body[i] == '\\' && in_text)
      ++i;
    else if (body[i] == '"')
      in_text = !in_text;
    else if (!in_text && (body.substr(i, 3) == "NaN" || body.substr(i, 8) == "Infinity"))
      return i;
  }
  return body.npos;
}

}  // namespace

Result<Json> Call::Body() const {
  auto parsed = base::ParseJson(body);
  if (!parsed.ok()) {
    size_t at = NonFiniteLiteral(body);
    std::string where =
        at == body.npos
            ? ""
            : format("; NaN and Infinity are not JSON (byte {}): send null for a missing value",
                     at);
    return base::InvalidInput(parsed.error().message() + where);
  }
  if (!parsed->is_object()) return base::InvalidInput("the body must be a JSON object");
  return parsed;
}

void Call::AddHeader(std::string name, std::string value) {
  head_.headers.emplace_back(std::move(name), std::move(value));
}

void Call::ReplaceHeader(const std::string& name, std::string value) {
  std::erase_if(head_.headers, [&](const auto& header) { return header.first == name; });
  AddHeader(name, std::move(value));
}

void Call::Send(std::string sent_type, std::string sent_body, int status) {
  head_.status = status;
  head_.content_type = std::move(sent_type);
  head_.body = std::move(sent_body);
  responder_.Send(std::move(head_));
}

void Call::SendJson(const Json& json, int status) {
  Send("application/json", json.ToString(), status);
}

void Call::Problem(int status, const std::string& detail, const Json& errors) {
  Json problem = Json::Object({{"type", "about:blank"},
                               {"title", TitleOf(status)},
                               {"status", status},
                               {"detail", detail},
                               {"instance", path},
                               {"request_id", request_id}});
  if (!errors.is_null()) problem.Set("errors", errors);
  Send("application/problem+json", problem.ToString(), status);
}

void Call::Fail(const Error& error) {
  Problem(base::RowOf(error.kind()).http_status, error.message(), {});
}

void Call::FailFields(const std::vector<serving::FieldError>& errors) {
  Json list = Json::Array();
  for (const auto& error : errors)
    list.Add(Json::Object({{"field", error.field}, {"message", error.message}}));
  Problem(422, format("{} field(s) cannot be used; see errors", errors.size()), list);
}

void Call::FailStatus(int status, const std::string& detail) { Problem(status, detail, {}); }

}  // namespace codman::api
