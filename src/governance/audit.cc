#include "governance/audit.h"

#include <map>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/text.h"

namespace codman::governance {
namespace {

constexpr char kCheckpointFile[] = "/checkpoints.jsonl";
constexpr uint32_t kSealKeyId = 1;
// A log opens and gives one record by walking a segment: small ones keep both short.
constexpr int64_t kSegmentBytes = 8 << 20;
constexpr char kSealContext[] = "journal";

std::string CheckpointMessage(uint64_t seq, const std::string& digest) {
  return format("codman-audit:{}:{}", seq, digest);
}

}  // namespace

Json ToJson(const AuditRecord& record) {
  Json json = Json::Object();
  auto set = [&](const char* name, const std::string& value) {
    if (!value.empty()) json.Set(name, value);
  };
  set("actor", record.actor);
  set("role", record.role);
  set("address", record.address);
  set("action", record.action);
  set("object", record.object);
  if (record.subject_id != 0) json.Set("subject_id", record.subject_id);
  set("reason", record.reason);
  set("outcome", record.outcome);
  set("request_id", record.request_id);
  set("trace", record.trace);
  if (!record.details.is_null()) json.Set("details", record.details);
  return json;
}

std::string LineOf(const AuditRecord& record) { return ToJson(record).ToString(); }

Audit::Audit(std::string folder, std::unique_ptr<storage::DurableLog> log, std::string seal_key,
             std::string signing_key)
    : folder_(std::move(folder)),
      log_(std::move(log)),
      seal_key_(std::move(seal_key)),
      sealer_(seal_key_),
      signing_key_(std::move(signing_key)) {}

Result<std::unique_ptr<Audit>> Audit::Open(const std::string& folder, const Secrets& secrets) {
  TRY(base::MakeFolders(folder, 0700));
  auto log =
      TRY(storage::DurableLog::Open(folder, {.segment_bytes = kSegmentBytes, .chained = true}));
  return std::unique_ptr<Audit>(new Audit(folder, std::move(log), TRY(secrets.Key("audit_key")),
                                          TRY(secrets.Key("signing_key"))));
}

Result<uint64_t> Audit::Append(const AuditRecord& record) {
  return log_->Append(LineOf(record) + "\n", base::NowUs());
}

Result<uint64_t> Audit::Record(const AuditRecord& record) {
  uint64_t seq = TRY(Append(record));
  TRY(log_->Sync(seq));
  return seq;
}

Result<uint64_t> Audit::AppendSealed(const AuditRecord& record, std::string_view payload) {
  return AppendSealed(LineOf(record), payload, base::NowUs());
}

// A record is one line of JSON, then, where there is one, the sealed payload.
Result<uint64_t> Audit::AppendSealed(std::string_view line, std::string_view payload,
                                     int64_t time_us) {
  thread_local std::string text;
  text.assign(line).push_back('\n');
  {
    std::lock_guard lock(sealing_);
    sealer_.Append(payload, kSealContext, &text);
  }
  return log_->Append(text, time_us, kSealKeyId, true);
}

Result<std::string> Audit::Unsealed(const storage::LogRecord& record, size_t line_bytes) const {
  if (!record.sealed) return std::string();
  return base::Unseal(seal_key_, record.payload.substr(line_bytes + 1), kSealContext);
}

Result<> Audit::Read(uint64_t from, const std::function<Result<>(const Entry&)>& sink) const {
  return log_->Read(from, [&](const storage::LogRecord& record) -> Result<> {
    size_t end = record.payload.find('\n');
    return sink({record.seq, record.time_us, TRY(base::ParseJson(record.payload.substr(0, end))),
                 TRY(Unsealed(record, end))});
  });
}

Result<> Audit::ReadSealed(uint64_t from,
                           const std::function<Result<bool>(const SealedEntry&)>& sink) const {
  bool enough = false;
  Result<> read = log_->Read(from, [&](const storage::LogRecord& record) -> Result<> {
    if (!record.sealed) return {};
    size_t end = record.payload.find('\n');
    SealedEntry entry{record.seq, record.time_us, record.payload.substr(0, end),
                      TRY(Unsealed(record, end))};
    enough = !TRY(sink(entry));
    // The log is left by an error; this one is nobody's.
    if (enough) return base::NotFound("");
    return {};
  });
  return enough ? Result<>() : read;
}

Result<> Audit::WriteCheckpoint() {
  uint64_t last = log_->next_seq() - 1;
  TRY(log_->Sync(last));
  std::string digest;
  TRY(log_->Read(last, [&](const storage::LogRecord& record) -> Result<> {
    digest = base::ToHex(record.digest);
    return {};
  }));
  std::string path = folder_ + kCheckpointFile;
  std::string lines = base::FileExists(path) ? TRY(base::ReadFile(path)) : "";
  std::string signature =
      base::ToHex(base::Ed25519Sign(signing_key_, CheckpointMessage(last, digest)));
  lines += Json::Object({{"seq", last},
                         {"digest", digest},
                         {"time", base::FormatTime(base::NowUs())},
                         {"signature", signature}})
               .ToString() +
           "\n";
  return base::WriteFileAtomically(path, lines, {.mode = 0600});
}

Result<AuditVerdict> VerifyAudit(const std::string& folder, const std::string& public_key) {
  std::map<uint64_t, std::pair<std::string, std::string>> checkpoints;
  std::string path = folder + kCheckpointFile;
  std::string lines = base::FileExists(path) ? TRY(base::ReadFile(path)) : "";
  for (auto line : base::Split(lines, '\n')) {
    if (line.empty()) continue;
    Json checkpoint = TRY(base::ParseJson(line).While("reading " + path));
    checkpoints[static_cast<uint64_t>(checkpoint["seq"].AsInt())] = {
        checkpoint["digest"].AsString(), checkpoint["signature"].AsString()};
  }
  AuditVerdict verdict;
  uint64_t last = 0;
  verdict.records =
      TRY(storage::VerifyLog(folder, true, [&](const storage::LogRecord& record) -> Result<> {
        if (last == 0 && record.seq != 1) {
          return base::DataQuality(
              format("the audit log begins at record {}: the ones before it are missing; restore "
                     "the first segments from a backup",
                     record.seq));
        }
        last = record.seq;
        verdict.head_digest = base::ToHex(record.digest);
        auto checkpoint = checkpoints.find(record.seq);
        if (checkpoint == checkpoints.end()) return {};
        const auto& [digest, signature] = checkpoint->second;
        auto bytes = base::FromHex(signature);
        if (digest != verdict.head_digest || !bytes.ok() ||
            !base::Ed25519Verify(public_key, CheckpointMessage(record.seq, digest), *bytes)) {
          return base::DataQuality(
              format("the audit log does not fit its signed checkpoint at record {}", record.seq));
        }
        ++verdict.checkpoints;
        return {};
      }));
  if (!checkpoints.empty() && checkpoints.rbegin()->first > last) {
    return base::DataQuality(
        format("the audit log ends at record {}, but a signed checkpoint names record {}: the end "
               "was cut off",
               last, checkpoints.rbegin()->first));
  }
  return verdict;
}

}  // namespace codman::governance
