// One request on its way through an endpoint: what came, who asks, and the one answer.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/answers.h"
#include "api/api.h"
#include "api/caller.h"
#include "base/json.h"
#include "base/result.h"
#include "net/http_server.h"
#include "serving/prediction_service.h"

namespace codman::api {

class Call : public std::enable_shared_from_this<Call> {
 public:
  Call(ApiContext* context, PredictionDesk* desk, IdempotencyKeys* keys, net::Responder responder)
      : context_(context), desk_(desk), keys_(keys), responder_(std::move(responder)) {
    head_.headers = SecurityHeaders();
  }

  ApiContext& context() { return *context_; }
  PredictionDesk& desk() { return *desk_; }
  IdempotencyKeys& keys() { return *keys_; }
  // For whoever answers instead of this.
  net::Responder TakeResponder() { return std::move(responder_); }
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

  std::string method, path, query, cookie, remote, request_id, trace, idempotency_key;
  std::string_view body;  // until the call is answered; of one that overlaps, while it is handled
  std::map<std::string, std::string> parameters;  // of the path
  Actor actor;

 private:
  void Problem(int status, const std::string& detail, const Json& errors);

  ApiContext* context_;
  PredictionDesk* desk_;
  IdempotencyKeys* keys_;
  net::HttpResponse head_;  // security headers
  net::Responder responder_;
};

}  // namespace codman::api
