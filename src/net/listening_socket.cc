#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "net/listening_socket_internal.h"

namespace codman::net {
namespace {

constexpr int kBacklog = 1024;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

bool ParseAddress(const std::string& text, uint16_t port, SocketAddress* address) {
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address->storage);
  if (inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    address->length = sizeof *v4;
    return true;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address->storage);
  if (inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    address->length = sizeof *v6;
    return true;
  }
  return false;
}

void SetPort(SocketAddress* address, uint16_t port) {
  // Both families keep the port at the same place.
  reinterpret_cast<sockaddr_in*>(&address->storage)->sin_port = htons(port);
}

bool Enable(int descriptor, int option) {
  const int on = 1;
  return setsockopt(descriptor, SOL_SOCKET, option, &on, sizeof on) == 0;
}

// The first socket binds alone and only then lets its siblings share the port: with SO_REUSEPORT
// from the start a second Codman of the same user would silently take half of the connections.
bool BindAndListen(int descriptor, const SocketAddress& address, bool is_first) {
  if (!Enable(descriptor, SO_REUSEADDR)) return false;
  if (!is_first && !Enable(descriptor, SO_REUSEPORT)) return false;
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address.storage), address.length) != 0)
    return false;
  if (is_first && !Enable(descriptor, SO_REUSEPORT)) return false;
  return listen(descriptor, kBacklog) == 0;
}

}  // namespace

Result<ListeningSockets> ListeningSockets::Open(const std::string& address, uint16_t port,
                                                int count) {
  SocketAddress where;
  if (!ParseAddress(address, port, &where)) {
    return base::InvalidInput(
        format("cannot listen on \"{}\": give a numeric address such as 127.0.0.1, 0.0.0.0 or ::1",
               address));
  }
  ListeningSockets sockets;
  sockets.is_ipv6_ = where.storage.ss_family == AF_INET6;
  for (int i = 0; i < count; ++i) {
    const int descriptor =
        socket(where.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor >= 0) sockets.descriptors_.push_back(descriptor);
    if (descriptor < 0 || !BindAndListen(descriptor, where, i == 0)) {
      return base::Conflict(
          format("cannot listen on {} port {}: {}; choose another port with --port", address, port,
                 std::strerror(errno)));
    }
    if (i > 0) continue;
    SocketAddress bound;
    bound.length = sizeof bound.storage;
    getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound.storage), &bound.length);
    sockets.port_ = ntohs(reinterpret_cast<sockaddr_in*>(&bound.storage)->sin_port);
    SetPort(&where, sockets.port_);
  }
  return sockets;
}

ListeningSockets::ListeningSockets(ListeningSockets&& other) noexcept
    : descriptors_(std::exchange(other.descriptors_, {})),
      port_(other.port_),
      is_ipv6_(other.is_ipv6_) {}

ListeningSockets::~ListeningSockets() {
  for (int descriptor : descriptors_) {
    if (descriptor >= 0) close(descriptor);
  }
}

int ListeningSockets::Release(int i) { return std::exchange(descriptors_[i], -1); }

}  // namespace codman::net
