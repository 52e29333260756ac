#include <algorithm>
#include <cmath>

#include "base/clock.h"
#include "base/text.h"
#include "engine/delta_stats_internal.h"

namespace codman::engine {
namespace {

using columns::Type;

// Types that have bounds, in the order in which StatsSql reads them.
constexpr Type kBoundTypes[] = {Type::kInt64, Type::kDouble, Type::kTimestamp, Type::kString};
constexpr size_t kMaxStatCharacters = 32;
constexpr int64_t kLargestExactInt = 1LL << 53;
constexpr int64_t kFirstDayUs = -62'135'596'800'000'000;  // 0001-01-01
constexpr int64_t kLastDayUs = 253'402'300'799'000'000;   // 9999-12-31T23:59:59
constexpr char32_t kFirstSurrogate = 0xD800, kAfterSurrogates = 0xE000, kLastCodePoint = 0x10FFFF;

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

// Where character number kMaxStatCharacters begins, or the size of a shorter text.
size_t CutAt(std::string_view text) {
  size_t characters = 0, at = 0;
  for (; at < text.size(); ++at) {
    if (!IsContinuation(text[at]) && characters++ == kMaxStatCharacters) break;
  }
  return at;
}

char32_t DecodeCharacter(std::string_view bytes) {
  auto first = static_cast<unsigned char>(bytes[0]);
  if (bytes.size() == 1) return first;
  char32_t code = first & (0x7FU >> bytes.size());
  for (char byte : bytes.substr(1)) code = code << 6 | (static_cast<unsigned char>(byte) & 0x3F);
  return code;
}

void AppendCharacter(std::string* out, char32_t code) {
  auto byte = [&](char32_t value) { out->push_back(static_cast<char>(value)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6);
    byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3F));
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

// Delta keeps milliseconds: the lower bound is cut down, the upper one is moved up.
Json TimestampStat(int64_t time_us, bool upper) {
  if (time_us < kFirstDayUs || time_us > kLastDayUs) return {};
  int64_t ms = time_us >= 0 ? time_us / 1000 : -((-time_us + 999) / 1000);
  if (upper && ms * 1000 < time_us) ++ms;
  std::string text = base::FormatTime(ms * 1000);
  text.pop_back();
  size_t dot = text.find('.');
  text = dot == std::string::npos ? text + ".000" : text.substr(0, dot + 4);
  return Json(text + "Z");
}

Json StatValue(const columns::Column& column, size_t row, bool upper) {
  if (column.valid[row] == 0) return {};
  switch (column.field.type) {
    case Type::kInt64:
      // JSON readers take numbers for doubles: beyond 2^53 the bound might be off.
      return column.ints[row] > kLargestExactInt || column.ints[row] < -kLargestExactInt
                 ? Json()
                 : Json(column.ints[row]);
    case Type::kDouble:  // NaN is the largest double: then nothing is known about the bound
      return std::isfinite(column.doubles[row]) ? Json(column.doubles[row]) : Json();
    case Type::kTimestamp:
      return TimestampStat(column.ints[row], upper);
    case Type::kString: {
      if (!upper) return LowerTextBound(column.strings[row]);
      auto bound = UpperTextBound(column.strings[row]);
      return bound ? Json(*bound) : Json();
    }
    default:
      return {};
  }
}

}  // namespace

// The footer bounds a column where each of its row groups is bounded or holds nothing but nulls. It
// tells bounds as texts; what they mean is the column's type, so each reading of them is a column
// here and StatsOf picks one: grouping by name is planned once, however many columns there are.
std::string StatsSql(const std::string& path) {
  std::string bounds;
  for (Type type : kBoundTypes) {
    for (const char* bound : {"min", "max"}) {
      bounds +=
          format(", case when bool_and(bounded) then {0}(try_cast(stats_{0}_value as {1})) end",
                 bound, SqlTypeOf(type));
    }
  }
  return format(
      "select path_in_schema, sum(num_values)::bigint, coalesce(sum(stats_null_count), "
      "0)::bigint{} "
      "from (select *, stats_null_count = num_values or "
      "coalesce(min_is_exact and max_is_exact, false) as bounded from parquet_metadata({})) "
      "group by path_in_schema",
      bounds, base::QuoteSql(path));
}

FileStats StatsOf(const columns::Schema& schema, const columns::Table& footer) {
  const auto& columns = footer.columns;
  FileStats stats;
  Json low = Json::Object(), high = Json::Object(), nulls = Json::Object();
  for (const auto& field : schema) {
    for (size_t row = 0; row < static_cast<size_t>(footer.num_rows()); ++row) {
      if (columns[0].strings[row] != field.name) continue;
      stats.rows = columns[1].ints[row];
      nulls.Set(field.name, columns[2].ints[row]);
      auto type = std::find(std::begin(kBoundTypes), std::end(kBoundTypes), field.type);
      if (type == std::end(kBoundTypes)) continue;
      size_t first = 3 + 2 * static_cast<size_t>(type - std::begin(kBoundTypes));
      Json minimum = StatValue(columns[first], row, false);
      Json maximum = StatValue(columns[first + 1], row, true);
      if (minimum.is_null() || maximum.is_null()) continue;
      low.Set(field.name, minimum);
      high.Set(field.name, maximum);
    }
  }
  stats.json = Json::Object(
      {{"numRecords", stats.rows}, {"minValues", low}, {"maxValues", high}, {"nullCount", nulls}});
  return stats;
}

std::string LowerTextBound(std::string_view text) {
  return std::string(text.substr(0, CutAt(text)));
}

std::optional<std::string> UpperTextBound(std::string_view text) {
  size_t cut = CutAt(text);
  if (cut == text.size()) return std::string(text);
  if (!base::IsUtf8(text)) return {};  // there is no next character
  std::string_view head = text.substr(0, cut);
  while (!head.empty()) {
    size_t last = head.size() - 1;
    while (last > 0 && IsContinuation(head[last])) --last;
    char32_t code = DecodeCharacter(head.substr(last));
    head = head.substr(0, last);
    if (code >= kLastCodePoint) continue;  // no character above it: move the one before up
    std::string bound(head);
    AppendCharacter(&bound, code + 1 == kFirstSurrogate ? kAfterSurrogates : code + 1);
    return bound;
  }
  return {};
}

bool TellsOfAll(const DataFile& file, const std::vector<std::string>& columns) {
  if (file.stats.empty()) return false;
  auto stats = base::ParseJson(file.stats);
  if (!stats.ok()) return false;
  const Json& nulls = (*stats)["nullCount"];
  for (const auto& column : columns) {
    if (nulls.Find(column) == nullptr) return false;
  }
  return true;
}

}  // namespace codman::engine
