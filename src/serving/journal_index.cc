#include "serving/journal_index.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "serving/journal_payload_internal.h"

namespace codman::serving {
namespace {

constexpr size_t kRemembered = 4096;
constexpr size_t kRowsAtOnce = 500;  // of one statement and of one transaction
constexpr char kTable[] =
    "create table if not exists journal_index (seq integer primary key, id text not null, "
    "time_us integer not null, task text not null, variant text not null, version text not null, "
    "band text not null, alert integer not null, risk real not null);"
    "create index if not exists journal_index_id on journal_index (id);"
    "create index if not exists journal_index_time on journal_index (time_us)";
constexpr std::array kMigrations = {storage::Migration{1, kTable}};

// The condition of a search and its values.
struct Condition {
  std::string sql = "true";
  std::vector<storage::Value> values;

  void Add(const char* condition, storage::Value value) {
    sql += format(" and {}", condition);
    values.push_back(std::move(value));
  }
  void AddText(const char* condition, const std::string& value) {
    if (!value.empty()) Add(condition, value);
  }
};

Condition ConditionOf(const PredictionFilter& filter) {
  Condition condition;
  condition.AddText("task = ?", filter.task);
  condition.AddText("variant = ?", filter.variant);
  condition.AddText("version = ?", filter.version);
  condition.AddText("band = ?", filter.band);
  if (filter.alert) condition.Add("alert = ?", int64_t{*filter.alert ? 1 : 0});
  if (filter.from_us > 0) condition.Add("time_us >= ?", filter.from_us);
  if (filter.until_us < INT64_MAX) condition.Add("time_us < ?", filter.until_us);
  if (!filter.id_prefix.empty()) {
    condition.Add("id >= ?", filter.id_prefix);
    condition.Add("id < ?", filter.id_prefix + "\x7f");
  }
  return condition;
}

PredictionRow RowAt(const storage::Rows& rows, size_t i) {
  return {.seq = static_cast<uint64_t>(rows.Int(i, "seq")),
          .id = rows.Text(i, "id"),
          .time_us = rows.Int(i, "time_us"),
          .task = rows.Text(i, "task"),
          .variant = rows.Text(i, "variant"),
          .version = rows.Text(i, "version"),
          .band = rows.Text(i, "band"),
          .alert = rows.Int(i, "alert") != 0,
          .risk = rows.Double(i, "risk")};
}

}  // namespace

Result<std::unique_ptr<JournalIndex>> JournalIndex::Open(governance::Audit* audit,
                                                         storage::Database* database) {
  TRY(database->Migrate("serving", kMigrations));
  TRY(database->Execute(kTable));  // it may have been deleted to be made anew
  return std::unique_ptr<JournalIndex>(new JournalIndex(audit, database));
}

void JournalIndex::Remember(PredictionRow row) {
  std::lock_guard lock(mutex_);
  remembered_.push_back(std::move(row));
  if (remembered_.size() <= kRemembered) return;
  dropped_seq_ = remembered_.front().seq;
  remembered_.pop_front();
}

void JournalIndex::MarkDurable(uint64_t seq) {
  std::lock_guard lock(mutex_);
  durable_seq_ = std::max(durable_seq_, seq);
}

Result<> JournalIndex::CatchUp() {
  const bool first = !checked_;
  if (first) TRY(CheckAgainstLog());
  uint64_t durable = 0, dropped = 0;
  {
    std::lock_guard lock(mutex_);
    durable = durable_seq_;
    dropped = dropped_seq_;
  }
  if (first || (dropped > followed_seq_ && durable > followed_seq_)) {
    TRY(ReadLog().While("bringing the index of predictions up to date"));
    followed_seq_ = std::max(newest_seq_, durable);
  }
  checked_ = true;
  return TakeRemembered();
}

// Ids are random, so a log that holds this id at this place is the log that the table was made of.
Result<> JournalIndex::CheckAgainstLog() {
  auto newest = TRY(database_->Query(
      "select seq, id, (select count(*) from journal_index) as number from journal_index "
      "order by seq desc limit 1"));
  newest_seq_ = newest.size() == 0 ? 0 : static_cast<uint64_t>(newest.Int(0, "seq"));
  num_rows_ = newest.size() == 0 ? 0 : newest.Int(0, "number");
  followed_seq_ = newest_seq_;
  if (newest_seq_ == 0) return {};
  bool same = false;
  TRY(audit_->ReadSealed(
      newest_seq_, [&](const governance::Audit::SealedEntry& entry) -> Result<bool> {
        same = entry.seq == newest_seq_ &&
               TRY(RowOf(entry.payload, entry.time_us)).id == newest.Text(0, "id");
        return false;
      }));
  if (same) return {};
  TRY(database_->Execute("delete from journal_index"));
  newest_seq_ = followed_seq_ = 0;
  num_rows_ = 0;
  return {};
}

Result<> JournalIndex::ReadLog() {
  std::vector<PredictionRow> rows;
  TRY(audit_->ReadSealed(followed_seq_ + 1,
                         [&](const governance::Audit::SealedEntry& entry) -> Result<bool> {
                           rows.push_back(TRY(RowOf(entry.payload, entry.time_us)));
                           rows.back().seq = entry.seq;
                           if (rows.size() == kRowsAtOnce) {
                             TRY(Insert(rows));
                             rows.clear();
                           }
                           return true;
                         }));
  return Insert(rows);
}

Result<> JournalIndex::TakeRemembered() {
  std::vector<PredictionRow> rows;
  uint64_t durable = 0;
  {
    std::lock_guard lock(mutex_);
    // What lies between is not durable yet, or was not when this question began.
    if (dropped_seq_ > followed_seq_) return {};
    durable = durable_seq_;
    while (!remembered_.empty() && remembered_.front().seq <= durable) {
      if (remembered_.front().seq > followed_seq_) rows.push_back(std::move(remembered_.front()));
      remembered_.pop_front();
    }
  }
  for (size_t first = 0; first < rows.size(); first += kRowsAtOnce) {
    auto begin = rows.begin() + static_cast<ptrdiff_t>(first);
    auto end = begin + static_cast<ptrdiff_t>(std::min(kRowsAtOnce, rows.size() - first));
    Result<> inserted = Insert({begin, end});
    if (inserted.ok()) continue;
    std::lock_guard lock(mutex_);
    dropped_seq_ = std::max(dropped_seq_, durable);  // the log has them
    return inserted;
  }
  followed_seq_ = std::max(followed_seq_, durable);
  return {};
}

Result<> JournalIndex::Insert(const std::vector<PredictionRow>& rows) {
  if (rows.empty()) return {};
  std::string sql = "insert into journal_index values ";
  std::vector<storage::Value> values;
  values.reserve(rows.size() * 9);
  for (const auto& row : rows) {
    sql += values.empty() ? "(?,?,?,?,?,?,?,?,?)" : ",(?,?,?,?,?,?,?,?,?)";
    values.insert(values.end(), {int64_t(row.seq), row.id, row.time_us, row.task, row.variant,
                                 row.version, row.band, int64_t{row.alert ? 1 : 0}, row.risk});
  }
  TRY(database_->Execute(sql, values));
  newest_seq_ = followed_seq_ = rows.back().seq;
  num_rows_ += static_cast<int64_t>(rows.size());
  return {};
}

Result<uint64_t> JournalIndex::SeqOf(const std::string& id) {
  auto rows = TRY(database_->Query(
      "select seq from journal_index where id = ? order by seq desc limit 1", {id}));
  if (rows.size() == 0) return base::NotFound("there is no prediction with this id");
  return static_cast<uint64_t>(rows.Int(0, "seq"));
}

Result<std::vector<PredictionRow>> JournalIndex::Search(const PredictionFilter& filter) {
  std::lock_guard lock(following_);
  TRY(CatchUp());
  Condition condition = ConditionOf(filter);
  if (!filter.before_id.empty()) {
    auto before = SeqOf(filter.before_id);
    if (!before.ok()) return std::vector<PredictionRow>();
    condition.Add("seq < ?", static_cast<int64_t>(*before));
  }
  condition.values.emplace_back(static_cast<int64_t>(filter.limit));
  auto rows = TRY(database_->Query(
      format("select * from journal_index where {} order by seq desc limit ?", condition.sql),
      condition.values));
  std::vector<PredictionRow> found;
  for (size_t i = 0; i < rows.size(); ++i) found.push_back(RowAt(rows, i));
  return found;
}

Result<PredictionRow> JournalIndex::Find(const std::string& id) {
  std::lock_guard lock(following_);
  TRY(CatchUp());
  auto seq = static_cast<int64_t>(TRY(SeqOf(id)));
  return RowAt(TRY(database_->Query("select * from journal_index where seq = ?", {seq})), 0);
}

Result<int64_t> JournalIndex::Count(int64_t since_us) {
  std::lock_guard lock(following_);
  TRY(CatchUp());
  if (since_us <= 0) return num_rows_;
  auto counted = TRY(database_->Query(
      "select count(*) as number from journal_index where time_us >= ?", {since_us}));
  return counted.Int(0, "number");
}

Result<> JournalIndex::Forget() {
  std::lock_guard lock(following_);
  TRY(database_->Execute("delete from journal_index"));
  checked_ = false;
  return {};
}

}  // namespace codman::serving
