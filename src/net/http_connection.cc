#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <exception>
#include <utility>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_connection_internal.h"
#include "net/http_reply_internal.h"
#include "net/http_shard_internal.h"

namespace codman::net {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr size_t kMaxUnsentBytes = 64 << 10;  // more waits until the client has taken these
constexpr size_t kKeptBytes = 64 << 10;       // a larger output buffer is given back

std::string RemoteOf(const Socket& socket) {
  error_code error;
  const asio::ip::tcp::endpoint endpoint = socket.remote_endpoint(error);
  if (error) return "";
  const std::string address = endpoint.address().to_string();
  return endpoint.address().is_v6() ? format("[{}]:{}", address, endpoint.port())
                                    : format("{}:{}", address, endpoint.port());
}

}  // namespace

Connection::Connection(std::shared_ptr<Shard> shard, Socket socket)
    : shard_(std::move(shard)),
      socket_(std::move(socket)),
      remote_(RemoteOf(socket_)),
      reader_(shard_->options().max_header_bytes, shard_->options().max_body_bytes,
              shard_->options().rules) {
  error_code ignored;  // a socket that is already dead shows it at the first read
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  reader_.request().remote = remote_;
}

void Connection::Run() {
  if (closed_ || sending_ || lingering_) return;
  for (bool more = true; more;) {
    more = AnswerBuffered();
    if (!Flush()) return;
  }
  if (finishing_) {
    Linger();
  } else if (open_.empty()) {
    AwaitBytes();
  } else {
    deadline_ = kNever;
    last_steps_ = -1;
    if (MayDispatch() && !held_ && !reading_) Read();
  }
}

// Whether another request may be handled before the open ones are answered.
bool Connection::MayDispatch() const {
  if (finishing_ || ended_) return false;
  return open_.empty() || (overlapping_ && open_.back().keep_alive && open_.size() < kMostOpen &&
                           !shard_->draining());
}

// Hands over every whole request of the buffer that may be; true where it stopped only because
// enough is waiting to be sent.
bool Connection::AnswerBuffered() {
  held_ = false;
  while (MayDispatch()) {
    if (out_.size() > kMaxUnsentBytes) return true;
    const HttpReader::State state = reader_.Advance();
    if (state == HttpReader::State::kReady) {
      held_ = !open_.empty() && !reader_.rules().overlaps;
      if (held_) break;
      Dispatch();
      continue;
    }
    held_ = state == HttpReader::State::kFailed && !open_.empty();
    if (state == HttpReader::State::kFailed && !held_) {
      AppendRefusal(reader_.refusal());
    } else if (state == HttpReader::State::kNeedMore && open_.empty() && reader_.TakeContinue()) {
      out_ += "HTTP/1.1 100 Continue\r\n\r\n";
    }
    break;
  }
  return false;
}

void Connection::Dispatch() {
  overlapping_ = reader_.rules().overlaps;
  open_.push_back(
      {.without_body = reader_.request().method == "HEAD", .keep_alive = reader_.keep_alive()});
  in_handler_ = true;
  // Whatever is thrown, the Responder was destroyed on the way and has answered 500.
  try {
    shard_->handler()(reader_.request(),
                      Responder(shared_from_this(), first_open_ + open_.size() - 1));
  } catch (const std::exception& e) {
    base::Log(base::LogLevel::kError, "net", "a request handler threw",
              base::Json::Object({{"what", e.what()}}));
  }
  in_handler_ = false;
  if (overlapping_ || open_.empty()) reader_.Next();
}

// An answer may come at once (then the loop that called the handler goes on) or later from any
// thread (then it is posted to this connection's own).
void Connection::Send(uint64_t request, HttpResponse response) {
  if (shard_->InThread()) return ReplyOnThread(request, response);
  shard_->Post([self = shared_from_this(), request, response = std::move(response)] {
    self->ReplyOnThread(request, response);
  });
}

void Connection::SendPrepared(uint64_t request, const PreparedResponse& response) {
  if (shard_->InThread()) return ReplyOnThread(request, response);
  shard_->Post([self = shared_from_this(), request, fields = std::string(response.fields),
                body = std::string(response.body)] {
    self->ReplyOnThread(request, PreparedResponse{fields, body});
  });
}

void Connection::Post(std::function<void()> work) { shard_->PostAnswers(std::move(work)); }

int Connection::thread() const { return shard_->index(); }

template <typename Response>
void Connection::ReplyOnThread(uint64_t request, const Response& response) {
  if (closed_) return;
  const bool overlapped = overlapping_;
  Reply(request, response);
  if (in_handler_) return;
  if (!overlapped) reader_.Next();
  if (!shard_->Defer(shared_from_this())) Run();
}

