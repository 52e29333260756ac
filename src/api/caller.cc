#include "api/caller.h"

#include <algorithm>
#include <cctype>

#include "base/crypto.h"
#include "base/text.h"

namespace codman::api {
namespace {

constexpr char kCookie[] = "codman_session=";

std::string_view SessionCookie(const net::HttpRequest& request) {
  for (auto part : base::Split(request.Header("cookie"), ';')) {
    part = base::Trim(part);
    if (part.starts_with(kCookie)) return part.substr(sizeof kCookie - 1);
  }
  return {};
}

}  // namespace

std::optional<Actor> Authenticate(const Sessions& sessions, const net::HttpRequest& request) {
  if (sessions.IsApiKey(request.Header("authorization"))) return Actor{"api key", "service"};
  auto session = sessions.Find(SessionCookie(request));
  if (!session) return {};
  bool reads = request.method == "GET" || request.method == "HEAD";
  if (!reads && !base::EqualInConstantTime(request.Header("x-csrf-token"), session->csrf))
    return {};
  return Actor{session->actor, "admin"};
}

bool HasWrongContentType(const net::HttpRequest& request) {
  constexpr std::string_view kJson = "application/json";
  std::string_view type = request.Header("content-type");
  if (request.method != "POST" || type.empty()) return false;
  auto same = [](char given, char wanted) {
    return std::tolower(static_cast<unsigned char>(given)) == wanted;
  };
  return type.size() < kJson.size() ||
         !std::equal(kJson.begin(), kJson.end(), type.begin(),
                     [&](char wanted, char given) { return same(given, wanted); });
}

}  // namespace codman::api
