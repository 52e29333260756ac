// Text: formatting, splitting, numbers. Functions are pure and reentrant.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace codman::base {

std::vector<std::string_view> Split(std::string_view text, char separator);
std::string_view Trim(std::string_view text);
std::string ToLower(std::string_view text);
bool StartsWith(std::string_view text, std::string_view prefix);
bool EndsWith(std::string_view text, std::string_view suffix);
std::string Join(const std::vector<std::string>& parts, std::string_view separator);
std::string ReplaceAll(std::string text, std::string_view from, std::string_view to);

// The whole text as a finite number, or nothing. Accepts what JSON accepts plus a leading '+' and
// ".5".
std::optional<double> ParseDouble(std::string_view text);
std::optional<int64_t> ParseInt(std::string_view text);

// Shortest text that reads back to the same double ("0.1", "1e+300", "3").
void AppendDouble(std::string* out, double value);

bool IsUtf8(std::string_view text);

// HTML and SQL quoting of untrusted text.
std::string EscapeHtml(std::string_view text);
std::string QuoteSql(std::string_view text);  // 'it''s'
std::string CsvCell(std::string_view text);   // in quotes where it holds a comma, quote or line end

// The candidate nearest to `word` by edit distance, if near enough to be a typing error; else "".
std::string NearestWord(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace codman::base

namespace codman {
using fmt::format;
}  // namespace codman
