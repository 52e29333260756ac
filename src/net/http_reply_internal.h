// Writes answers as bytes: one head with a cached date, then the body, appended to one buffer. Pure
// but for the clock.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "net/http_server.h"

namespace codman::net {

struct ReplyFrame {
  bool without_body =
      false;           // the answer to HEAD keeps the Content-Length of the body it does not send
  bool close = false;  // tell the client that the connection ends
};

// Appends the answer. Header names and values that would break the head are left out; framing
// belongs to the server, so Content-Length, Transfer-Encoding, Connection and Date of `response`
// are ignored. A status outside 200–599 becomes 500.
void AppendReply(const HttpResponse& response, const ReplyFrame& frame, std::string_view date,
                 std::string* out);

// The same for a 200 whose fields are bytes already.
void AppendReply(const PreparedResponse& response, const ReplyFrame& frame, std::string_view date,
                 std::string* out);

// What the server itself answers where no handler was asked: an RFC 9457 problem with a sentence
// that says what to do.
HttpResponse RefusalOf(int status);

std::string_view ReasonOf(int status);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7).
std::string FormatHttpDate(std::time_t time);

}  // namespace codman::net
