// Operational log: ECS-shaped JSON lines, or human lines on a terminal, on standard error. No
// patient value, ever. Thread-safe; one write(2) per line.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace codman::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

void SetLogLevel(LogLevel lowest);
// dataset: which part speaks ("ingest", "serving"); fields: further members of the JSON line.
void Log(LogLevel level, std::string_view dataset, std::string_view message,
         const Json& fields = {});

}  // namespace codman::base
