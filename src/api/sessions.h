// Who may ask: one generated API key for programs, a one-time sign-in link and sessions for
// browsers.
//
// The key lies in secrets/ with mode 0600 and, ready for curl, in secrets/auth_header. A sign-in
// code is good once and for ten minutes; a session for twelve hours. Only digests are kept in
// memory. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/crypto.h"
#include "base/result.h"
#include "governance/secrets.h"

namespace codman::api {

struct Session {
  std::string actor, csrf;
  int64_t expires_us = 0;
};

class Sessions {
 public:
  static Result<std::unique_ptr<Sessions>> Open(const governance::Secrets& secrets,
                                                std::string actor);

  // A fresh one-time code for the address's fragment.
  std::string NewSignInCode();
  // The session token for a code; Unauthenticated where it is wrong, used or too old.
  Result<std::string> SignIn(const std::string& code);
  std::optional<Session> Find(std::string_view token) const;
  bool IsApiKey(std::string_view authorization_header) const;

 private:
  Sessions(const base::Digest& key_digest, std::string actor)
      : key_digest_(key_digest), actor_(std::move(actor)) {}
  base::Digest key_digest_;
  std::string actor_;
  mutable std::mutex mutex_;
  std::map<std::string, int64_t> codes_;     // digest → expiry
  std::map<std::string, Session> sessions_;  // digest → session
};

}  // namespace codman::api
