#include <algorithm>
#include <array>
#include <cmath>

#include "net/http_retry_internal.h"

namespace codman::net {

bool IsIdempotent(std::string_view method) {
  constexpr std::array<std::string_view, 5> kMethods = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

bool IsBusyStatus(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

double WaitSeconds(int repetition, std::optional<double> retry_after_seconds, double random,
                   double max_wait_seconds) {
  if (retry_after_seconds) return std::clamp(*retry_after_seconds, 0.0, max_wait_seconds);
  const double full = std::ldexp(0.2, std::min(repetition - 1, 60));
  return std::min(full * (1 - random / 2), max_wait_seconds);
}

}  // namespace codman::net
