// Turns received bytes into requests, one after another, in one buffer that it owns: the head is
// parsed where it lies, a chunked body is joined in place, what follows a request waits for its
// turn. No sockets, no clock, no threads.
//
//   std::span<char> space = reader.Space();
//   reader.Received(recv(fd, space.data(), space.size(), 0));
//   while (reader.Advance() == HttpReader::State::kReady) { Answer(reader.request());
//   reader.Next(); }
//
// Memory is bounded by the limits; the buffer grows with what has arrived, not with what a client
// announces.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "net/http_head_internal.h"
#include "net/http_server.h"

namespace codman::net {

class HttpReader {
 public:
  enum class State { kNeedMore, kReady, kFailed };

  using Rules = std::function<RequestRules(std::string_view method, std::string_view path)>;
  // `rules` may be empty: then max_body_bytes holds for every request.
  HttpReader(int64_t max_header_bytes, int64_t max_body_bytes, Rules rules = {})
      : max_header_bytes_(static_cast<size_t>(max_header_bytes)),
        rules_of_(std::move(rules)),
        rules_{.max_body_bytes = max_body_bytes} {}

  // Where to receive into; never empty. Views of a request are void after this call.
  std::span<char> Space();
  void Received(size_t num_bytes) { end_ += num_bytes; }

  State Advance();
  // After kReady: the request; its views are valid until Next(). At least 64 readable bytes follow
  // the body.
  HttpRequest& request() { return request_; }
  bool keep_alive() const { return framing_.keep_alive; }
  const RequestRules& rules() const { return rules_; }
  // After kFailed: the status that refuses the client. Nothing more can be read.
  int refusal() const { return refusal_; }
  void Next();

  // True once for a request that waits for "100 Continue" before it sends its body.
  bool TakeContinue();
  // True where not a byte of a next request has come.
  bool idle() const { return stage_ == Stage::kHead && begin_ == end_; }
  // Grows with each step that a client must make in time: a begun head, then every part of a body.
  int64_t steps() const;

 private:
  enum class Stage { kHead, kBody, kChunkSize, kChunkData, kChunkEnd, kTrailers, kReady, kFailed };

  bool Fail(int status);
  std::string_view Line(size_t limit);
  bool ScanHead();
  bool CheckBegunHead();
  int FaultOfBegunHead();
  bool FailBegunHead();
  bool StartBody();
  bool ReadFixedBody();
  bool ReadChunkSize();
  bool ReadChunkData();
  bool ReadTrailers();
  bool Step();
  bool SkipLineEnd();
  void Reserve(size_t capacity);
  void CloseGap();
  void Finish();

  const size_t max_header_bytes_;
  const Rules rules_of_;
  RequestRules rules_;  // of the present request

  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
  // begin_ <= head_end_ <= body_end_ <= scan_ <= end_: the request, its head, its body so far, what
  // is read, what has come.
  size_t begin_ = 0;
  size_t head_end_ = 0;
  size_t body_end_ = 0;
  size_t scan_ = 0;
  size_t end_ = 0;
  size_t line_ = 0;            // where the head's current line begins
  bool skipped_line_ = false;  // the one empty line that may precede a request
  bool moved_ = false;         // the buffer moved after the head was parsed

  Stage stage_ = Stage::kHead;
  int refusal_ = 0;
  int64_t chunk_left_ = 0;
  size_t trailer_bytes_ = 0;
  HttpRequest request_;
  HttpFraming framing_;
};

}  // namespace codman::net
