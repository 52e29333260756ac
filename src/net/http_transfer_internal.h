// One attempt of a client's request over libcurl, which stays behind this header. Private to the
// client.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "net/http_client.h"

namespace codman::net {

// "GET host:port/path", for errors: no query, no credentials. InvalidInput where the request must
// not be sent at all: another scheme than http and https, credentials in the URL, a method, name or
// value that would break the head.
Result<std::string> NameRequest(const ClientRequest& request);

struct TransferOutcome {
  std::optional<Error> error;  // where no whole answer came
  bool may_pass = false;       // the error is of a kind that may be gone next time
  bool sink_called = false;
  std::optional<double> retry_after_seconds;
  ClientResponse response;
};

// A connection, kept from one request to the next. One thread at a time.
class HttpTransfer {
 public:
  static Result<std::unique_ptr<HttpTransfer>> Create();
  virtual ~HttpTransfer() = default;
  // `name` is the request's, for errors. A request that must not be sent twice gets a connection
  // of its own: libcurl resends on a kept one that turns out to be dead.
  virtual TransferOutcome Send(const ClientRequest& request, const std::string& name,
                               const HttpClientOptions& options, bool may_repeat,
                               const BodySink& sink) = 0;
};

}  // namespace codman::net
