#include "api/sessions.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"

namespace codman::api {
namespace {
constexpr int64_t kCodeLifeUs = 10 * base::kMinuteUs;
constexpr int64_t kSessionLifeUs = 12 * base::kHourUs;
constexpr std::string_view kBearer = "Bearer ";

std::string NewToken() { return base::ToBase64Url(base::RandomBytes(32)); }
}  // namespace

Result<std::unique_ptr<Sessions>> Sessions::Open(const governance::Secrets& secrets,
                                                 std::string actor) {
  std::string key = "cdm_" + base::ToBase64Url(TRY(secrets.Key("api_key")));
  TRY(secrets.WriteFile("auth_header", "Authorization: Bearer " + key + "\n"));
  return std::unique_ptr<Sessions>(new Sessions(base::Sha256Of(key), std::move(actor)));
}

std::string Sessions::NewSignInCode() {
  std::string code = NewToken();
  std::lock_guard lock(mutex_);
  codes_[base::Sha256Hex(code)] = base::MonotonicUs() + kCodeLifeUs;
  return code;
}

Result<std::string> Sessions::SignIn(const std::string& code) {
  std::lock_guard lock(mutex_);
  auto found = codes_.find(base::Sha256Hex(code));
  bool good = found != codes_.end() && found->second > base::MonotonicUs();
  if (found != codes_.end()) codes_.erase(found);
  if (!good) {
    return Error(ErrorKind::kUnauthenticated,
                 "the sign-in link was used already or is older than ten minutes; start codman "
                 "serve again for a new one");
  }
  std::string token = NewToken();
  sessions_[base::Sha256Hex(token)] = {actor_, NewToken(), base::MonotonicUs() + kSessionLifeUs};
  return token;
}

std::optional<Session> Sessions::Find(std::string_view token) const {
  if (token.empty()) return {};
  std::lock_guard lock(mutex_);
  auto found = sessions_.find(base::Sha256Hex(token));
  if (found == sessions_.end() || found->second.expires_us < base::MonotonicUs()) return {};
  return found->second;
}

bool Sessions::IsApiKey(std::string_view header) const {
  if (!header.starts_with(kBearer)) return false;
  thread_local base::Sha256 sha;  // setting one up costs as much as the digest
  base::Digest digest = sha.Add(header.substr(kBearer.size())).Finish();
  return base::EqualInConstantTime(
      {reinterpret_cast<const char*>(digest.data()), digest.size()},
      {reinterpret_cast<const char*>(key_digest_.data()), key_digest_.size()});
}

}  // namespace codman::api
