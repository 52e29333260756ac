// The prediction journal: every answer, durable before it is given. It shares the audit log, so an
// answer and its audit record are one commit; the payload is sealed, the open head says who, what,
// when.
//
// Appending does not wait. The committer thread makes everything appended so far durable with one
// fsync and then calls the continuations: answers that are wanted together share a commit. Where
// commits are shared it waits a moment before the next one for those who were in the last (at most
// a quarter of what a commit takes), because clients that were answered together ask together.
//
// Opening reads nothing; the index that searches use follows the log on demand (journal_index.h).
// Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "governance/audit.h"
#include "serving/journal_index.h"
#include "storage/database.h"

namespace codman::serving {

// What is kept of a prediction. Views are read during the call only.
struct JournalRecord {
  std::string_view id;
  int64_t time_us = 0;          // the answer's predicted_at
  std::string_view audit_line;  // governance::LineOf of its audit record
  std::string_view answer;      // the bytes that are answered
  std::span<const double> vector;
  std::string_view manifest_sha256;
  std::string_view task, variant, version, band;
  bool alert = false;
  double risk = 0;
};

struct JournalEntry {
  std::string id;
  uint64_t seq = 0;
  int64_t time_us = 0;
  std::string answer;  // its bytes
  Json head;           // actor, action, object
  Json document;       // {"answer", "vector", "model_manifest"}
};

class Journal {
 public:
  static Result<std::unique_ptr<Journal>> Open(governance::Audit* audit,
                                               storage::Database* database);
  ~Journal();

  // Gives the record's place in the log; durable when WhenDurable says so.
  Result<uint64_t> Append(const JournalRecord& record);
  // `committed` is called from the committer thread with success once every record up to `seq` is
  // on stable storage, or with the error.
  void WhenDurable(uint64_t seq, std::function<void(Result<>)> committed);
  // An audit record that nobody waits for: durable with the next commit.
  Result<> Note(const governance::AuditRecord& record);

  // Called on the committer thread before each commit; what it appends is in that commit. Set
  // once, before the first Announce; nullptr takes it away and returns when it is not running.
  void SetProducer(std::function<void()> producer);
  // `count` answers wait for the producer.
  void Announce(int64_t count = 1);

  Result<JournalEntry> Find(const std::string& id);
  // Entries `first_seq` to `last_seq` that are predictions, in order.
  Result<> Read(uint64_t first_seq, uint64_t last_seq,
                const std::function<Result<>(const JournalEntry&)>& sink) const;
  // Newest first; every prediction that was answered before the call is looked at.
  Result<std::vector<PredictionRow>> Search(const PredictionFilter& filter);
  Result<int64_t> total();
  Result<int64_t> since(int64_t time_us);
  // How the newest commit ended: an error here means that no answer can be given.
  Result<> last_commit() const;

 private:
  struct Waiting {
    uint64_t seq;
    std::function<void(Result<>)> committed;
  };

  Journal(governance::Audit* audit, std::unique_ptr<JournalIndex> index)
      : audit_(audit), index_(std::move(index)) {}
  void CommitLoop();
  void Gather(std::unique_lock<std::mutex>* lock);
  int64_t Produce();
  void Commit(std::vector<Waiting>* waiting);

  governance::Audit* audit_;
  std::unique_ptr<JournalIndex> index_;

  std::mutex appending_;  // the index learns of records in the order of the log

  mutable std::mutex mutex_;  // of what stands below
  std::condition_variable wake_;
  bool stopping_ = false;
  Result<> last_commit_;
  std::vector<Waiting> waiting_;
  int64_t announced_ = 0;
  int64_t expected_ = 0;    // that many may be announced before the next commit
  bool gathering_ = false;  // it sleeps until they are, or for a moment

  std::mutex producing_;  // while the producer runs or changes
  std::function<void()> producer_;

  // The committer thread's own:
  int64_t gather_until_us_ = 0;
  std::thread committer_;
};

}  // namespace codman::serving
