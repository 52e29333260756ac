#include <algorithm>
#include <cstring>

#include "net/http_reader_internal.h"

namespace codman::net {
namespace {
constexpr size_t kReadBytes = 8 << 10;   // least room offered to one receive
constexpr size_t kKeptBytes = 64 << 10;  // a larger buffer is given back after its request
constexpr size_t kPadding = 64;          // readable behind a body: simdjson parses it in place
constexpr size_t kMaxChunkLineBytes = 256;
constexpr int64_t kBodyStepBytes = 4 << 10;  // a client that sends less than this in time is slow
}  // namespace

std::span<char> HttpReader::Space() {
  if (stage_ == Stage::kFailed || begin_ == end_) {
    begin_ = head_end_ = body_end_ = scan_ = end_ = line_ = 0;
  }
  if (capacity_ - end_ < kReadBytes) CloseGap();
  if (capacity_ - end_ < kReadBytes) Reserve(std::max(2 * capacity_, end_ + 2 * kReadBytes));
  return {buffer_.get() + end_, capacity_ - end_};
}

// Capacity is what may be filled; the padding lies behind it.
void HttpReader::Reserve(size_t capacity) {
  auto larger = std::make_unique_for_overwrite<char[]>(capacity + kPadding);
  if (end_ > 0) std::memcpy(larger.get(), buffer_.get(), end_);
  std::memset(larger.get() + capacity, 0, kPadding);
  buffer_ = std::move(larger);
  capacity_ = capacity;
  moved_ = true;
}

// Moves the request to the front, and unread bytes up to its joined body.
void HttpReader::CloseGap() {
  if (stage_ != Stage::kHead && body_end_ < scan_) {
    std::memmove(buffer_.get() + body_end_, buffer_.get() + scan_, end_ - scan_);
    end_ -= scan_ - body_end_;
    scan_ = body_end_;
  }
  if (begin_ == 0) return;
  std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
  for (size_t* position : {&head_end_, &body_end_, &scan_, &end_, &line_}) {
    *position -= std::min(*position, begin_);
  }
  begin_ = 0;
  moved_ = true;
}

// Always false, for the callers to return.
bool HttpReader::Fail(int status) {
  stage_ = Stage::kFailed;
  refusal_ = status;
  framing_.keep_alive = false;
  return false;
}

HttpReader::State HttpReader::Advance() {
  while (stage_ != Stage::kReady && stage_ != Stage::kFailed) {
    if (!Step()) break;
  }
  if (stage_ == Stage::kFailed) return State::kFailed;
  return stage_ == Stage::kReady ? State::kReady : State::kNeedMore;
}

// One stage further; false where it needs more bytes or has failed.
bool HttpReader::Step() {
  switch (stage_) {
    case Stage::kHead:
      return ScanHead() && StartBody();
    case Stage::kBody:
      return ReadFixedBody();
    case Stage::kChunkSize:
      return ReadChunkSize();
    case Stage::kChunkData:
      return ReadChunkData();
    case Stage::kChunkEnd:
      return SkipLineEnd();
    case Stage::kTrailers:
      return ReadTrailers();
    default:
      return false;
  }
}

// Looks at every line end once as it comes, so that a bare LF is refused at once instead of waiting
// for CRLF.
bool HttpReader::ScanHead() {
  const char* data = buffer_.get();
  while (scan_ < end_) {
    const void* found = std::memchr(data + scan_, '\n', end_ - scan_);
    if (found == nullptr) {
      scan_ = end_;
      break;
    }
    const size_t feed = static_cast<size_t>(static_cast<const char*>(found) - data);
    scan_ = feed + 1;
    if (scan_ - begin_ > max_header_bytes_) return FailBegunHead();
    if (feed == line_ || data[feed - 1] != '\r') return Fail(400);
    const bool empty_line = feed == line_ + 1;
    if (empty_line && line_ != begin_) {
      head_end_ = body_end_ = scan_;
      return true;
    }
    // RFC 9112 2.2: an empty line before the request line is a forgivable fault of old clients;
    // more of them are not.
    if (empty_line && skipped_line_) return Fail(400);
    if (empty_line) {
      begin_ = scan_;
      skipped_line_ = true;
    }
    line_ = scan_;
  }
  return CheckBegunHead();
}

// A head that is not whole yet. Another protocol (TLS, SSH) shows in its first byte or line and is
// refused without waiting for an end that never comes.
bool HttpReader::CheckBegunHead() {
  if (end_ - begin_ > max_header_bytes_) return FailBegunHead();
  return FaultOfBegunHead() == 0 ? false : FailBegunHead();
}

// 400 where the begun head is no request's, else 0: whatever else it is, the whole head tells.
int HttpReader::FaultOfBegunHead() {
  const char* start = buffer_.get() + begin_;
  if (line_ == begin_) {
    const bool may_be_method = end_ == begin_ || *start == '\r' || IsToken({start, 1});
    return may_be_method ? 0 : 400;
  }
  const std::string_view rest(start, end_ - begin_);
  bool version_1_1 = true;
  const int status = ParseRequestLine(rest.substr(0, rest.find("\r\n")), &request_, &version_1_1);
  return status == 400 ? status : 0;
}

// Too long, unless what came first is wrong already: the answer does not depend on how the bytes
// were cut on their way.
bool HttpReader::FailBegunHead() {
  const int fault = FaultOfBegunHead();
  if (fault != 0) return Fail(fault);
  return Fail(line_ == begin_ ? 414 : 431);
}

bool HttpReader::StartBody() {
  const std::string_view head(buffer_.get() + begin_, head_end_ - begin_ - 2);
  if (int status = ParseHead(head, &request_, &framing_)) return Fail(status);
  if (rules_of_) rules_ = rules_of_(request_.method, request_.path);
  if (framing_.content_length > rules_.max_body_bytes) return Fail(413);
  moved_ = false;
  trailer_bytes_ = 0;
  stage_ = framing_.chunked ? Stage::kChunkSize : Stage::kBody;
  return true;
}

bool HttpReader::ReadFixedBody() {
  const size_t body_end = head_end_ + static_cast<size_t>(framing_.content_length);
  body_end_ = scan_ = std::min(end_, body_end);
  if (end_ < body_end) return false;
  Finish();
  return true;
}

// The line at scan_ without its CRLF, after which scan_ stands behind it; a view without data where
// it is not whole yet or has failed.
std::string_view HttpReader::Line(size_t limit) {
  const char* start = buffer_.get() + scan_;
  const size_t num_bytes = std::min(end_ - scan_, limit);
  const void* found = std::memchr(start, '\n', num_bytes);
  if (found == nullptr) {
    if (num_bytes == limit) Fail(400);
    return {};
  }
  const size_t length = static_cast<size_t>(static_cast<const char*>(found) - start);
  if (length == 0 || start[length - 1] != '\r') {
    Fail(400);
    return {};
  }
  scan_ += length + 1;
  return {start, length - 1};
}

bool HttpReader::ReadChunkSize() {
  const std::string_view line = Line(kMaxChunkLineBytes);
  if (line.data() == nullptr) return false;
  size_t num_digits = 0;
  int64_t size = 0;
  for (; num_digits < line.size(); ++num_digits) {
    const char c = line[num_digits];
    const char lower = static_cast<char>(c | 0x20);
    const int digit = c >= '0' && c <= '9'           ? c - '0'
                      : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10
                                                     : -1;
    if (digit < 0) break;
    if (num_digits == 15) return Fail(400);
    size = size * 16 + digit;
  }
  // Extensions are allowed and ignored, blanks before them are not: programs differ on those.
  const bool extended = num_digits < line.size();
  if (num_digits == 0 || (extended && line[num_digits] != ';')) return Fail(400);
  if (extended && line.find_first_of(std::string_view("\0\r\x7f", 3)) != std::string_view::npos)
    return Fail(400);
  const int64_t body_bytes = static_cast<int64_t>(body_end_ - head_end_);
  if (size > rules_.max_body_bytes - body_bytes) return Fail(413);
  chunk_left_ = size;
  stage_ = size > 0 ? Stage::kChunkData : Stage::kTrailers;
  return true;
}

bool HttpReader::ReadChunkData() {
  const size_t num_bytes = std::min(end_ - scan_, static_cast<size_t>(chunk_left_));
  std::memmove(buffer_.get() + body_end_, buffer_.get() + scan_, num_bytes);
  body_end_ += num_bytes;
  scan_ += num_bytes;
  chunk_left_ -= static_cast<int64_t>(num_bytes);
  if (chunk_left_ > 0) return false;
  stage_ = Stage::kChunkEnd;
  return true;
}

bool HttpReader::SkipLineEnd() {
  const size_t num_bytes = std::min<size_t>(end_ - scan_, 2);
  if (std::memcmp(buffer_.get() + scan_, "\r\n", num_bytes) != 0) return Fail(400);
  if (num_bytes < 2) return false;
  scan_ += 2;
  stage_ = Stage::kChunkSize;
  return true;
}

// Trailers are checked and dropped: a field that arrives after its request was judged must not
// count.
bool HttpReader::ReadTrailers() {
  const size_t limit = max_header_bytes_ - trailer_bytes_;
  const size_t before = scan_;
  if (end_ - scan_ >= limit && std::memchr(buffer_.get() + scan_, '\n', limit) == nullptr)
    return Fail(431);
  const std::string_view line = Line(limit + 1);
  if (line.data() == nullptr) return false;
  trailer_bytes_ += scan_ - before;
  std::pair<std::string_view, std::string_view> field;
  if (line.empty()) {
    Finish();
  } else if (!ParseField(line, &field)) {
    return Fail(400);
  }
  return true;
}

void HttpReader::Finish() {
  if (moved_) {
    ParseHead({buffer_.get() + begin_, head_end_ - begin_ - 2}, &request_, &framing_);
    moved_ = false;
  }
  framing_.expects_continue = false;
  request_.body = {buffer_.get() + head_end_, body_end_ - head_end_};
  stage_ = Stage::kReady;
}

void HttpReader::Next() {
  begin_ = head_end_ = body_end_ = line_ = scan_;
  skipped_line_ = false;
  stage_ = Stage::kHead;
  if (begin_ == end_ && capacity_ > kKeptBytes) {
    buffer_.reset();
    capacity_ = begin_ = head_end_ = body_end_ = line_ = scan_ = end_ = 0;
  }
}

bool HttpReader::TakeContinue() {
  const bool waits = framing_.expects_continue && stage_ != Stage::kHead &&
                     stage_ != Stage::kReady && stage_ != Stage::kFailed && scan_ == head_end_ &&
                     end_ == head_end_;
  if (stage_ != Stage::kHead) framing_.expects_continue = false;
  return waits;
}

int64_t HttpReader::steps() const {
  if (stage_ == Stage::kHead) return idle() ? 0 : 1;
  const int64_t body_bytes = static_cast<int64_t>(body_end_ - head_end_);
  return 2 + body_bytes / kBodyStepBytes;
}

}  // namespace codman::net
