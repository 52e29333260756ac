// A server for the tests of the client that does exactly what it is told, also what no decent
// server does: each connection gets the next line of a script.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace codman::net {

class ScriptedServer {
 public:
  // A connection as the script sees it.
  class Peer {
   public:
    Peer(int descriptor, ScriptedServer* server) : descriptor_(descriptor), server_(server) {}
    // One request, head and body by its Content-Length; "" where the client has gone.
    std::string Read() {
      std::string bytes;
      size_t whole = std::string::npos;
      while (bytes.size() < whole) {
        char piece[4096];
        const ssize_t got = recv(descriptor_, piece, sizeof piece, 0);
        if (got <= 0) return "";
        bytes.append(piece, static_cast<size_t>(got));
        const size_t head_end = bytes.find("\r\n\r\n");
        if (head_end == std::string::npos) continue;
        const size_t length = bytes.find("Content-Length: ");
        const size_t body =
            length < head_end ? std::strtoull(bytes.c_str() + length + 16, nullptr, 10) : 0;
        whole = head_end + 4 + body;
      }
      std::lock_guard lock(server_->mutex_);
      server_->requests_.push_back(bytes);
      return bytes;
    }
    std::string ReadWithin(int milliseconds) {
      const timeval limit{milliseconds / 1000, milliseconds % 1000 * 1000};
      setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
      return Read();
    }
    void Write(std::string_view bytes) const {
      while (!bytes.empty()) {
        const ssize_t sent = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        bytes.remove_prefix(static_cast<size_t>(sent));
      }
    }
    // Until the client goes or the server ends.
    void Wait() const {
      char byte;
      while (recv(descriptor_, &byte, 1, 0) > 0) {
      }
    }

   private:
    const int descriptor_;
    ScriptedServer* const server_;
  };
  using Script = std::vector<std::function<void(Peer&)>>;

  // The last line of the script serves every further connection.
  explicit ScriptedServer(Script script)
      : script_(std::move(script)), descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        listen(descriptor_, 64) != 0) {
      std::abort();
    }
    getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Serve(); });
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer() {
    stop_ = true;
    const int current = current_.load();
    if (current >= 0) shutdown(current, SHUT_RDWR);
    thread_.join();
    close(descriptor_);
  }

  std::string Url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }
  uint16_t port() const { return port_; }
  int num_connections() const { return num_connections_; }
  std::vector<std::string> requests() {
    std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void Serve() {
    for (size_t next = 0; !stop_;) {
      pollfd readable{descriptor_, POLLIN, 0};
      if (poll(&readable, 1, 20) <= 0) continue;
      const int connection = accept(descriptor_, nullptr, nullptr);
      if (connection < 0) continue;
      current_ = connection;
      ++num_connections_;
      Peer peer(connection, this);
      if (!stop_) script_[next](peer);
      if (next + 1 < script_.size()) ++next;
      current_ = -1;
      close(connection);
    }
  }

  const Script script_;
  const int descriptor_;
  uint16_t port_ = 0;
  std::atomic<bool> stop_ = false;
  std::atomic<int> current_ = -1;
  std::atomic<int> num_connections_ = 0;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace codman::net
