// One io thread: an io_context, a listening socket, the connections it accepted, and one coarse
// clock for all of them.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/http_connection_internal.h"
#include "net/http_server.h"

namespace codman::net {

// What all shards of a server share.
struct ShardSettings {
  HttpServerOptions options;
  HttpHandler handler;
  std::atomic<int> num_connections = 0;
};

class Shard : public std::enable_shared_from_this<Shard> {
 public:
  Shard(std::shared_ptr<ShardSettings> settings, int index);

  // Takes the descriptor of a listening socket.
  Result<> Listen(int descriptor, bool is_ipv6);
  // The thread's body: returns when Drain has been called and the last connection is closed.
  void Run();
  // From any thread: no more clients, idle ones closed now, all of them after `seconds`.
  void Drain(int seconds);

  // For connections, on the shard's thread.
  const HttpServerOptions& options() const { return settings_->options; }
  const HttpHandler& handler() const { return settings_->handler; }
  const std::string& date() const { return date_; }
  bool draining() const { return draining_; }
  int index() const { return index_; }
  int64_t DeadlineAfter(int seconds) const { return now_ + seconds * kTicksPerSecond + 1; }
  void Remove(Connection* connection);
  // True while posted work gives its answers: the connection goes on when that is over.
  bool Defer(const std::shared_ptr<Connection>& connection);

  // From any thread.
  bool InThread() const { return io_.get_executor().running_in_this_thread(); }
  // Runs `work` on the shard's thread; drops it where the shard has ended. Refusing late work also
  // keeps the io_context from holding connections that hold the io_context.
  template <typename Work>
  void Post(Work work) {
    std::lock_guard lock(mutex_);
    if (!ended_) boost::asio::post(io_, std::move(work));
  }
  // The same for work that answers many requests: each connection sends what it got in one go.
  void PostAnswers(std::function<void()> work);

 private:
  static constexpr int64_t kTicksPerSecond = 4;
  static constexpr std::chrono::milliseconds kTick{250};

  void GiveAnswers(const std::function<void()>& work);
  void Accept();
  void Admit(Socket socket);
  void AwaitTick();
  void Tick();
  void StartDraining(int seconds);
  std::vector<std::shared_ptr<Connection>> Connections() const;
  void EndWhenDrained();

  std::shared_ptr<ShardSettings> settings_;
  const int index_;
  mutable boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor> acceptor_{io_};
  boost::asio::steady_timer timer_{io_};

  struct Entry {
    std::shared_ptr<Connection> connection;
    bool refused = false;  // over the limit: does not count, lives only until it has read its 503
  };
  std::unordered_map<Connection*, Entry> connections_;
  int num_refused_ = 0;
  int64_t now_ = 0;  // ticks since the start
  int64_t drain_deadline_ = 0;
  bool draining_ = false;
  bool accept_stalled_ = false;
  bool answering_ = false;
  std::vector<std::shared_ptr<Connection>> answered_;  // by the work that is running
  std::string date_;

  std::mutex mutex_;  // of ended_
  bool ended_ = false;
};

}  // namespace codman::net
