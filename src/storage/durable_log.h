// An append-only log that survives kill -9 and power loss: what Sync() returned for is there after
// a restart.
//
// A folder of segments `%020llu.log` named by their first sequence number. Every record carries a
// CRC-32C; with `chained`, also SHA-256(previous digest, header, payload), so that an altered,
// missing or reordered record is found. Group commit: threads that call Sync() at the same time
// share one fsync. A segment that is written often is prepared ahead with zeros, so that a commit
// does not change the file's size and fsync waits for the disk once; what is unused of it is given
// back when the log is closed. A torn tail (power lost in the middle of a write) is moved to
// `<segment>.torn`
// (`.torn.2`, …) and the log opens; damage before the tail is an error that names segment and
// offset, and nothing is changed. Damage in an earlier segment shows when that is read: Read and
// VerifyLog give the records before it and then the error. One process owns a folder; threads may
// share the object.
//
// Records are ordered by seq alone. Their times are the caller's clock: where that goes back by
// more than a second, a warning says so and the time is kept as it was given.
//
// Record: u32 payload bytes · u32 CRC-32C of all that follows · u64 seq · i64 time µs · u32 key id
// · u8 flags (1 sealed, 2 begins a batch) · 3 zero bytes · [32 bytes chain digest] · payload.
// Little endian.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/crypto.h"
#include "base/result.h"

namespace codman::storage {

struct DurableLogOptions {
  int64_t segment_bytes = 64 << 20;
  bool chained = false;
};

struct LogRecord {
  uint64_t seq = 0;     // 1, 2, 3, … without gaps
  int64_t time_us = 0;  // when it was appended
  uint32_t key_id = 0;  // key that sealed the payload; 0 = none
  bool sealed = false;
  base::Digest digest{};     // of the chain, where chained
  std::string_view payload;  // valid during the call
};

class DurableLog {
 public:
  static Result<std::unique_ptr<DurableLog>> Open(const std::string& folder,
                                                  DurableLogOptions options = {});
  virtual ~DurableLog() = default;

  // Takes the record into the buffer and gives its sequence number. Durable only after Sync(seq).
  // Fails after a failed Sync, so that what cannot be kept does not gather.
  virtual Result<uint64_t> Append(std::string_view payload, int64_t time_us, uint32_t key_id = 0,
                                  bool sealed = false) = 0;
  // Returns when every record up to `seq` is on stable storage. After a failed write or fsync every
  // further call for a newer record fails until the log is opened again: the operating system may
  // have dropped the pages.
  virtual Result<> Sync(uint64_t seq) = 0;
  // Durable records with seq >= from, in order; stops with the first error of `sink`.
  virtual Result<> Read(uint64_t from,
                        const std::function<Result<>(const LogRecord&)>& sink) const = 0;
  // Deletes segments all of whose records are below `seq`.
  virtual Result<> DropBefore(uint64_t seq) = 0;

  virtual uint64_t next_seq() const = 0;
  virtual uint64_t first_seq() const = 0;
  virtual const std::string& id() const = 0;  // random, made with the log
  virtual int64_t last_time_us() const = 0;   // 0 where empty
};

// Reads every record of a folder without owning it: checks CRCs and, where chained, the chain.
// Gives the number of records, or an error naming segment, offset and sequence number of the first
// altered, missing or reordered one.
Result<uint64_t> VerifyLog(const std::string& folder, bool chained,
                           const std::function<Result<>(const LogRecord&)>& sink);

}  // namespace codman::storage
