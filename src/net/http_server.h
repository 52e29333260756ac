// An HTTP/1.1 server: one io thread per core on one port, bounded in every direction, no allocation
// per request beyond the body. Handlers parse, call one function, render; work that waits replies
// later through the Responder.
//
// Limits (api.md 4): header 16 KiB (431), body by route up to its limit (413), slow header or body
// (408 after `slow_client_seconds`), idle connections closed, more than `max_connections` answered
// 503 with Retry-After, chunked bodies accepted, Expect: 100-continue answered, pipelined requests
// answered in order, and handled one by one unless their rules let them overlap. A malformed
// request is 400, an unknown method 501, HTTP/2 preface or other protocols 400; never 5xx by input,
// never a crash. SIGPIPE is ignored.
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

// What the server asks about a request when its head has come.
struct RequestRules {
  int64_t max_body_bytes = 2 << 20;
  // The handler takes requests in the order in which it is called and keeps no view of one when it
  // returns: the next pipelined request may be handed to it before this one is answered.
  bool overlaps = false;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// A 200 that is bytes already: they go straight into what is sent.
struct PreparedResponse {
  std::string_view fields;  // whole header lines with their CRLF, Content-Type among them
  std::string_view body;
};

// Sends the answer to one request, once, from any thread. Dropped unused, it answers 500. The
// request's views are valid until it is used (those of a request that may overlap: until the
// handler returns).
class Responder {
 public:
  // Where answers go: a connection, whose requests are numbered.
  class Sink {
   public:
    virtual ~Sink() = default;
    virtual void Send(uint64_t request, HttpResponse response) = 0;
    virtual void SendPrepared(uint64_t request, const PreparedResponse& response) = 0;
    virtual void Post(std::function<void()> work) = 0;
    virtual int thread() const = 0;
  };
  explicit Responder(std::shared_ptr<Sink> sink, uint64_t request = 0)
      : sink_(std::move(sink)), request_(request) {}
  Responder(Responder&&) = default;
  Responder& operator=(Responder&& other) noexcept;  // answers 500 to a request it still held
  ~Responder();
  void Send(HttpResponse response);
  void SendPrepared(const PreparedResponse& response);

  // The io thread that the request came on, counted from 0.
  int thread() const { return sink_->thread(); }
  // Runs `work` on that thread: answers given by it to several requests go out together. Dropped
  // where the server has stopped.
  void Post(std::function<void()> work) const { sink_->Post(std::move(work)); }

 private:
  std::shared_ptr<Sink> sink_;
  uint64_t request_;
};

using HttpHandler = std::function<void(const HttpRequest&, Responder)>;

struct HttpServerOptions {
  std::string address = "127.0.0.1";
  uint16_t port = 8420;  // 0: any free one
  int num_threads = 0;   // 0 = all cores
  int max_connections = 1024;
  int64_t max_header_bytes = 16 << 10;
  int64_t max_body_bytes = 2 << 20;
  // By method and path; where it is empty, max_body_bytes holds for all and nothing overlaps.
  std::function<RequestRules(std::string_view method, std::string_view path)> rules;
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
