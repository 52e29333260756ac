// A raw POSIX client for the tests of this room: it sends exactly the bytes it is told to and shows
// what came back.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "net/http_head_internal.h"

namespace codman::net {

// One answer as received. `whole` is false where the connection ended or the time ran out before it
// was complete.
struct RawReply {
  bool whole = false;
  int status = 0;
  std::string head;
  std::string body;
};

class RawClient {
 public:
  explicit RawClient(uint16_t port) : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connected_ =
        connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() { Disconnect(); }

  bool connected() const { return connected_; }

  void Disconnect() {
    if (descriptor_ >= 0) close(descriptor_);
    descriptor_ = -1;
  }
  void EndSending() { shutdown(descriptor_, SHUT_WR); }

  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  RawReply Receive(bool to_head = false, int timeout_ms = 10'000) {
    RawReply reply;
    size_t head_end = std::string::npos;
    while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!ReceiveMore(timeout_ms)) return reply;
    }
    reply.head = received_.substr(0, head_end + 2);
    received_.erase(0, head_end + 4);
    reply.status = std::atoi(reply.head.c_str() + std::min<size_t>(9, reply.head.size()));
    const size_t length =
        to_head ? 0 : std::strtoull(Field(reply, "content-length").c_str(), nullptr, 10);
    while (received_.size() < length) {
      if (!ReceiveMore(timeout_ms)) return reply;
    }
    reply.body = received_.substr(0, length);
    received_.erase(0, length);
    reply.whole = true;
    return reply;
  }

  RawReply Ask(std::string_view bytes) {
    Send(bytes);
    return Receive();
  }

  // True where the server ends the connection in time without sending anything more.
  bool SeesEnd(int timeout_ms = 10'000) {
    while (ReceiveMore(timeout_ms)) {
    }
    return ended_ && received_.empty();
  }
  bool ended() const { return ended_; }
  const std::string& rest() const { return received_; }

  static std::string Field(const RawReply& reply, std::string_view name) {
    for (size_t begin = reply.head.find("\r\n") + 2; begin < reply.head.size();) {
      const size_t end = reply.head.find("\r\n", begin);
      std::pair<std::string_view, std::string_view> field;
      const std::string_view line = std::string_view(reply.head).substr(begin, end - begin);
      if (ParseField(line, &field) && EqualsIgnoreCase(field.first, name))
        return std::string(field.second);
      begin = end + 2;
    }
    return "";
  }

 private:
  bool ReceiveMore(int timeout_ms) {
    pollfd readable{descriptor_, POLLIN, 0};
    if (poll(&readable, 1, timeout_ms) <= 0) return false;
    char bytes[16384];
    const ssize_t num_bytes = recv(descriptor_, bytes, sizeof bytes, 0);
    ended_ = num_bytes <= 0;
    if (!ended_) received_.append(bytes, static_cast<size_t>(num_bytes));
    return !ended_;
  }

  int descriptor_;
  bool connected_ = false;
  bool ended_ = false;
  std::string received_;
};

inline std::string Post(std::string_view path, std::string_view body,
                        std::string_view fields = "") {
  std::string bytes = "POST " + std::string(path) + " HTTP/1.1\r\nHost: h\r\nContent-Length: ";
  bytes += std::to_string(body.size()) + "\r\n" + std::string(fields) + "\r\n" + std::string(body);
  return bytes;
}

}  // namespace codman::net
