// Time: microseconds since 1970-01-01T00:00Z, UTC, and its ISO 8601 text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace codman::base {

constexpr int64_t kSecondUs = 1'000'000;
constexpr int64_t kMinuteUs = 60 * kSecondUs;
constexpr int64_t kHourUs = 60 * kMinuteUs;
constexpr int64_t kDayUs = 24 * kHourUs;

int64_t NowUs();        // wall clock
int64_t MonotonicUs();  // never goes back; for durations

// "2026-11-21T07:00:00Z", with six decimals where there are microseconds.
std::string FormatTime(int64_t time_us);
// ISO 8601 with 'T' or space, optional seconds and fraction, and a zone ("Z", "+01:00"). Without a
// zone the offset of the declared one is used; without that, nothing: a local time needs a declared
// zone. Dates that do not exist: nothing.
std::optional<int64_t> ParseTime(std::string_view text,
                                 std::optional<int> zone_offset_minutes = {});

// "6h", "30m", "7d", "45s" as µs; nothing where it is not one.
std::optional<int64_t> ParseDuration(std::string_view text);
std::string FormatDuration(int64_t duration_us);  // "6h"

}  // namespace codman::base
