// Reads the head of one HTTP/1.x request as strictly as RFC 9112 allows a server to be: whatever
// two programs might read differently (and so be used to smuggle a request past a proxy) is
// refused. Pure; views point into the given text.
#pragma once

#include <cstdint>
#include <string_view>

#include "net/http_server.h"

namespace codman::net {

// How the body follows the head, and what becomes of the connection.
struct HttpFraming {
  bool chunked = false;
  int64_t content_length = 0;
  bool keep_alive = true;
  bool expects_continue = false;
};

constexpr size_t kMaxHeaderFields = 100;

// `head` is the request line and the fields, each ended by CRLF, without the empty line. Fills
// method, path, query and headers of `request`. Returns 0, or the status that refuses it: 400, 417,
// 431 or 501.
int ParseHead(std::string_view head, HttpRequest* request, HttpFraming* framing);

// The request line alone, without its CRLF: 0, 400 or 501. Fills method, path and query.
int ParseRequestLine(std::string_view line, HttpRequest* request, bool* version_1_1);

// One "name: value" line without its CRLF; false where it breaks the grammar (obs-fold, space
// before the colon, controls).
bool ParseField(std::string_view line, std::pair<std::string_view, std::string_view>* field);

bool IsToken(std::string_view text);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);

}  // namespace codman::net
