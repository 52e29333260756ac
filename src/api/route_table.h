// Finds the route of a request in the list of routes.h, by a table made once.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "api/routes.h"
#include "net/http_server.h"

namespace codman::api {

struct RouteMatch {
  const Route* route = nullptr;                   // null: none has this path, or not this method
  std::map<std::string, std::string> parameters;  // of the path, decoded
  std::string methods;                            // of the path, for 405; "" where there is none
};
// HEAD is answered by the route of GET.
RouteMatch FindRoute(std::string_view method, std::string_view path);

// What the HTTP server asks before a body has come.
net::RequestRules RulesOf(std::string_view method, std::string_view path);

}  // namespace codman::api
