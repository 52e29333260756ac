// Requests to other servers: object stores, trackers, identity providers, webhooks.
//
// Certificates are always checked; there is no switch to turn that off, only a bundle of one's own
// authorities. Redirects are not followed and no proxy is asked: where to send a secret is the
// caller's decision. Errors name method, host and path, never query, headers or body. Thread-safe;
// connections are kept, but a request that must not be sent twice gets one of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace codman::net {

struct HttpClientOptions {
  double connect_seconds = 5;
  double total_seconds = 60;  // one attempt, from connecting to the last byte
  // Attempts after the first, on: no connection or one that broke before the whole answer came,
  // 429, 502, 503, 504. Waits 0.2 s, 0.4 s, 0.8 s, … less up to half by chance, or what Retry-After
  // says, at most max_wait_seconds. An answer that took too long is not asked for again.
  int retries = 3;
  double max_wait_seconds = 20;
  int64_t max_header_bytes = 64 << 10;
  int64_t max_body_bytes = 64 << 20;
  std::string ca_file;  // PEM; "" = the system's authorities
  std::string user_agent = "codman";

  Result<> Validate() const;
};

struct ClientRequest {
  std::string method = "GET";  // HEAD, POST, PUT, DELETE, PATCH, OPTIONS
  std::string url;             // http or https, without user name and password
  // Framing is the client's: Content-Length, Transfer-Encoding, Connection and Expect are ignored.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // POST and PATCH are repeated only where the caller knows that twice is harmless.
  bool safe_to_repeat = false;
};

struct ClientResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;                                          // empty where a sink took it
  int attempts = 1;
  const std::string* Header(std::string_view name) const;
};

// Takes the body of a 2xx answer piece by piece, without the bound of max_body_bytes. After its
// first call an attempt is not repeated.
using BodySink = std::function<Result<>(std::string_view)>;

class HttpClient {
 public:
  static Result<std::unique_ptr<HttpClient>> Create(const HttpClientOptions& options = {});
  virtual ~HttpClient() = default;
  // An answer of any status is a success here; Unavailable where none came.
  virtual Result<ClientResponse> Send(const ClientRequest& request, const BodySink& sink = {}) = 0;
};

}  // namespace codman::net
