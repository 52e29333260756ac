// The query of an address against what its route declares: names, types, bounds and words of
// schemas.yaml, checked in one place before an endpoint sees it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/routes.h"
#include "base/result.h"

namespace codman::api {

// InvalidInput names the parameter and what it must be; also for a name that the route does not
// know, and for one that is given twice.
Result<> CheckQuery(const Route& route, std::string_view query);

// Values of a checked query: what was given, or the declared default.
std::string TextOf(std::string_view query, std::string_view name);
int64_t IntegerOf(std::string_view query, std::string_view name);
std::optional<bool> BooleanOf(std::string_view query, std::string_view name);
// Microseconds since 1970; `otherwise` where it was not given.
int64_t TimeOf(std::string_view query, std::string_view name, int64_t otherwise);

// schemas.yaml, read once: {"parameters": {…}, "schemas": {…}}
const Json& Shapes();

}  // namespace codman::api
