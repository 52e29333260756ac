// Listening sockets that share one port, so that each io thread accepts for itself.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace codman::net {

// Owns file descriptors; closes those that are not released.
class ListeningSockets {
 public:
  // `count` non-blocking sockets on one port; port 0 takes a free one. InvalidInput where `address`
  // is not a numeric IPv4 or IPv6 address, Conflict where the port cannot be had, which includes a
  // port shared by another Codman.
  static Result<ListeningSockets> Open(const std::string& address, uint16_t port, int count);

  ListeningSockets(ListeningSockets&& other) noexcept;
  ListeningSockets& operator=(ListeningSockets&&) = delete;
  ~ListeningSockets();

  uint16_t port() const { return port_; }
  bool is_ipv6() const { return is_ipv6_; }
  // Hands the i-th descriptor to the caller.
  int Release(int i);

 private:
  ListeningSockets() = default;

  std::vector<int> descriptors_;
  uint16_t port_ = 0;
  bool is_ipv6_ = false;
};

}  // namespace codman::net
