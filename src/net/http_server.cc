#include "net/http_server.h"

#include <algorithm>
#include <csignal>
#include <system_error>
#include <thread>

#include "base/text.h"
#include "net/http_head_internal.h"
#include "net/http_reply_internal.h"
#include "net/http_shard_internal.h"
#include "net/listening_socket_internal.h"

namespace codman::net {
namespace {

Result<> Validate(const HttpServerOptions& options) {
  const bool sound = options.num_threads >= 0 && options.num_threads <= 1024 &&
                     options.max_connections >= 1 && options.max_header_bytes >= 64 &&
                     options.max_header_bytes <= (16 << 20) && options.max_body_bytes >= 0 &&
                     options.max_body_bytes <= (int64_t{4} << 30) &&
                     options.slow_client_seconds >= 1 && options.idle_seconds >= 1;
  if (sound) return {};
  return base::InvalidInput(
      "HTTP server options: num_threads 0 to 1024, max_connections at least 1, max_header_bytes 64 "
      "to 16 MiB, "
      "max_body_bytes 0 to 4 GiB, slow_client_seconds and idle_seconds at least 1");
}

class ShardedHttpServer final : public HttpServer {
 public:
  explicit ShardedHttpServer(uint16_t port) : port_(port) {}
  ~ShardedHttpServer() override { Stop(5); }

  Result<> Run(ListeningSockets sockets, int num_threads,
               const std::shared_ptr<ShardSettings>& settings) {
    for (int i = 0; i < num_threads; ++i) {
      shards_.push_back(std::make_shared<Shard>(settings, i));
      TRY(shards_.back()->Listen(sockets.Release(i), sockets.is_ipv6()));
    }
    try {
      for (const auto& shard : shards_) threads_.emplace_back([shard] { shard->Run(); });
    } catch (const std::system_error& e) {
      return base::Unavailable(format("cannot start {} io threads: {}", num_threads, e.what()));
    }
    return {};
  }

  uint16_t port() const override { return port_; }

  void Stop(int seconds) override {
    for (size_t i = 0; i < threads_.size(); ++i) shards_[i]->Drain(seconds);
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    shards_.clear();
  }

 private:
  const uint16_t port_;
  std::vector<std::shared_ptr<Shard>> shards_;
  std::vector<std::thread> threads_;
};

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::Start(const HttpServerOptions& options,
                                                      HttpHandler handler) {
  TRY(Validate(options));
  std::signal(SIGPIPE, SIG_IGN);  // a client that left is an error of its send, not of the process
  const int num_cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const int num_threads = options.num_threads > 0 ? options.num_threads : num_cores;
  ListeningSockets sockets =
      TRY(ListeningSockets::Open(options.address, options.port, num_threads));
  auto settings = std::make_shared<ShardSettings>();
  settings->options = options;
  settings->handler = std::move(handler);
  // Asio throws where a process may not open another epoll descriptor.
  try {
    auto server = std::make_unique<ShardedHttpServer>(sockets.port());
    TRY(server->Run(std::move(sockets), num_threads, settings));
    return std::unique_ptr<HttpServer>(std::move(server));
  } catch (const std::system_error& e) {
    return base::Unavailable(format("cannot start the HTTP server: {}", e.what()));
  }
}

Responder& Responder::operator=(Responder&& other) noexcept {
  if (this == &other) return *this;
  if (sink_ != nullptr) Send(RefusalOf(500));
  sink_ = std::move(other.sink_);
  request_ = other.request_;
  return *this;
}

Responder::~Responder() {
  if (sink_ != nullptr) Send(RefusalOf(500));
}

void Responder::Send(HttpResponse response) {
  const std::shared_ptr<Sink> sink = std::exchange(sink_, nullptr);
  if (sink != nullptr) sink->Send(request_, std::move(response));
}

void Responder::SendPrepared(const PreparedResponse& response) {
  const std::shared_ptr<Sink> sink = std::exchange(sink_, nullptr);
  if (sink != nullptr) sink->SendPrepared(request_, response);
}

std::string_view HttpRequest::Header(std::string_view name) const {
  for (const auto& [field, value] : headers) {
    if (EqualsIgnoreCase(field, name)) return value;
  }
  return {};
}

std::string DecodeUrl(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 &&
                        HexDigit(text[i + 2]) >= 0;
    if (escape) {
      decoded += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

std::string QueryParameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const size_t ampersand = query.find('&');
    const std::string_view pair = query.substr(0, ampersand);
    const size_t equals = pair.find('=');
    if (DecodeUrl(pair.substr(0, equals)) == name) {
      return equals == std::string_view::npos ? "" : DecodeUrl(pair.substr(equals + 1));
    }
    if (ampersand == std::string_view::npos) break;
    query.remove_prefix(ampersand + 1);
  }
  return "";
}

}  // namespace codman::net
