#include "base/json.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/text.h"

namespace codman::base {

// Here because this file alone knows the library that is fast at it.
bool IsUtf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }
namespace {

constexpr int kMaxDepth = 64;
const Json kNull;

Result<Json> Convert(simdjson::dom::element element, int depth) {
  if (depth > kMaxDepth)
    return InvalidInput(format("JSON is nested deeper than {} levels", kMaxDepth));
  switch (element.type()) {
    case simdjson::dom::element_type::NULL_VALUE:
      return Json();
    case simdjson::dom::element_type::BOOL:
      return Json(bool(element));
    case simdjson::dom::element_type::INT64:
      return Json(int64_t(element));
    case simdjson::dom::element_type::UINT64:
      return Json(uint64_t(element));
    case simdjson::dom::element_type::DOUBLE:
      return Json(double(element));
    case simdjson::dom::element_type::STRING:
      return Json(std::string_view(element));
    case simdjson::dom::element_type::ARRAY: {
      Json array = Json::Array();
      for (auto item : simdjson::dom::array(element)) array.Add(TRY(Convert(item, depth + 1)));
      return array;
    }
    case simdjson::dom::element_type::OBJECT: {
      std::vector<Json::Member> members;
      for (auto [name, value] : simdjson::dom::object(element)) {
        members.emplace_back(std::string(name), TRY(Convert(value, depth + 1)));
      }
      return Json::Object(std::move(members));
    }
  }
  return Internal("unknown JSON element type");
}

void AppendNumber(std::string* out, double value) {
  if (!std::isfinite(value)) {
    out->append("null");
  } else if (value == std::trunc(value) && std::fabs(value) < 9007199254740992.0) {
    out->append(format("{}", static_cast<int64_t>(value)));
  } else if (std::fabs(value) >= 9007199254740992.0) {
    // With an exponent: as plain digits it would be an integer too large for readers.
    char buffer[32];
    auto done = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
    out->append(buffer, done.ptr);
  } else {
    AppendDouble(out, value);
  }
}

// Length of the valid UTF-8 sequence at text[i], or 0.
size_t Utf8Length(std::string_view text, size_t i) {
  auto byte = [&](size_t k) { return static_cast<unsigned char>(text[k]); };
  unsigned char lead = byte(i);
  size_t length = lead < 0x80                   ? 1
                  : lead >= 0xC2 && lead < 0xE0 ? 2
                  : lead >= 0xE0 && lead < 0xF0 ? 3
                  : lead >= 0xF0 && lead < 0xF5 ? 4
                                                : 0;
  if (length == 0 || i + length > text.size()) return 0;
  for (size_t k = 1; k < length; ++k) {
    if ((byte(i + k) & 0xC0) != 0x80) return 0;
  }
  if (lead == 0xE0 && byte(i + 1) < 0xA0) return 0;
  if (lead == 0xED && byte(i + 1) > 0x9F) return 0;
  if (lead == 0xF0 && byte(i + 1) < 0x90) return 0;
  if (lead == 0xF4 && byte(i + 1) > 0x8F) return 0;
  return length;
}

void AppendPretty(const Json& json, int indent, std::string* out) {
  bool empty = json.size() == 0;
  if (!(json.is_object() || json.is_array()) || empty) return json.AppendTo(out);
  out->push_back(json.is_object() ? '{' : '[');
  std::string margin(static_cast<size_t>(indent + 2), ' ');
  for (size_t i = 0; i < json.size(); ++i) {
    out->append(i == 0 ? "\n" : ",\n").append(margin);
    if (json.is_object()) {
      AppendJsonString(out, json.members()[i].first);
      out->append(": ");
    }
    AppendPretty(json.is_object() ? json.members()[i].second : json.items()[i], indent + 2, out);
  }
  out->append("\n").append(static_cast<size_t>(indent), ' ');
  out->push_back(json.is_object() ? '}' : ']');
}

}  // namespace

Json Json::Array(std::vector<Json> items) {
  Json json;
  json.kind_ = Kind::kArray;
  json.items_ = std::move(items);
  return json;
}

Json Json::Object(std::vector<Member> members) {
  Json json;
  json.kind_ = Kind::kObject;
  json.members_ = std::move(members);
  return json;
}

Json Json::Array(const std::vector<double>& numbers) {
  return Array(std::vector<Json>(numbers.begin(), numbers.end()));
}

Json Json::Array(const std::vector<std::string>& texts) {
  return Array(std::vector<Json>(texts.begin(), texts.end()));
}

