#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "serving/request_values.h"

namespace codman::serving {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kPowersOfTen[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A number of the JSON grammar, correctly rounded. Up to 15 digits it is one division of two exact
// doubles (Clinger 1990); more digits or an exponent go to from_chars.
bool ReadNumber(std::string_view text, size_t* at, double* number) {
  size_t begin = *at, i = begin;
  bool negative = i < text.size() && text[i] == '-';
  if (negative) ++i;
  size_t first_digit = i;
  uint64_t digits = 0;
  while (i < text.size() && IsDigit(text[i])) digits = digits * 10 + uint64_t(text[i++] - '0');
  size_t num_digits = i - first_digit, decimals = 0;
  if (num_digits == 0 || (num_digits > 1 && text[first_digit] == '0')) return false;
  if (i < text.size() && text[i] == '.') {
    size_t point = i++;
    while (i < text.size() && IsDigit(text[i])) digits = digits * 10 + uint64_t(text[i++] - '0');
    decimals = i - point - 1;
    if (decimals == 0) return false;
  }
  bool exponent = i < text.size() && (text[i] == 'e' || text[i] == 'E');
  if (!exponent && num_digits + decimals <= 15) {
    double size = static_cast<double>(digits) / kPowersOfTen[decimals];
    *number = negative ? -size : size;
    *at = i;
    return true;
  }
  if (exponent) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (i == text.size() || !IsDigit(text[i])) return false;
    while (i < text.size() && IsDigit(text[i])) ++i;
  }
  auto [end, error] = std::from_chars(text.data() + begin, text.data() + i, *number);
  *at = i;
  return error == std::errc() && end == text.data() + i;
}

bool StartsAt(std::string_view text, size_t at, std::string_view wanted) {
  return text.size() - at >= wanted.size() &&
         std::memcmp(text.data() + at, wanted.data(), wanted.size()) == 0;
}

// The feature whose quoted name begins at text[*at], the expected one first; -1 where there is
// none.
int FindFeature(const ServedModel& model, std::string_view text, size_t expected, size_t* at) {
  if (expected < model.features.size() && StartsAt(text, *at, model.features[expected].quoted_id)) {
    *at += model.features[expected].quoted_id.size();
    return static_cast<int>(expected);
  }
  if (*at >= text.size() || text[*at] != '"') return -1;
  size_t end = text.find('"', *at + 1);
  if (end == text.npos) return -1;
  std::string_view id = text.substr(*at + 1, end - *at - 1);
  // An escape may spell a known name.
  int found = id.find('\\') == id.npos ? model.plan->FindContract(id) : -1;
  *at = end + 1;
  return found;
}

bool ReadUsualValue(const FeatureForm& form, std::string_view body, size_t* at, double* value) {
  if (StartsAt(body, *at, "null")) {
    *at += 4;
    *value = kNaN;
    return true;
  }
  if (!ReadNumber(body, at, value)) return false;
  bool doubtful = *value >= form.doubtful_low && *value <= form.doubtful_high;
  bool usual = *value >= form.low && *value <= form.high && !doubtful;
  *value = std::min(*value, form.top_code);
  return usual;
}

}  // namespace

size_t SkipBlanks(std::string_view text, size_t at) {
  while (at < text.size() &&
         (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t'))
    ++at;
  return at;
}

bool ReadUsual(const ServedModel& model, std::string_view body, size_t* at,
               std::span<double> values) {
  std::fill(values.begin(), values.end(), kNaN);
  auto next_is = [&](char c) {
    *at = SkipBlanks(body, *at);
    if (*at == body.size() || body[*at] != c) return false;
    ++*at;
    return true;
  };
  if (!next_is('{')) return false;
  if (next_is('}')) return true;
  size_t expected = 0;
  do {
    *at = SkipBlanks(body, *at);
    int found = FindFeature(model, body, expected, at);
    if (found < 0 || !next_is(':')) return false;
    *at = SkipBlanks(body, *at);
    auto place = static_cast<size_t>(found);
    if (!ReadUsualValue(model.features[place], body, at, &values[place])) return false;
    expected = place + 1;
  } while (next_is(','));
  return next_is('}');
}

bool ReadUsualBody(const ServedModel& model, std::string_view body, std::span<double> values) {
  constexpr std::string_view kFeatures = "\"features\"";
  size_t at = SkipBlanks(body, 0);
  if (at == body.size() || body[at] != '{') return false;
  at = SkipBlanks(body, at + 1);
  if (!StartsAt(body, at, kFeatures)) return false;
  at = SkipBlanks(body, at + kFeatures.size());
  if (at == body.size() || body[at] != ':') return false;
  at = SkipBlanks(body, at + 1);
  if (!ReadUsual(model, body, &at, values)) return false;
  at = SkipBlanks(body, at);
  if (at == body.size() || body[at] != '}') return false;
  return SkipBlanks(body, at + 1) == body.size();
}

}  // namespace codman::serving
