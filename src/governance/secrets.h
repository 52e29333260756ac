// Secrets of this installation: generated at first use, 32 random bytes as hex, mode 0600 in a
// folder of mode 0700. A secret is never an argument of a command and never appears in a log.
// Thread-safe after Open.
#pragma once

#include <string>

#include "base/result.h"

namespace codman::governance {

class Secrets {
 public:
  // Refuses a folder or file that others may read: tells the chmod that mends it.
  static Result<Secrets> Open(const std::string& folder);

  // The 32 bytes of the named secret ("subject_key", "vault_key", "signing_key", "audit_key"), made
  // where absent.
  Result<std::string> Key(const std::string& name) const;
  // A file with this content, mode 0600, beside the keys ("auth_header").
  Result<> WriteFile(const std::string& name, const std::string& content) const;
  std::string PathOf(const std::string& name) const { return folder_ + "/" + name; }

 private:
  explicit Secrets(std::string folder) : folder_(std::move(folder)) {}
  std::string folder_;
};

}  // namespace codman::governance
