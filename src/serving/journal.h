// The prediction journal: every answer, durable before it is given. It shares the audit log, so an
// answer and its audit record are one commit; the payload is sealed, the open head says who, what,
// when.
//
// Appending does not wait. The committer thread makes everything appended so far durable with one
// fsync and then calls the continuations: answers that arrive together share a commit. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "governance/audit.h"

namespace codman::serving {

struct JournalEntry {
  std::string id;
  int64_t time_us = 0;
  Json head;      // actor, action, object
  Json document;  // {"answer", "vector", "request"}
};

// Which predictions a search wants; empty members want any.
struct PredictionFilter {
  std::string task, variant, version, band;
  std::optional<bool> alert;
  int64_t from_us = 0, until_us = INT64_MAX;  // predicted in [from, until)
  std::string id_prefix;
  std::string before_id;  // older than this one
  size_t limit = 50;
};

class Journal {
 public:
  // Reads what the log holds: the index is rebuilt from it, never trusted beside it.
  static Result<std::unique_ptr<Journal>> Open(governance::Audit* audit);
  ~Journal();

  // `committed` is called from the committer thread with success once the record is on stable
  // storage, or with the error.
  Result<> Append(const std::string& id, const governance::AuditRecord& record,
                  const Json& document, std::function<void(Result<>)> committed);

  // An audit record that nobody waits for: durable with the next commit.
  Result<> Note(const governance::AuditRecord& record);

  Result<JournalEntry> Find(const std::string& id) const;
  // Newest first.
  Result<std::vector<JournalEntry>> Search(const PredictionFilter& filter) const;
  // How the newest commit ended: an error here means that no answer can be given.
  Result<> last_commit() const;
  int64_t total() const;
  int64_t since(int64_t time_us) const;  // among the ones kept in memory

 private:
  explicit Journal(governance::Audit* audit) : audit_(audit) {}
  void Keep(JournalEntry entry, uint64_t seq);
  void CommitLoop();

  governance::Audit* audit_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  Result<> last_commit_;
  struct Waiting {
    uint64_t seq;
    std::function<void(Result<>)> committed;
  };
  std::vector<Waiting> waiting_;
  std::deque<JournalEntry> recent_;                   // newest last
  std::unordered_map<std::string, uint64_t> seq_of_;  // every prediction by id
  std::thread committer_;
};

}  // namespace codman::serving
