#include "api/call.h"

#include "api/answers.h"
#include "base/text.h"

namespace codman::api {
namespace {

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
  net::HttpResponse problem = ProblemOf(status, detail, path, request_id, errors);
  Send(std::move(problem.content_type), std::move(problem.body), status);
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
