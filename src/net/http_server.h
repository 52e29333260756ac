// An HTTP/1.1 server: one io thread per core on one port, bounded in every direction, no allocation
// per request beyond the body. Handlers parse, call one function, render; work that waits replies
// later through the Responder.
//
// Limits (api.md 4): header 16 KiB (431), body by route up to its limit (413), slow header or body
// (408 after `slow_client_seconds`), idle connections closed, more than `max_connections` answered
// 503 with Retry-After, chunked bodies accepted, Expect: 100-continue answered, pipelined requests
// answered in order. A malformed request is 400, an unknown method 501, HTTP/2 preface or other
// protocols 400; never 5xx by input, never a crash. SIGPIPE is ignored.
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

struct HttpRequest {
  std::string_view method;  // "GET"
  std::string_view path;    // as sent, without the query
  std::string_view query;   // after '?', as sent
  std::string_view body;
  std::string_view remote;                                             // "127.0.0.1:53412"
  std::vector<std::pair<std::string_view, std::string_view>> headers;  // names as sent
  // Value of the first header of this name, case-insensitive; "" where there is none.
  std::string_view Header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// Sends the answer to one request, once, from any thread. Dropped unused, it answers 500. The
// request's views are valid until it is used.
class Responder {
 public:
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void Send(HttpResponse response) = 0;
  };
  explicit Responder(std::shared_ptr<Sink> sink) : sink_(std::move(sink)) {}
  Responder(Responder&&) = default;
  Responder& operator=(Responder&& other);  // answers 500 to a request it still held
  ~Responder();
  void Send(HttpResponse response);

 private:
  std::shared_ptr<Sink> sink_;
};

using HttpHandler = std::function<void(const HttpRequest&, Responder)>;

struct HttpServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 8420;  // 0: any free one
  int num_threads = 0;   // 0 = all cores
  int max_connections = 1024;
  int64_t max_header_bytes = 16 << 10;
  int64_t max_body_bytes = 2 << 20;
  int slow_client_seconds = 10;  // for a whole header, and for each further part of a body
  int idle_seconds = 60;
};

class HttpServer {
 public:
  // Listens; connections are answered from now on. Conflict where the port is taken, naming it.
  static Result<std::unique_ptr<HttpServer>> Start(const HttpServerOptions& options,
                                                   HttpHandler handler);
  virtual ~HttpServer() = default;
  virtual uint16_t port() const = 0;
  // Stops accepting, lets answers in flight go out (at most `seconds`), closes. Called once; the
  // destructor calls it too.
  virtual void Stop(int seconds = 5) = 0;
};

// "%41" and '+' of a query value; invalid sequences stay as they are.
std::string DecodeUrl(std::string_view text);
// The value of a query parameter, decoded; "" where there is none.
std::string QueryParameter(std::string_view query, std::string_view name);

}  // namespace codman::net
