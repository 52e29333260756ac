// Names of predictions and requests, and what a caller says about its own.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "net/http_server.h"

namespace codman::api {

// `num_bytes` of the cryptographically random kind, two digits each; at most 64 of them. Drawn from
// a supply of the thread, because asking the generator costs more than the bytes.
void AppendRandomHex(size_t num_bytes, std::string* out);

// The caller's X-Request-Id where it is 1 to 64 of A-Z a-z 0-9 . _ -, else a new one.
void TakeRequestId(std::string_view given, std::string* id);

// The caller's W3C traceparent (version 00) where it is well formed, else "".
void TakeTrace(std::string_view given, std::string* trace);

}  // namespace codman::api
