#include "base/log.h"

#include <unistd.h>

#include <atomic>

#include "base/clock.h"
#include "base/text.h"

namespace codman::base {
namespace {
std::atomic<LogLevel> lowest_level{LogLevel::kInfo};
constexpr const char* kNames[] = {"debug", "info", "warn", "error"};
}  // namespace

void SetLogLevel(LogLevel lowest) { lowest_level = lowest; }

void Log(LogLevel level, std::string_view dataset, std::string_view message, const Json& fields) {
  if (level < lowest_level.load(std::memory_order_relaxed)) return;
  std::string line;
  if (isatty(STDERR_FILENO) == 1) {
    line = format("{} {}: {}", kNames[static_cast<int>(level)], dataset, message);
    for (const auto& [name, value] : fields.members())
      line += format(" {}={}", name, value.ToString());
  } else {
    Json record = Json::Object({{"@timestamp", FormatTime(NowUs())},
                                {"log.level", kNames[static_cast<int>(level)]},
                                {"event.dataset", dataset},
                                {"message", message}});
    for (const auto& [name, value] : fields.members()) record.Set(name, value);
    line = record.ToString();
  }
  line += '\n';
  [[maybe_unused]] ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace codman::base
