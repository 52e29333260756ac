#include <ctime>
#include <exception>

#include "base/json.h"
#include "base/log.h"
#include "net/http_reply_internal.h"
#include "net/http_shard_internal.h"

namespace codman::net {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {
constexpr int kMaxRefused =
    256;  // clients over the limit that are told so; further ones are cut off
}  // namespace

Shard::Shard(std::shared_ptr<ShardSettings> settings, int index)
    : settings_(std::move(settings)),
      index_(index),
      work_(io_.get_executor()),
      date_(FormatHttpDate(std::time(nullptr))) {}

Result<> Shard::Listen(int descriptor, bool is_ipv6) {
  error_code error;
  acceptor_.assign(is_ipv6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), descriptor, error);
  if (error) return base::Unavailable("cannot watch the listening socket: " + error.message());
  return {};
}

void Shard::Run() {
  Accept();
  AwaitTick();
  for (bool running = true; running;) {
    // Only memory can run out here; the connection concerned is closed by its deadline.
    try {
      io_.run();
      running = false;
    } catch (const std::exception& e) {
      base::Log(base::LogLevel::kError, "net", "an io thread recovered from an exception",
                base::Json::Object({{"what", e.what()}}));
    }
  }
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
  }
  io_.restart();
  io_.poll();  // drops what was posted between the last connection's end and now
  settings_
      .reset();  // the handler and what it holds end with the server, not with its last Responder
}

void Shard::Accept() {
  acceptor_.async_accept([this](const error_code& error, Socket socket) {
    if (!acceptor_.is_open()) return;
    // Out of descriptors or memory: trying again at once would spin, the next tick is soon enough.
    accept_stalled_ = true;
    if (error) return;
    Admit(std::move(socket));
    accept_stalled_ = false;
    Accept();
  });
}

void Shard::Admit(Socket socket) {
  const bool refused = settings_->num_connections.fetch_add(1) >= options().max_connections;
  if (refused) settings_->num_connections.fetch_sub(1);
  if (refused && num_refused_ >= kMaxRefused) return;
  auto connection = std::make_shared<Connection>(shared_from_this(), std::move(socket));
  connections_.emplace(connection.get(), Entry{connection, refused});
  if (refused) {
    ++num_refused_;
    connection->Refuse(503);
  } else {
    connection->Run();
  }
}

void Shard::Remove(Connection* connection) {
  const auto found = connections_.find(connection);
  if (found == connections_.end()) return;
  if (found->second.refused) {
    --num_refused_;
  } else {
    settings_->num_connections.fetch_sub(1);
  }
  connections_.erase(found);
  EndWhenDrained();
}

void Shard::PostAnswers(std::function<void()> work) {
  Post([self = shared_from_this(), work = std::move(work)] { self->GiveAnswers(work); });
}

void Shard::GiveAnswers(const std::function<void()>& work) {
  answering_ = true;
  work();
  answering_ = false;
  for (const auto& connection : std::exchange(answered_, {})) connection->Run();
}

bool Shard::Defer(const std::shared_ptr<Connection>& connection) {
  if (!answering_) return false;
  if (answered_.empty() || answered_.back() != connection) answered_.push_back(connection);
  return true;
}

void Shard::AwaitTick() {
  timer_.expires_after(kTick);
  timer_.async_wait([this](const error_code& error) {
    if (error) return;
    AwaitTick();  // before the work, which may fail
    Tick();
  });
}

void Shard::Tick() {
  ++now_;
  date_ = FormatHttpDate(std::time(nullptr));
  if (std::exchange(accept_stalled_, false) && !draining_) Accept();
  const bool over = draining_ && now_ >= drain_deadline_;
  for (const auto& connection : Connections()) {
    if (over) {
      connection->Close();
    } else {
      connection->CheckDeadline(now_);
    }
  }
  EndWhenDrained();
}

void Shard::Drain(int seconds) {
  Post([this, seconds] { StartDraining(seconds); });
}

void Shard::StartDraining(int seconds) {
  draining_ = true;
  drain_deadline_ = now_ + seconds * kTicksPerSecond;
  error_code ignored;
  acceptor_.close(ignored);
  for (const auto& connection : Connections()) {
    if (seconds <= 0) {
      connection->Close();
    } else {
      connection->Drain();
    }
  }
  EndWhenDrained();
}

// A copy, because what is done to a connection may remove it.
std::vector<std::shared_ptr<Connection>> Shard::Connections() const {
  std::vector<std::shared_ptr<Connection>> connections;
  connections.reserve(connections_.size());
  for (const auto& [key, entry] : connections_) connections.push_back(entry.connection);
  return connections;
}

void Shard::EndWhenDrained() {
  if (!draining_ || !connections_.empty()) return;
  timer_.cancel();
  work_.reset();
}

}  // namespace codman::net
