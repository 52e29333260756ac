// One request on its way through an endpoint: what came, who asks, and the one answer.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/api.h"
#include "base/json.h"
#include "base/result.h"
#include "net/http_server.h"
#include "serving/prediction_service.h"

namespace codman::api {

struct Actor {
  std::string name, role;
};

class Call : public std::enable_shared_from_this<Call> {
 public:
  Call(ApiContext* context, net::HttpResponse head, net::Responder responder)
      : context_(context), head_(std::move(head)), responder_(std::move(responder)) {}

  ApiContext& context() { return *context_; }
  const std::string& Parameter(const std::string& name) const { return parameters.at(name); }
  // The body as a JSON object; the error is for Fail.
  Result<Json> Body() const;

  void SendJson(const Json& json, int status = 200);
  void Send(std::string content_type, std::string body, int status = 200);
  void AddHeader(std::string name, std::string value);
  void ReplaceHeader(const std::string& name, std::string value);
  // application/problem+json (RFC 9457); the kind of the error decides the status.
  void Fail(const Error& error);
  void FailFields(const std::vector<serving::FieldError>& errors);
  void FailStatus(int status, const std::string& detail);

  std::string method, path, query, body, cookie, remote, request_id;
  std::map<std::string, std::string> parameters;  // of the path
  Actor actor;

 private:
  void Problem(int status, const std::string& detail, const Json& errors);

  ApiContext* context_;
  net::HttpResponse head_;  // security headers
  net::Responder responder_;
};

}  // namespace codman::api
