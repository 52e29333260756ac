#include "api/identifiers.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/result.h"

namespace codman::api {
namespace {

constexpr size_t kSupplyBytes = 4096, kMostBytes = 64, kMostRequestIdBytes = 64;

bool IsLowerHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == text.npos;
}

bool IsSafe(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '_' || c == '-';
}

}  // namespace

void AppendRandomHex(size_t num_bytes, std::string* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  thread_local std::string supply;
  CHECK(num_bytes <= kMostBytes);
  if (supply.size() < num_bytes) supply = base::RandomBytes(kSupplyBytes);
  for (size_t i = supply.size() - num_bytes; i < supply.size(); ++i) {
    auto byte = static_cast<unsigned char>(supply[i]);
    out->push_back(kDigits[byte >> 4]);
    out->push_back(kDigits[byte & 15]);
  }
  supply.resize(supply.size() - num_bytes);
}

void TakeRequestId(std::string_view given, std::string* id) {
  id->clear();
  bool good = !given.empty() && given.size() <= kMostRequestIdBytes &&
              std::all_of(given.begin(), given.end(), IsSafe);
  if (good)
    id->assign(given);
  else
    AppendRandomHex(8, id);
}

// version "-" trace-id "-" parent-id "-" flags; neither id may be all zeros.
void TakeTrace(std::string_view given, std::string* trace) {
  trace->clear();
  bool shaped =
      given.size() == 55 && given.starts_with("00-") && given[35] == '-' && given[52] == '-';
  if (!shaped) return;
  std::string_view id = given.substr(3, 32), parent = given.substr(36, 16);
  bool good = IsLowerHex(id) && IsLowerHex(parent) && IsLowerHex(given.substr(53)) &&
              id.find_first_not_of('0') != id.npos && parent.find_first_not_of('0') != parent.npos;
  if (good) trace->assign(given);
}

}  // namespace codman::api
