#include "governance/identity.h"

#include <array>

#include "base/crypto.h"
#include "base/text.h"

namespace codman::governance {
namespace {

constexpr uint64_t kTokenMask = (1ULL << 53) - 1;  // every token is exact in JSON and in a double
constexpr char kSealContext[] = "identity";

constexpr std::array<storage::Migration, 1> kMigrations = {{
    {1,
     "create table identities (subject_id integer primary key, fingerprint text not null, sealed "
     "blob not null)"},
}};

std::string IdentityText(std::string_view system, const std::string& identifier) {
  std::string text(system);
  text.push_back('\0');
  return text + identifier;
}

}  // namespace

Result<Identity> Identity::Open(storage::Database* database, const Secrets& secrets) {
  TRY(database->Migrate("governance", kMigrations));
  return Identity(database, TRY(secrets.Key("subject_key")), TRY(secrets.Key("vault_key")));
}

Result<int64_t> Identity::TokenOf(std::string_view system, const std::string& identifier) {
  std::string identity = IdentityText(system, identifier);
  std::string fingerprint = base::ToHex(base::HmacSha256(vault_key_, identity));
  for (int attempt = 0;; ++attempt) {
    std::string keyed = attempt == 0 ? identity : identity + format("#{}", attempt);
    auto token =
        static_cast<int64_t>(base::LowBits(base::HmacSha256(subject_key_, keyed)) & kTokenMask);
    auto found =
        TRY(database_->Query("select fingerprint from identities where subject_id = ?", {token}));
    if (found.size() == 0) {
      TRY(database_->Execute(
          "insert into identities values (?, ?, ?)",
          {token, fingerprint, base::ToHex(base::Seal(vault_key_, identity, kSealContext))}));
      return token;
    }
    if (found.Text(0, "fingerprint") == fingerprint) return token;
  }
}

Result<std::vector<int64_t>> Identity::Tokens(std::string_view system,
                                              const std::vector<std::string>& identifiers) {
  std::vector<int64_t> tokens;
  tokens.reserve(identifiers.size());
  TRY(database_->Transaction([&]() -> Result<> {
    for (const auto& identifier : identifiers) tokens.push_back(TRY(TokenOf(system, identifier)));
    return {};
  }));
  return tokens;
}

Result<std::pair<std::string, std::string>> Identity::Reveal(int64_t subject_id) const {
  auto found =
      TRY(database_->Query("select sealed from identities where subject_id = ?", {subject_id}));
  if (found.size() == 0) return base::NotFound("no such subject in the identity vault");
  std::string identity =
      TRY(base::Unseal(vault_key_, TRY(base::FromHex(found.Text(0, "sealed"))), kSealContext));
  size_t end = identity.find('\0');
  return std::pair(identity.substr(0, end), identity.substr(end + 1));
}

}  // namespace codman::governance
