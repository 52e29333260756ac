#include "serving/journal.h"

#include <algorithm>

#include "base/clock.h"
#include "base/text.h"

namespace codman::serving {
namespace {

constexpr size_t kKeptInMemory = 2000;

Result<JournalEntry> EntryOf(const governance::Audit::Entry& entry) {
  JournalEntry kept{.time_us = entry.time_us,
                    .head = entry.head,
                    .document = TRY(base::ParseJson(entry.payload))};
  kept.id = kept.document["answer"]["id"].AsString();
  return kept;
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::Open(governance::Audit* audit) {
  std::unique_ptr<Journal> journal(new Journal(audit));
  TRY(audit
          ->Read(1,
                 [&](const governance::Audit::Entry& entry) -> Result<> {
                   if (entry.payload.empty()) return {};
                   journal->Keep(TRY(EntryOf(entry)), entry.seq);
                   return {};
                 })
          .While("reading the prediction journal"));
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

void Journal::Keep(JournalEntry entry, uint64_t seq) {
  seq_of_[entry.id] = seq;
  recent_.push_back(std::move(entry));
  if (recent_.size() > kKeptInMemory) recent_.pop_front();
}

Result<> Journal::Append(const std::string& id, const governance::AuditRecord& record,
                         const Json& document, std::function<void(Result<>)> committed) {
  std::string payload = document.ToString();
  JournalEntry entry{
      .id = id, .time_us = base::NowUs(), .head = governance::ToJson(record), .document = document};
  std::lock_guard lock(mutex_);
  uint64_t seq = TRY(audit_->AppendSealed(record, payload));
  Keep(std::move(entry), seq);
  waiting_.push_back({seq, std::move(committed)});
  wake_.notify_one();
  return {};
}

Result<> Journal::Note(const governance::AuditRecord& record) {
  std::lock_guard lock(mutex_);
  waiting_.push_back({TRY(audit_->Append(record)), [](Result<>) {}});
  wake_.notify_one();
  return {};
}

void Journal::CommitLoop() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    auto batch = std::exchange(waiting_, {});
    lock.unlock();
    Result<> synced = audit_->Sync(batch.back().seq);
    for (auto& waiting : batch) waiting.committed(synced);
    lock.lock();
    last_commit_ = synced;
  }
}

Result<JournalEntry> Journal::Find(const std::string& id) const {
  uint64_t seq = 0;
  {
    std::lock_guard lock(mutex_);
    auto found = seq_of_.find(id);
    if (found == seq_of_.end()) return base::NotFound("there is no prediction with this id");
    auto kept = std::find_if(recent_.begin(), recent_.end(),
                             [&](const JournalEntry& e) { return e.id == id; });
    if (kept != recent_.end()) return *kept;
    seq = found->second;
  }
  Result<JournalEntry> read = base::NotFound("there is no prediction with this id");
  bool done = false;
  TRY(audit_->Read(seq, [&](const governance::Audit::Entry& entry) -> Result<> {
    if (!done && entry.seq == seq) read = EntryOf(entry);
    done = true;
    return {};
  }));
  return read;
}

namespace {

bool Fits(const JournalEntry& entry, const PredictionFilter& filter) {
  const Json& answer = entry.document["answer"];
  auto wanted = [&](const std::string& value, const Json& found) {
    return value.empty() || found.AsString() == value;
  };
  return wanted(filter.task, answer["task"]) && wanted(filter.variant, answer["variant"]) &&
         wanted(filter.version, answer["model"]["version"]) &&
         wanted(filter.band, answer["band"]) &&
         (!filter.alert || answer["alert"].AsBool() == *filter.alert) &&
         entry.time_us >= filter.from_us && entry.time_us < filter.until_us &&
         entry.id.starts_with(filter.id_prefix);
}

}  // namespace

Result<std::vector<JournalEntry>> Journal::Search(const PredictionFilter& filter) const {
  std::lock_guard lock(mutex_);
  std::vector<JournalEntry> newest;
  bool begun = filter.before_id.empty();
  for (auto entry = recent_.rbegin(); entry != recent_.rend(); ++entry) {
    if (newest.size() == filter.limit) break;
    if (begun && Fits(*entry, filter)) newest.push_back(*entry);
    begun = begun || entry->id == filter.before_id;
  }
  return newest;
}

Result<> Journal::last_commit() const {
  std::lock_guard lock(mutex_);
  return last_commit_;
}

int64_t Journal::total() const {
  std::lock_guard lock(mutex_);
  return static_cast<int64_t>(seq_of_.size());
}

int64_t Journal::since(int64_t time_us) const {
  std::lock_guard lock(mutex_);
  return std::count_if(recent_.begin(), recent_.end(),
                       [&](const JournalEntry& e) { return e.time_us >= time_us; });
}

}  // namespace codman::serving
