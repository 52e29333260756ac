// One client's connection: reads requests, calls the handler for one at a time, sends answers in
// order, closes.
//
// Pipelined requests wait in the buffer until the one before them is answered (RFC 9112 9.3.2
// allows parallel work only for safe methods), unless the rules of both let them overlap: those are
// handed over one after the other without waiting, and their answers go out in the order of the
// requests. Answers that are ready at once share one send. All methods but Send and Post belong to
// the shard's thread. Shared ownership: the shard holds it while it is
// open, pending operations and an unused Responder keep it beyond that, so a request's views stay
// valid until its Responder is used even when the client has gone.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <string>

#include "net/http_reader_internal.h"
#include "net/http_server.h"

namespace codman::net {

class Shard;
// Named, because asio's own socket may run on any executor and looks its kind up at every call.
using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

class Connection final : public Responder::Sink, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Shard> shard, Socket socket);

  void Run();
  // Sends what the server itself has to say and closes.
  void Refuse(int status);
  // Closes at once what is idle; the rest closes with its next answer.
  void Drain();
  void Close();
  // Acts where the deadline (in the shard's ticks) has passed.
  void CheckDeadline(int64_t now);

  // From any thread.
  void Send(uint64_t request, HttpResponse response) override;
  void SendPrepared(uint64_t request, const PreparedResponse& response) override;
  void Post(std::function<void()> work) override;
  int thread() const override;

 private:
  // A request that is not answered yet, or whose answer waits for the ones before it.
  struct Open {
    bool without_body = false;
    bool keep_alive = true;
    bool answered = false;
    std::string answer;
  };

  bool AnswerBuffered();
  bool MayDispatch() const;
  void Dispatch();
  template <typename Response>
  void Reply(uint64_t request, const Response& response);
  template <typename Response>
  void ReplyOnThread(uint64_t request, const Response& response);
  void PassOn();
  void AppendRefusal(int status);
  bool Flush();
  void AwaitWritable();
  void AwaitBytes();
  void Read();
  void OnRead(const boost::system::error_code& error, size_t num_bytes);
  void Linger();

  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
  static constexpr size_t kMostOpen = 64;

  const std::shared_ptr<Shard>
      shard_;  // first: it outlives the socket, which lives in its io_context
  Socket socket_;
  std::string remote_;
  HttpReader reader_;
  std::deque<Open> open_;    // oldest first
  uint64_t first_open_ = 0;  // number of the oldest
  std::string out_;
  size_t sent_ = 0;
  int64_t deadline_ = kNever;
  int64_t last_steps_ = -1;
  bool reading_ = false;      // a receive is under way into the reader's space
  bool overlapping_ = false;  // the open requests let the next one overlap
  bool held_ = false;         // the next request, or its refusal, waits for the open ones
  bool ended_ = false;        // the client has sent its last byte
  bool in_handler_ = false;   // the handler is on the stack
  bool sending_ = false;      // the client's window is full
  bool finishing_ = false;    // the last answer is in out_
  bool lingering_ = false;    // all is sent, what still arrives is dropped
  bool closed_ = false;
};

}  // namespace codman::net
