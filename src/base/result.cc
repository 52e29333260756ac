#include "base/result.h"

#include <array>

namespace codman::base {
namespace {
constexpr std::array<ErrorKindRow, 9> kRows = {{
    {ErrorKind::kInvalidInput, "invalid_input", 422, 2},
    {ErrorKind::kNotFound, "not_found", 404, 2},
    {ErrorKind::kConflict, "conflict", 409, 1},
    {ErrorKind::kUnauthenticated, "unauthenticated", 401, 1},
    {ErrorKind::kForbidden, "forbidden", 403, 1},
    {ErrorKind::kRateLimited, "rate_limited", 429, 1},
    {ErrorKind::kDataQuality, "data_quality", 422, 3},
    {ErrorKind::kUnavailable, "unavailable", 503, 1},
    {ErrorKind::kInternal, "internal", 500, 1},
}};
}  // namespace

const ErrorKindRow& RowOf(ErrorKind kind) { return kRows[static_cast<size_t>(kind)]; }

std::string Error::ToString() const {
  std::string text = message_;
  for (const auto& doing : while_) text += ", while " + doing;
  return text;
}

void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: internal fault: %s does not hold\n", file, line, condition);
  std::abort();
}

}  // namespace codman::base
