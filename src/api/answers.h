// What every answer carries, and how a refusal looks.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "net/http_server.h"

namespace codman::api {

// Headers of every answer.
const std::vector<std::pair<std::string, std::string>>& SecurityHeaders();
net::HttpResponse WithSecurityHeaders(net::HttpResponse response, const std::string& request_id);

// The header lines of a JSON answer, each with its CRLF.
void AppendFields(const std::string& request_id, std::string* out);

// application/problem+json (RFC 9457).
net::HttpResponse ProblemOf(int status, const std::string& detail, const std::string& instance,
                            const std::string& request_id, const Json& errors = {});
// The kind of the error decides the status.
net::HttpResponse ProblemOf(const Error& error, const std::string& instance,
                            const std::string& request_id);

}  // namespace codman::api
