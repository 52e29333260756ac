// Requests that a client repeats because it did not see the answer: the same key and the same
// request within a day get the answer that was given, and nothing is journalled twice.
//
// What is remembered is where the journal holds the answers, not the answers. Kept in a cache: a
// restart of the server forgets the keys. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/cache.h"

namespace codman::api {

class Call;

// The rows of an answer: its record's number in the journal, or, where that is 0, its own bytes.
struct AnsweredRow {
  uint64_t seq = 0;
  std::string refusal;
};

class IdempotencyKeys {
 public:
  IdempotencyKeys() : cache_(storage::MakeLocalCache({.max_bytes = 128 << 20})) {}

  // A key that this request has taken; "" where it brought none.
  using Claim = std::string;

  // Answered before: the rows, in their order. Else nothing, and `claim` is this request's until
  // Settle or Drop. InvalidInput where the key was used for another request, Conflict where the
  // first one is not answered yet.
  Result<std::vector<AnsweredRow>> Take(const Call& call, Claim* claim);
  void Settle(const Claim& claim, const std::vector<AnsweredRow>& rows);
  void Drop(const Claim& claim);

 private:
  std::unique_ptr<storage::Cache> cache_;
};

}  // namespace codman::api
