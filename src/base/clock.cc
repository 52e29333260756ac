#include "base/clock.h"

#include <array>
#include <chrono>
#include <utility>

#include "base/text.h"

namespace codman::base {
namespace {

namespace chrono = std::chrono;

// Reads exactly `digits` digits at the front of `text` and removes them.
std::optional<int> TakeDigits(std::string_view* text, size_t digits) {
  if (text->size() < digits) return {};
  int value = 0;
  for (size_t i = 0; i < digits; ++i) {
    char c = (*text)[i];
    if (c < '0' || c > '9') return {};
    value = value * 10 + (c - '0');
  }
  text->remove_prefix(digits);
  return value;
}

bool TakeChar(std::string_view* text, char wanted) {
  if (text->empty() || text->front() != wanted) return false;
  text->remove_prefix(1);
  return true;
}

std::optional<int64_t> TakeFraction(std::string_view* text) {
  int64_t micros = 0, scale = 100000;
  size_t digits = 0;
  while (!text->empty() && text->front() >= '0' && text->front() <= '9') {
    micros += (text->front() - '0') * scale;
    scale /= 10;
    text->remove_prefix(1);
    ++digits;
  }
  if (digits == 0) return {};
  return micros;
}

// Minutes east of UTC of "Z", "+hh:mm", "+hhmm" or "" (then the declared one).
std::optional<int> ZoneOf(std::string_view text, std::optional<int> declared) {
  if (text.empty()) return declared;
  if (text == "Z" || text == "z") return 0;
  bool west = text.front() == '-';
  if (!west && text.front() != '+') return {};
  text.remove_prefix(1);
  auto hours = TakeDigits(&text, 2);
  bool hours_only = text.empty();
  TakeChar(&text, ':');
  auto minutes = hours_only ? std::optional<int>(0) : TakeDigits(&text, 2);
  if (!hours || !minutes || !text.empty() || *hours > 23 || *minutes > 59) return {};
  int offset = *hours * 60 + *minutes;
  return west ? -offset : offset;
}

}  // namespace

int64_t NowUs() {
  return chrono::duration_cast<chrono::microseconds>(chrono::system_clock::now().time_since_epoch())
      .count();
}

int64_t MonotonicUs() {
  return chrono::duration_cast<chrono::microseconds>(chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string FormatTime(int64_t time_us) {
  int64_t days = time_us / kDayUs, within = time_us % kDayUs;
  if (within < 0) {
    within += kDayUs;
    --days;
  }
  chrono::year_month_day date{chrono::sys_days{chrono::days{days}}};
  int64_t second = within / kSecondUs, micros = within % kSecondUs;
  std::string text =
      format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", int(date.year()), unsigned(date.month()),
             unsigned(date.day()), second / 3600, second / 60 % 60, second % 60);
  if (micros != 0) text += format(".{:06}", micros);
  return text + "Z";
}

std::optional<int64_t> ParseTime(std::string_view text, std::optional<int> zone_offset_minutes) {
  auto year = TakeDigits(&text, 4);
  if (!year || !TakeChar(&text, '-')) return {};
  auto month = TakeDigits(&text, 2);
  if (!month || !TakeChar(&text, '-')) return {};
  auto day = TakeDigits(&text, 2);
  if (!day) return {};
  chrono::year_month_day date{chrono::year(*year), chrono::month(unsigned(*month)),
                              chrono::day(unsigned(*day))};
  if (!date.ok()) return {};
  int64_t time_us = chrono::sys_days(date).time_since_epoch().count() * kDayUs;
  if (!text.empty()) {
    if (!TakeChar(&text, 'T') && !TakeChar(&text, ' ')) return {};
    auto hour = TakeDigits(&text, 2);
    if (!hour || *hour > 23 || !TakeChar(&text, ':')) return {};
    auto minute = TakeDigits(&text, 2);
    if (!minute || *minute > 59) return {};
    int64_t second = 0, micros = 0;
    if (TakeChar(&text, ':')) {
      auto given = TakeDigits(&text, 2);
      if (!given || *given > 59) return {};
      second = *given;
      if (TakeChar(&text, '.')) {
        auto fraction = TakeFraction(&text);
        if (!fraction) return {};
        micros = *fraction;
      }
    }
    time_us += *hour * kHourUs + *minute * kMinuteUs + second * kSecondUs + micros;
  }
  auto zone = ZoneOf(text, zone_offset_minutes);
  if (!zone) return {};
  return time_us - *zone * kMinuteUs;
}

std::optional<int64_t> ParseDuration(std::string_view text) {
  if (text.size() < 2) return {};
  int64_t unit = 0;
  switch (text.back()) {
    case 's':
      unit = kSecondUs;
      break;
    case 'm':
      unit = kMinuteUs;
      break;
    case 'h':
      unit = kHourUs;
      break;
    case 'd':
      unit = kDayUs;
      break;
    default:
      return {};
  }
  auto count = ParseInt(text.substr(0, text.size() - 1));
  if (!count || *count < 0 || *count > 1'000'000) return {};
  return *count * unit;
}

std::string FormatDuration(int64_t duration_us) {
  constexpr std::array<std::pair<int64_t, char>, 3> kUnits = {
      {{kDayUs, 'd'}, {kHourUs, 'h'}, {kMinuteUs, 'm'}}};
  for (auto [unit, letter] : kUnits) {
    // 24h reads better than 1d in a clinic.
    if (duration_us % unit == 0 && duration_us / unit > (letter == 'd' ? 2 : 0))
      return format("{}{}", duration_us / unit, letter);
  }
  return format("{}s", duration_us / kSecondUs);
}

}  // namespace codman::base
