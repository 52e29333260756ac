#include "serving/journal.h"

#include <algorithm>
#include <chrono>

#include "base/clock.h"
#include "serving/journal_payload_internal.h"

namespace codman::serving {
namespace {

// How long a commit may wait for the answers that were in the last one, as a share of what the last
// one took and at most.
constexpr int64_t kGatherShare = 4;
constexpr int64_t kMostGatherUs = 1000;

Result<JournalEntry> EntryOf(const governance::Audit::SealedEntry& sealed) {
  auto decoded = TRY(DecodePayload(sealed.payload));
  return JournalEntry{.id = std::move(decoded.id),
                      .seq = sealed.seq,
                      .time_us = sealed.time_us,
                      .answer = std::move(decoded.answer),
                      .head = TRY(base::ParseJson(sealed.line)),
                      .document = std::move(decoded.document)};
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::Open(governance::Audit* audit,
                                               storage::Database* database) {
  auto index = TRY(JournalIndex::Open(audit, database).While("opening the prediction journal"));
  std::unique_ptr<Journal> journal(new Journal(audit, std::move(index)));
  journal->committer_ = std::thread([raw = journal.get()] { raw->CommitLoop(); });
  return journal;
}

Journal::~Journal() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (committer_.joinable()) committer_.join();
}

Result<uint64_t> Journal::Append(const JournalRecord& record) {
  thread_local std::string payload;
  payload.clear();
  EncodePayload(record, &payload);
  PredictionRow row{.id = std::string(record.id),
                    .time_us = record.time_us,
                    .task = std::string(record.task),
                    .variant = std::string(record.variant),
                    .version = std::string(record.version),
                    .band = std::string(record.band),
                    .alert = record.alert,
                    .risk = record.risk};
  std::lock_guard lock(appending_);
  uint64_t seq = TRY(audit_->AppendSealed(record.audit_line, payload, record.time_us));
  row.seq = seq;
  index_->Remember(std::move(row));
  return seq;
}

void Journal::WhenDurable(uint64_t seq, std::function<void(Result<>)> committed) {
  {
    std::lock_guard lock(mutex_);
    waiting_.push_back({seq, std::move(committed)});
  }
  wake_.notify_one();
}

Result<> Journal::Note(const governance::AuditRecord& record) {
  WhenDurable(TRY(audit_->Append(record)), [](const Result<>&) {});
  return {};
}

void Journal::SetProducer(std::function<void()> producer) {
  std::lock_guard lock(producing_);
  producer_ = std::move(producer);
}

void Journal::Announce(int64_t count) {
  bool tell = false;
  {
    std::lock_guard lock(mutex_);
    const int64_t before = announced_;
    announced_ += count;
    tell = gathering_ ? announced_ >= expected_ : before == 0;
  }
  // Woken under the lock it would only wait for that.
  if (tell) wake_.notify_one();
}

// Waits a moment for those who were answered together to ask again: one wake-up for all of them.
void Journal::Gather(std::unique_lock<std::mutex>* lock) {
  const int64_t left_us = gather_until_us_ - base::MonotonicUs();
  if (expected_ < 2 || left_us <= 0) return;
  gathering_ = true;
  wake_.wait_for(*lock, std::chrono::microseconds(left_us),
                 [this] { return stopping_ || announced_ >= expected_; });
  gathering_ = false;
}

// The producer's turn; how many answers it made.
int64_t Journal::Produce() {
  int64_t taken = 0;
  {
    std::lock_guard lock(mutex_);
    taken = std::exchange(announced_, 0);
  }
  std::lock_guard lock(producing_);
  if (taken > 0 && producer_) producer_();
  return taken;
}

void Journal::Commit(std::vector<Waiting>* waiting) {
  if (waiting->empty()) return;
  uint64_t newest = 0;
  for (const auto& one : *waiting) newest = std::max(newest, one.seq);
  const int64_t began_us = base::MonotonicUs();
  Result<> synced = audit_->Sync(newest);
  const int64_t ended_us = base::MonotonicUs();
  gather_until_us_ = ended_us + std::min((ended_us - began_us) / kGatherShare, kMostGatherUs);
  if (synced.ok()) index_->MarkDurable(newest);
  {
    std::lock_guard lock(mutex_);
    last_commit_ = synced;
  }
  for (auto& one : *waiting) one.committed(synced);
}

void Journal::CommitLoop() {
  std::unique_lock lock(mutex_);
  while (true) {
    Gather(&lock);
    wake_.wait(lock, [this] { return stopping_ || announced_ > 0 || !waiting_.empty(); });
    if (stopping_ && announced_ == 0 && waiting_.empty()) return;
    lock.unlock();
    const int64_t answers = Produce();
    lock.lock();
    auto batch = std::exchange(waiting_, {});
    expected_ = 0;
    lock.unlock();
    Commit(&batch);
    lock.lock();
    expected_ = announced_ + answers;
  }
}

Result<JournalEntry> Journal::Find(const std::string& id) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    PredictionRow row = TRY(index_->Find(id));
    std::optional<JournalEntry> found;
    TRY(Read(row.seq, row.seq, [&](const JournalEntry& entry) -> Result<> {
      if (entry.id == id) found = entry;
      return {};
    }));
    if (found) return *std::move(found);
    TRY(index_->Forget());  // it told of a record that is not there
  }
  return base::NotFound("there is no prediction with this id");
}

Result<> Journal::Read(uint64_t first_seq, uint64_t last_seq,
                       const std::function<Result<>(const JournalEntry&)>& sink) const {
  return audit_->ReadSealed(first_seq,
                            [&](const governance::Audit::SealedEntry& sealed) -> Result<bool> {
                              if (sealed.seq > last_seq) return false;
                              TRY(sink(TRY(EntryOf(sealed))));
                              return sealed.seq < last_seq;
                            });
}

Result<std::vector<PredictionRow>> Journal::Search(const PredictionFilter& filter) {
  return index_->Search(filter);
}

Result<> Journal::last_commit() const {
  std::lock_guard lock(mutex_);
  return last_commit_;
}

Result<int64_t> Journal::total() { return index_->Count(0); }
Result<int64_t> Journal::since(int64_t time_us) { return index_->Count(time_us); }

}  // namespace codman::serving