template <typename Response>
void Connection::Reply(uint64_t request, const Response& response) {
  Open& open = open_[request - first_open_];
  const bool close = !open.keep_alive || (shard_->draining() && &open == &open_.back());
  const bool in_turn = &open == &open_.front();
  open.answered = true;
  open.keep_alive = !close;
  AppendReply(response, {.without_body = open.without_body, .close = close}, shard_->date(),
              in_turn ? &out_ : &open.answer);
  if (in_turn) PassOn();
}

// The oldest request is answered: what waited behind it follows.
void Connection::PassOn() {
  last_steps_ = -1;
  while (!open_.empty() && open_.front().answered) {
    out_ += open_.front().answer;
    // Behind an answer that says "close" nothing may follow.
    finishing_ = finishing_ || !open_.front().keep_alive;
    open_.pop_front();
    ++first_open_;
    if (finishing_) break;
  }
  finishing_ = finishing_ || (ended_ && open_.empty());
}

void Connection::AppendRefusal(int status) {
  finishing_ = true;
  AppendReply(RefusalOf(status), {.close = true}, shard_->date(), &out_);
}

void Connection::Refuse(int status) {
  AppendRefusal(status);
  Run();
}

// Tries the send at once; only what the client's window does not take waits. True where all is
// sent.
bool Connection::Flush() {
  while (sent_ < out_.size()) {
    error_code error;
    sent_ += socket_.write_some(asio::buffer(out_.data() + sent_, out_.size() - sent_), error);
    if (error == asio::error::would_block || error == asio::error::try_again) {
      AwaitWritable();
      return false;
    }
    if (error) {
      Close();
      return false;
    }
  }
  out_.clear();
  if (out_.capacity() > kKeptBytes) out_.shrink_to_fit();
  sent_ = 0;
  return true;
}

void Connection::AwaitWritable() {
  sending_ = true;
  deadline_ = shard_->DeadlineAfter(shard_->options().slow_client_seconds);
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const error_code& error) {
    self->sending_ = false;
    if (self->closed_) return;
    if (error) return self->Close();
    self->Run();
  });
}

void Connection::AwaitBytes() {
  const int64_t steps = reader_.steps();
  if (steps == 0 && shard_->draining()) return Close();
  if (steps != last_steps_) {
    last_steps_ = steps;
    const HttpServerOptions& options = shard_->options();
    deadline_ =
        shard_->DeadlineAfter(steps == 0 ? options.idle_seconds : options.slow_client_seconds);
  }
  if (!reading_) Read();
}

void Connection::Read() {
  reading_ = true;
  const std::span<char> space = reader_.Space();
  socket_.async_read_some(asio::buffer(space.data(), space.size()),
                          [self = shared_from_this()](const error_code& error, size_t num_bytes) {
                            self->OnRead(error, num_bytes);
                          });
}

void Connection::OnRead(const error_code& error, size_t num_bytes) {
  reading_ = false;
  if (closed_) return;
  // What was asked is answered also to a client that asks nothing more.
  ended_ = error == asio::error::eof && !open_.empty();
  if (ended_) return;
  if (error) return Close();
  if (lingering_) return Read();
  // A refusal that still waits for the client's window: nothing more is read.
  if (finishing_) return;
  reader_.Received(num_bytes);
  Run();
}

// Closing with bytes unread would reset the connection and take the answer from the client: end our
// side, drop what still comes, and close when the client does or its time is over.
void Connection::Linger() {
  lingering_ = true;
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  if (error) return Close();
  deadline_ = shard_->draining() ? shard_->DeadlineAfter(1)
                                 : shard_->DeadlineAfter(shard_->options().slow_client_seconds);
  if (!reading_) Read();
}

void Connection::Drain() {
  if (lingering_) deadline_ = std::min(deadline_, shard_->DeadlineAfter(1));
  const bool idle = open_.empty() && !sending_ && !finishing_ && reader_.idle();
  if (idle) Close();
}

void Connection::CheckDeadline(int64_t now) {
  if (closed_ || now < deadline_) return;
  const bool answerable = open_.empty() && !sending_ && !finishing_ && !reader_.idle();
  if (answerable) {
    Refuse(408);
  } else {
    Close();
  }
}

void Connection::Close() {
  if (closed_) return;
  closed_ = true;
  deadline_ = kNever;
  error_code ignored;
  socket_.close(ignored);
  shard_->Remove(this);
}

}  // namespace codman::net
