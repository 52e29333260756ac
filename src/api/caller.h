// Who asks, by key or by session.
#pragma once

#include <optional>
#include <string>

#include "api/sessions.h"
#include "net/http_server.h"

namespace codman::api {

struct Actor {
  std::string name, role;
};

// Nobody where neither key nor session is good, or a changing request lacks the session's CSRF
// token.
std::optional<Actor> Authenticate(const Sessions& sessions, const net::HttpRequest& request);

// A body that says to be something else than JSON.
bool HasWrongContentType(const net::HttpRequest& request);

}  // namespace codman::api
