// Times as feeds write them. Private to events.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace codman::events {

// Days since 1970-01-01 of a date of the Gregorian calendar (Hinnant, "chrono-compatible low-level
// date algorithms": days_from_civil), for years from 0.
constexpr int64_t DaysFromCivil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  int64_t era = (year >= 0 ? year : year - 399) / 400;
  int64_t year_of_era = year - era * 400;
  int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

// base::ParseTime, which takes over where the text is not exactly "2026-11-21T07:00:00Z" with a day
// that every month has.
inline std::optional<int64_t> ParseTimeText(std::string_view text,
                                            std::optional<int> zone_offset_minutes) {
  constexpr char kShape[] = "0000-00-00T00:00:00Z";
  if (text.size() != 20) return base::ParseTime(text, zone_offset_minutes);
  unsigned wrong = 0;
  unsigned digits[20];
  for (size_t i = 0; i < 20; ++i) {
    auto c = static_cast<unsigned>(static_cast<unsigned char>(text[i]));
    digits[i] = c - '0';
    wrong |= kShape[i] == '0' ? static_cast<unsigned>(digits[i] > 9)
                              : static_cast<unsigned>(c != static_cast<unsigned>(kShape[i]));
  }
  auto two = [&](size_t at) { return static_cast<int64_t>(digits[at] * 10 + digits[at + 1]); };
  int64_t year = two(0) * 100 + two(2), month = two(5), day = two(8);
  int64_t hour = two(11), minute = two(14), second = two(17);
  if (wrong != 0 || month < 1 || month > 12 || day < 1 || day > 28 || hour > 23 || minute > 59 ||
      second > 59)
    return base::ParseTime(text, zone_offset_minutes);
  int64_t seconds = DaysFromCivil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
  return seconds * base::kSecondUs;
}

}  // namespace codman::events
