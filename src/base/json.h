// One tree for JSON and YAML documents. Each node knows the line it came from, so that errors can
// point at it.
//
// Objects keep the order of their members. Numbers are doubles (integers up to 2^53 are exact and
// are written without a decimal point); one beyond their range is read as the largest. Parsing is
// strict RFC 8259: NaN and Infinity literals, duplicate text after the document, and nesting deeper
// than 64 are errors that name the byte position.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace codman::base {

class Json {
 public:
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };
  using Member = std::pair<std::string, Json>;

  Json() = default;
  Json(std::nullptr_t) {}                                                     // NOLINT
  Json(bool value) : kind_(Kind::kBool), number_(value ? 1 : 0) {}            // NOLINT
  Json(double value) : kind_(Kind::kNumber), number_(value) {}                // NOLINT
  Json(int value) : Json(static_cast<double>(value)) {}                       // NOLINT
  Json(int64_t value) : Json(static_cast<double>(value)) {}                   // NOLINT
  Json(uint64_t value) : Json(static_cast<double>(value)) {}                  // NOLINT
  Json(std::string value) : kind_(Kind::kString), text_(std::move(value)) {}  // NOLINT
  Json(std::string_view value) : Json(std::string(value)) {}                  // NOLINT
  Json(const char* value) : Json(std::string(value)) {}                       // NOLINT
  static Json Array(std::vector<Json> items = {});
  static Json Object(std::vector<Member> members = {});
  static Json Array(const std::vector<double>& numbers);
  static Json Array(const std::vector<std::string>& texts);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_bool() const { return kind_ == Kind::kBool; }
  bool is_number() const { return kind_ == Kind::kNumber; }
  bool is_string() const { return kind_ == Kind::kString; }
  bool is_array() const { return kind_ == Kind::kArray; }
  bool is_object() const { return kind_ == Kind::kObject; }

  bool AsBool(bool otherwise = false) const { return is_bool() ? number_ != 0 : otherwise; }
  double AsDouble(double otherwise = 0) const { return is_number() ? number_ : otherwise; }
  int64_t AsInt(int64_t otherwise = 0) const {
    return is_number() ? static_cast<int64_t>(number_) : otherwise;
  }
  // The text of a string; "" for every other kind.
  const std::string& AsString() const { return text_; }

  const std::vector<Json>& items() const { return items_; }        // of an array
  const std::vector<Member>& members() const { return members_; }  // of an object
  std::vector<Json>& items() { return items_; }
  std::vector<Member>& members() { return members_; }
  size_t size() const { return is_object() ? members_.size() : items_.size(); }

  // Member by name, or nullptr; the reference form gives a shared null where there is none.
  const Json* Find(std::string_view name) const;
  const Json& operator[](std::string_view name) const;
  // Sets or adds a member; turns a null into an object.
  Json& Set(std::string name, Json value);
  Json& Add(Json item);  // appends to an array; turns a null into an array

  int line() const { return line_; }  // 1-based; 0 where unknown
  void set_line(int line) { line_ = line; }

  std::string ToString() const;        // compact
  std::string ToPrettyString() const;  // two spaces, ends with a newline
  void AppendTo(std::string* out) const;

 private:
  Kind kind_ = Kind::kNull;
  int line_ = 0;
  double number_ = 0;
  std::string text_;
  std::vector<Json> items_;
  std::vector<Member> members_;
};

// Appends `text` as a JSON string literal, quotes included. Invalid UTF-8 becomes U+FFFD.
void AppendJsonString(std::string* out, std::string_view text);

// NaN and infinities are written as null: JSON has no word for them.
Result<Json> ParseJson(std::string_view text);

}  // namespace codman::base

namespace codman {
using base::Json;
}  // namespace codman
