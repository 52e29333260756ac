// What a re-drive writes.
#include <algorithm>

#include "base/text.h"
#include "lakehouse/redrive_feed_internal.h"

namespace codman::lakehouse {
namespace {

constexpr char kMeasured[] = "status in ('final', 'corrected', 'retracted')";

// Everything in quarantine that this re-drive has nothing new to say about, and what it says.
constexpr char kQuarantineSql[] = R"(
select * from ({now}) as row_now
where not (feed = {feed} and reason <> 'duplicate_conflict'
           and payload_ref in (select payload_ref from redrive_refs))
  and not (feed = {feed} and reason = 'duplicate_conflict' and exists (
    select 1 from redrive_current
    where status = 'conflict' and received_seq = row_now.payload_ref
      and coalesce(concept, source_code) = row_now.field))
union all by name ({refused})
union all by name ({conflicts})
order by payload_ref, field)";

}  // namespace

Result<> FeedRedrive::Commit() {
  auto differences = TRY(Differences());
  TRY(Run("create or replace table incoming_subjects as select * from redrive_subjects"));
  TRY(steps_->WriteSubjects(*source_, txn_, quarantine_.version));
  TRY(CommitEvents());
  TRY(CommitQuality(differences));
  return CommitQuarantine();
}

// Measurements and unparsable records among the records that could not be read before.
Result<SilverCounts> FeedRedrive::CountUnparsable() {
  int64_t unparsable = TRY(Count("redrive_refs where reason = 'unparsable'"));
  if (unparsable == 0) return SilverCounts{};
  auto bronze = steps_->lake().Bronze(feed_).SelectAll(bronze_);
  EventRows rows;
  auto counts = TRY(
      steps_->Normalise(*source_, feed_,
                        format("select * from ({}) where received_seq in (select payload_ref from "
                               "redrive_refs where reason = 'unparsable')",
                               bronze),
                        &rows));
  return SilverCounts{.unparsable_records = counts.unparsable_records - unparsable,
                      .measurements = counts.measurements};
}

// After minus before. Before, the rows of these keys were the same without the fresh ones; those of
// them that silver does not hold were duplicates.
Result<SilverCounts> FeedRedrive::Differences() {
  SilverCounts change = TRY(CountUnparsable());
  const auto& [stored, duplicates, voided] = judged_;
  int64_t fresh = TRY(Count(format("redrive_fresh where {}", kMeasured)));
  int64_t stored_before = TRY(Count(format("redrive_current where {}", kMeasured)));
  int64_t voided_before = TRY(
      Count(format("redrive_current as current where status = 'conflict' and exists (select 1 from "
                   "redrive_candidates as judged where measured = 1 and judged.received_seq = "
                   "current.received_seq and judged.concept is not distinct from current.concept "
                   "and judged.source_code is not distinct from current.source_code)")));
  int64_t good_before = stored + duplicates + voided - fresh;
  change.markers = TRY(Count("redrive_fresh where status = 'marker'"));
  change.stored = stored - stored_before;
  change.voided = voided - voided_before;
  change.duplicates = duplicates - (good_before - stored_before - voided_before);
  change.quarantined = change.measurements - change.stored - change.duplicates;
  return change;
}

// New rows as a file of their own; a file that holds a row which is no longer true is written anew.
Result<> FeedRedrive::CommitEvents() {
  auto table = steps_->lake().Events();
  auto snapshot = TRY(table.Load());
  if (IsDone(snapshot, txn_, quarantine_.version)) return {};
  engine::DeltaChange change{.operation = "REDRIVE", .txns = {{txn_, quarantine_.version}}};
  change.adds = TRY(table.WriteFile(steps_->engine(),
                                    "select * from redrive_adds order by subject_id, known_time, "
                                    "received_seq",
                                    {{"month", CurrentMonth()}}));
  bool any_removed = TRY(Count("redrive_removes")) > 0;
  for (size_t i = 0; any_removed && i < snapshot.files.size(); ++i) {
    const auto& file = snapshot.files[i];
    engine::DeltaSnapshot one = snapshot;
    one.files = {file};
    std::string rows = format("select * exclude (month) from ({})", table.SelectAll(one));
    if (TRY(Count(format("({} intersect select * from redrive_removes)", rows))) == 0) continue;
    auto kept = TRY(table.WriteFile(
        steps_->engine(),
        format("({} except all select * from redrive_removes) order by subject_id, known_time, "
               "received_seq",
               rows),
        file.partition));
    change.adds.insert(change.adds.end(), kept.begin(), kept.end());
    change.removes.push_back(file.path);
  }
  TRY(table.Commit(snapshot, change));
  return {};
}

Result<> FeedRedrive::CommitQuality(const SilverCounts& differences) {
  auto table = steps_->lake().Quality();
  auto snapshot = TRY(table.Load());
  if (IsDone(snapshot, txn_, quarantine_.version)) return {};
  engine::DeltaChange change{.operation = "REDRIVE", .txns = {{txn_, quarantine_.version}}};
  std::string row = QualitySql(*source_, feed_, bronze_.version, differences, {});
  change.adds = TRY(table.WriteFile(steps_->engine(), row));
  TRY(table.Commit(snapshot, change));
  return {};
}

Result<> FeedRedrive::CommitQuarantine() {
  auto table = steps_->lake().Quarantine();
  auto snapshot = TRY(table.Load());
  if (IsDone(snapshot, txn_, quarantine_.version)) return {};
  std::string bronze = steps_->lake().Bronze(feed_).SelectAll(bronze_);
  std::string select =
      fmt::format(fmt::runtime(kQuarantineSql), fmt::arg("now", table.SelectAll(snapshot)),
                  fmt::arg("feed", base::QuoteSql(feed_)),
                  fmt::arg("refused", RefusedSql(*source_, feed_, "redrive_still", bronze)),
                  fmt::arg("conflicts", ConflictsSql(*source_, feed_, "redrive_judged", bronze)));
  engine::DeltaChange change{.operation = "REDRIVE", .txns = {{txn_, quarantine_.version}}};
  change.adds = TRY(table.WriteFile(steps_->engine(), select));
  for (const auto& file : snapshot.files) change.removes.push_back(file.path);
  TRY(table.Commit(snapshot, change));
  return {};
}

}  // namespace codman::lakehouse
