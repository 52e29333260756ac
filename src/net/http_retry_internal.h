// When a request is repeated, and after how long. Pure. Private to the client.
#pragma once

#include <optional>
#include <string_view>

namespace codman::net {

// Twice does what once does (RFC 9110 section 9.2.2).
bool IsIdempotent(std::string_view method);

// Answers of a server that may well answer later: 429, 502, 503, 504.
bool IsBusyStatus(int status);

// Before repetition 1, 2, 3, …: what the server asked for, or 0.2 s, 0.4 s, 0.8 s, … of which
// `random` (0 to 1) takes away up to half, so that clients refused together do not return together;
// at most `max_wait_seconds`.
double WaitSeconds(int repetition, std::optional<double> retry_after_seconds, double random,
                   double max_wait_seconds);

}  // namespace codman::net
