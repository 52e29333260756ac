// Errors as values. A fallible function returns Result<T>; TRY passes an error up.
//
//   Result<Table> Load(const std::string& path) {
//     std::string text = TRY(base::ReadFile(path));
//     return Parse(text).While("reading " + path);
//   }
//
// An error says what went wrong and what to do about it, never a patient's value. Results are plain
// values: no threads, no allocation on success beyond T's own.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace codman::base {

enum class ErrorKind {
  kInvalidInput,
  kNotFound,
  kConflict,
  kUnauthenticated,
  kForbidden,
  kRateLimited,
  kDataQuality,
  kUnavailable,
  kInternal,
};

// One row per kind: its name, the HTTP status and the exit code that stand for it everywhere.
struct ErrorKindRow {
  ErrorKind kind;
  const char* name;
  int http_status;
  int exit_code;
};
const ErrorKindRow& RowOf(ErrorKind kind);

class [[nodiscard]] Error {
 public:
  Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

  ErrorKind kind() const { return kind_; }
  // What happened and what to do, without context.
  const std::string& message() const { return message_; }
  // The message followed by ", while …" for each level that added context.
  std::string ToString() const;

  Error While(std::string doing) && {
    while_.push_back(std::move(doing));
    return std::move(*this);
  }

 private:
  ErrorKind kind_;
  std::string message_;
  std::vector<std::string> while_;
};

inline Error InvalidInput(std::string m) { return {ErrorKind::kInvalidInput, std::move(m)}; }
inline Error NotFound(std::string m) { return {ErrorKind::kNotFound, std::move(m)}; }
inline Error Conflict(std::string m) { return {ErrorKind::kConflict, std::move(m)}; }
inline Error DataQuality(std::string m) { return {ErrorKind::kDataQuality, std::move(m)}; }
inline Error Unavailable(std::string m) { return {ErrorKind::kUnavailable, std::move(m)}; }
inline Error Internal(std::string m) { return {ErrorKind::kInternal, std::move(m)}; }

// Stops the program: only for our own faults, never reachable by input.
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);

template <typename T = void>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : state_(std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return state_.index() == 0; }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Result While(std::string doing) && {
    if (ok()) return std::move(*this);
    return std::move(*this).error().While(std::move(doing));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return error_.index() == 0; }
  void value() const {}
  const Error& error() const& { return std::get<1>(error_); }
  Error&& error() && { return std::get<1>(std::move(error_)); }

  Result While(std::string doing) && {
    if (ok()) return {};
    return std::move(*this).error().While(std::move(doing));
  }

 private:
  std::variant<std::monostate, Error> error_;
};

}  // namespace codman::base

namespace codman {
using base::Error;
using base::ErrorKind;
using base::Result;
}  // namespace codman

// Evaluates to the value of a Result, or returns its error from the enclosing function.
#define TRY(...)                                                      \
  __extension__({                                                     \
    auto&& codman_result = (__VA_ARGS__);                             \
    if (!codman_result.ok()) return std::move(codman_result).error(); \
    std::move(codman_result).value();                                 \
  })

#define CHECK(condition) \
  ((condition) ? void(0) : ::codman::base::CheckFailed(#condition, __FILE__, __LINE__))
