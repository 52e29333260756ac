// Subject tokens and the identity vault.
//
// A token is the low 53 bits of HMAC-SHA-256 under the installation's subject key of (identifier
// system, identifier): keyed, because short identifiers are found from a plain hash in seconds. The
// vault keeps which identity a token stands for, sealed with AES-256-GCM, apart from the lake; two
// identities that meet in one token get different ones. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "governance/secrets.h"
#include "storage/database.h"

namespace codman::governance {

class Identity {
 public:
  static Result<Identity> Open(storage::Database* database, const Secrets& secrets);

  // One token per identifier, in order; new identities enter the vault in one transaction.
  Result<std::vector<int64_t>> Tokens(std::string_view system,
                                      const std::vector<std::string>& identifiers);

  // The identity behind a token as {system, identifier}. A governed call: the caller audits it.
  Result<std::pair<std::string, std::string>> Reveal(int64_t subject_id) const;

 private:
  Identity(storage::Database* database, std::string subject_key, std::string vault_key)
      : database_(database),
        subject_key_(std::move(subject_key)),
        vault_key_(std::move(vault_key)) {}
  Result<int64_t> TokenOf(std::string_view system, const std::string& identifier);

  storage::Database* database_;
  std::string subject_key_, vault_key_;
};

}  // namespace codman::governance
