// The audit log: who did what to which object, why, and with what outcome. One hash-chained durable
// log, kept outside the lake; the prediction journal shares it, so a prediction and its audit
// record are one commit.
//
// Tamper-evident, not tamper-proof: whoever holds the machine can rewrite everything, but not
// unnoticed by a verifier who kept a signed checkpoint. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/crypto.h"
#include "base/json.h"
#include "base/result.h"
#include "governance/secrets.h"
#include "storage/durable_log.h"

namespace codman::governance {

struct AuditRecord {
  std::string actor, role, address;
  std::string action;      // "train", "predict", "model.activate", "GET /api/v1/models"
  std::string object;      // "model sepsis/process-3", "table gold.icu_stays"
  int64_t subject_id = 0;  // token; 0 = none
  std::string reason, outcome, request_id;
  std::string trace;  // W3C traceparent of the caller
  Json details;       // counts, hashes: never a patient's value
};

class Audit {
 public:
  static Result<std::unique_ptr<Audit>> Open(const std::string& folder, const Secrets& secrets);

  // Appends without waiting: durable after Sync of its number.
  Result<uint64_t> Append(const AuditRecord& record);
  // Appends and waits until it is on stable storage. Gives its sequence number.
  Result<uint64_t> Record(const AuditRecord& record);
  // Appends a sealed payload (a journalled prediction) with its open head; not yet durable, see
  // Sync.
  Result<uint64_t> AppendSealed(const AuditRecord& record, std::string_view payload);
  // The same with the record already written as one line of JSON (LineOf) and its time.
  Result<uint64_t> AppendSealed(std::string_view line, std::string_view payload, int64_t time_us);
  Result<> Sync(uint64_t seq) { return log_->Sync(seq); }

  struct Entry {
    uint64_t seq = 0;
    int64_t time_us = 0;
    Json head;            // the record
    std::string payload;  // unsealed, "" where there is none
  };
  Result<> Read(uint64_t from, const std::function<Result<>(const Entry&)>& sink) const;
  // Durable records with a payload from number `from` on, until `sink` says that it has enough by
  // false.
  struct SealedEntry {
    uint64_t seq = 0;
    int64_t time_us = 0;
    std::string_view line;  // of JSON: the record
    std::string payload;    // unsealed
  };
  Result<> ReadSealed(uint64_t from,
                      const std::function<Result<bool>(const SealedEntry&)>& sink) const;

  // Signs the chain's end (Ed25519): a line of `<folder>/checkpoints.jsonl`, to be anchored
  // elsewhere.
  Result<> WriteCheckpoint();

 private:
  Audit(std::string folder, std::unique_ptr<storage::DurableLog> log, std::string seal_key,
        std::string signing_key);
  Result<std::string> Unsealed(const storage::LogRecord& record, size_t line_bytes) const;

  std::string folder_;
  std::unique_ptr<storage::DurableLog> log_;
  std::string seal_key_;
  std::mutex sealing_;  // of sealer_
  base::Sealer sealer_;
  std::string signing_key_;
};

struct AuditVerdict {
  uint64_t records = 0;
  uint64_t checkpoints = 0;
  std::string head_digest;  // hex, of the last record
};
// Walks every segment without owning the folder. The error names the first altered, missing or
// reordered record, or the checkpoint that does not fit.
Result<AuditVerdict> VerifyAudit(const std::string& folder, const std::string& public_key);

Json ToJson(const AuditRecord& record);
std::string LineOf(const AuditRecord& record);

}  // namespace codman::governance