const Json* Json::Find(std::string_view name) const {
  for (const auto& member : members_) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

const Json& Json::operator[](std::string_view name) const {
  const Json* found = Find(name);
  return found == nullptr ? kNull : *found;
}

Json& Json::Set(std::string name, Json value) {
  if (is_null()) kind_ = Kind::kObject;
  for (auto& member : members_) {
    if (member.first == name) {
      member.second = std::move(value);
      return *this;
    }
  }
  members_.emplace_back(std::move(name), std::move(value));
  return *this;
}

Json& Json::Add(Json item) {
  if (is_null()) kind_ = Kind::kArray;
  items_.push_back(std::move(item));
  return *this;
}

void AppendJsonString(std::string* out, std::string_view text) {
  out->push_back('"');
  for (size_t i = 0; i < text.size();) {
    size_t length = Utf8Length(text, i);
    if (length == 0) {
      out->append("\xEF\xBF\xBD");
      ++i;
      continue;
    }
    char c = text[i];
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out->append(c == '\n'   ? "\\n"
                  : c == '\t' ? "\\t"
                  : c == '\r' ? "\\r"
                              : format("\\u{:04x}", int(c)));
    } else {
      out->append(text.substr(i, length));
    }
    i += length;
  }
  out->push_back('"');
}

void Json::AppendTo(std::string* out) const {
  switch (kind_) {
    case Kind::kNull:
      out->append("null");
      return;
    case Kind::kBool:
      out->append(number_ != 0 ? "true" : "false");
      return;
    case Kind::kNumber:
      AppendNumber(out, number_);
      return;
    case Kind::kString:
      AppendJsonString(out, text_);
      return;
    case Kind::kArray:
      out->push_back('[');
      for (size_t i = 0; i < items_.size(); ++i) {
        if (i > 0) out->push_back(',');
        items_[i].AppendTo(out);
      }
      out->push_back(']');
      return;
    case Kind::kObject:
      out->push_back('{');
      for (size_t i = 0; i < members_.size(); ++i) {
        if (i > 0) out->push_back(',');
        AppendJsonString(out, members_[i].first);
        out->push_back(':');
        members_[i].second.AppendTo(out);
      }
      out->push_back('}');
      return;
  }
}

std::string Json::ToString() const {
  std::string text;
  AppendTo(&text);
  return text;
}

std::string Json::ToPrettyString() const {
  std::string text;
  AppendPretty(*this, 0, &text);
  text.push_back('\n');
  return text;
}

namespace {

// Whether the whole token is a number of RFC 8259: -?(0|[1-9]d*)(.d+)?([eE][+-]?d+)?
bool IsNumber(std::string_view token) {
  auto take = [&](std::string_view any) {
    bool found = !token.empty() && any.find(token.front()) != any.npos;
    if (found) token.remove_prefix(1);
    return found;
  };
  auto digits = [&] {
    bool some = take("0123456789");
    while (take("0123456789")) {
    }
    return some;
  };
  take("-");
  if (!take("0") && !digits()) return false;
  if (take(".") && !digits()) return false;
  if (take("eE")) {
    take("+-");
    if (!digits()) return false;
  }
  return token.empty();
}

// The text with each number that the parser has no room for (integers beyond 64 bits, 1e400)
// written as the nearest double.
std::string WithNearestDoubles(std::string_view text) {
  std::string out;
  bool in_string = false;
  for (size_t i = 0; i < text.size();) {
    char c = text[i];
    bool number = !in_string && (c == '-' || (c >= '0' && c <= '9'));
    if (!number) {
      if (c == '"') in_string = !in_string;
      size_t length = in_string && c == '\\' && i + 1 < text.size() ? 2 : 1;
      out.append(text.substr(i, length));
      i += length;
      continue;
    }
    size_t end = std::min(text.find_first_not_of("+-.eE0123456789", i), text.size());
    std::string token(text.substr(i, end - i));
    double nearest = std::strtod(token.c_str(), nullptr);
    double most = std::numeric_limits<double>::max();
    if (!IsNumber(token) || (token.size() < 15 && std::isfinite(nearest)))
      out.append(token);
    else
      out.append(format("{:.17e}", std::clamp(nearest, -most, most)));
    i = end;
  }
  return out;
}

}  // namespace

Result<Json> ParseJson(std::string_view text) {
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element root;
  auto error = parser.parse(text.data(), text.size(), true).get(root);
  if (error == simdjson::NUMBER_ERROR) {
    std::string nearest = WithNearestDoubles(text);
    error = parser.parse(nearest).get(root);
    if (!error) return Convert(root, 0);
  }
  if (error) {
    return InvalidInput(format("not valid JSON: {}", simdjson::error_message(error)));
  }
  return Convert(root, 0);
}

}  // namespace codman::base
