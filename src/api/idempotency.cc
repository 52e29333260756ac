#include "api/idempotency.h"

#include "api/call.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"

namespace codman::api {
namespace {

constexpr double kLifeSeconds = 24 * 3600;
constexpr size_t kMostKeyBytes = 255;
constexpr size_t kDigestDigits = 64;
// A value is the digest of the request, then nothing while it is worked on, then a line per row.
constexpr char kAnswered = '=', kRefused = '!';

std::string DigestOf(std::string_view first, std::string_view second, std::string_view third) {
  base::Sha256 sha;
  for (std::string_view part : {first, second, third}) {
    uint64_t size = part.size();
    sha.Add({reinterpret_cast<const char*>(&size), sizeof size}).Add(part);
  }
  return base::ToHex(sha.Finish());
}

std::string Encode(std::string_view digest, const std::vector<AnsweredRow>& rows) {
  std::string text(digest);
  for (const auto& row : rows)
    text += row.seq > 0 ? format("\n{}{}", kAnswered, row.seq)
                        : format("\n{}{}", kRefused, row.refusal);
  return text;
}

std::vector<AnsweredRow> Decode(std::string_view text) {
  std::vector<AnsweredRow> rows;
  for (auto line : base::Split(text.substr(kDigestDigits + 1), '\n')) {
    AnsweredRow row;
    if (line.front() == kAnswered)
      row.seq = static_cast<uint64_t>(base::ParseInt(line.substr(1)).value_or(0));
    else
      row.refusal = line.substr(1);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

Result<std::vector<AnsweredRow>> IdempotencyKeys::Take(const Call& call, Claim* claim) {
  claim->clear();
  const std::string& key = call.idempotency_key;
  if (key.empty()) return std::vector<AnsweredRow>();
  if (key.size() > kMostKeyBytes)
    return base::InvalidInput(format("Idempotency-Key: at most {} characters", kMostKeyBytes));
  std::string name = "idempotency/" + DigestOf(call.actor.name, call.path, key);
  std::string digest = DigestOf(call.query, call.body, "");
  if (TRY(cache_->PutIfAbsent(name, digest, kLifeSeconds))) {
    *claim = name + "\n" + digest;
    return std::vector<AnsweredRow>();
  }
  auto known = TRY(cache_->Get(name));
  if (!known) return base::Conflict("the key has just expired; send the request again");
  if (!known->starts_with(digest))
    return base::InvalidInput("this Idempotency-Key was used for another request; take a new one");
  if (known->size() == digest.size())
    return base::Conflict("the request with this key is not answered yet; ask again in a moment");
  return Decode(*known);
}

void IdempotencyKeys::Settle(const Claim& claim, const std::vector<AnsweredRow>& rows) {
  if (claim.empty()) return;
  size_t end = claim.find('\n');
  auto kept = cache_->Put(claim.substr(0, end), Encode(claim.substr(end + 1), rows), kLifeSeconds);
  if (kept.ok()) return;
  base::Log(base::LogLevel::kWarning, "api",
            "an answer was given but its idempotency key is lost: " + kept.error().message());
  Drop(claim);
}

void IdempotencyKeys::Drop(const Claim& claim) {
  if (claim.empty()) return;
  auto dropped = cache_->Erase(claim.substr(0, claim.find('\n')));
  if (!dropped.ok()) base::Log(base::LogLevel::kWarning, "api", dropped.error().message());
}

}  // namespace codman::api
