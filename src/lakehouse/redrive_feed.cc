#include <algorithm>

#include "base/text.h"
#include "events/normalizer.h"
#include "lakehouse/redrive_feed_internal.h"

namespace codman::lakehouse {
namespace {

using columns::Type;

std::string HashSql() { return format("hash({})", KeySql()); }

// A refusal of these kinds is one of the record, whatever field it was booked under.
constexpr char kRefsSql[] = R"(
create or replace temp table redrive_refs as
select payload_ref, field, reason, received_time, source_position, rule,
       field is null or reason in ('unparsable', 'missing_subject', 'missing_time', 'future_time',
                                   'schema_drift') as whole
from ({}) where feed = {} and reason <> 'duplicate_conflict')";

constexpr char kFreshSql[] = R"(
create or replace temp table redrive_fresh as
select candidate.* from redrive_candidates candidate
where exists (
  select 1 from redrive_refs left join redrive_fields using (field)
  where redrive_refs.payload_ref = candidate.received_seq
    and (whole or (redrive_fields.concept is not distinct from candidate.concept
                   and redrive_fields.source_code is not distinct from candidate.source_code))
) and not exists (
  select 1 from ({}) as stored
  where stored.feed = {} and stored.received_seq = candidate.received_seq
    and stored.event_time = candidate.event_time
    and stored.concept is not distinct from candidate.concept
    and stored.source_code is not distinct from candidate.source_code
    and stored.value is not distinct from candidate.value
    and stored.text is not distinct from candidate.text
);
create or replace temp table redrive_keys as
select distinct {} as key_hash from redrive_fresh)";

}  // namespace

Result<bool> FeedRedrive::Begin() {
  const Lake& lake = steps_->lake();
  bronze_ = TRY(lake.Bronze(feed_).Load());
  if (VersionOf(TRY(lake.Quality().Load()), "bronze:" + feed_) < bronze_.version) {
    return base::Conflict(
        format("silver lags behind the bronze of {}; build silver first: codman build", feed_));
  }
  quarantine_ = TRY(lake.Quarantine().Load());
  int64_t begun = VersionOf(TRY(lake.Events().Load()), txn_);
  resumes_ = begun > VersionOf(quarantine_, txn_);
  if (resumes_ && begun < quarantine_.version) quarantine_ = TRY(lake.Quarantine().Load(begun));
  before_ = TRY(LoadBefore(lake.Events(), txn_, quarantine_.version));
  TRY(Run(format(kRefsSql, lake.Quarantine().SelectAll(quarantine_), base::QuoteSql(feed_))));
  report_.looked_at = TRY(Count("redrive_refs"));
  if (report_.looked_at == 0) return false;
  source_ = TRY(steps_->SourceOf(lake.Bronze(feed_).SelectAll(bronze_)));
  CHECK(source_ != nullptr);
  return true;
}

Result<bool> FeedRedrive::Judge() {
  TRY(MapFields());
  TRY(NormaliseRefused());
  TRY(FindFresh());
  int64_t contested = TRY(
      Count(format("({}) where feed = {} and {} in (select key_hash from redrive_keys)",
                   steps_->lake().Events().SelectAll(before_), base::QuoteSql(feed_), HashSql())));
  if (contested > 0)
    TRY(TakeAllOfTheKeys());
  else
    TRY(Run("create or replace table redrive_candidates as select * from redrive_fresh"));
  TRY(Replay());
  TRY(Compare());
  report_.still_refused = std::min(report_.looked_at, TRY(Count("redrive_still")));
  report_.accepted = report_.looked_at - report_.still_refused;
  int64_t moved =
      TRY(Count("(select payload_ref, field, reason, rule from redrive_refs except all "
                "select payload_ref, field, reason, rule from redrive_still)"));
  return moved > 0 || resumes_;
}

// What the fields under which values were refused are called in silver.
Result<> FeedRedrive::MapFields() {
  columns::Table mapped(
      {{"field", Type::kString}, {"concept", Type::kString}, {"source_code", Type::kString}});
  auto fields = TRY(steps_->engine()->QueryAll(
      "select distinct field from redrive_refs where field is not null"));
  for (size_t i = 0; i < static_cast<size_t>(fields.num_rows()); ++i) {
    auto field = fields.columns[0].strings[i];
    auto name = events::EventNameOf(*source_, steps_->concepts(), field);
    mapped.columns[0].AppendString(field);
    auto append = [](const std::string& text, columns::Column* column) {
      if (text.empty())
        column->AppendNull();
      else
        column->AppendString(text);
    };
    append(name.concept_name, &mapped.columns[1]);
    append(name.source_code, &mapped.columns[2]);
  }
  TRY(steps_->engine()->CreateTable("redrive_fields", mapped.schema()));
  return steps_->engine()->Append("redrive_fields", mapped);
}

std::string FeedRedrive::BronzeRows(const engine::DataFile& file) const {
  engine::DeltaSnapshot one = bronze_;
  one.files = {file};
  return steps_->lake().Bronze(feed_).SelectAll(one);
}

// Appends the rows to redrive_candidates, those for which `which` holds.
Result<> FeedRedrive::TakeCandidates(const EventRows& rows, size_t file, const std::string& which) {
  TRY(rows.StageInOrder(steps_->engine()));
  return Run(
      format("insert into redrive_candidates select *, {} from judged where {}", file, which));
}

// Rows of a table share what the normaliser remembers of a subject, so their whole file is read;
// records stand for themselves.
Result<> FeedRedrive::NormaliseRefused() {
  auto schema = IncomingSchema();
  for (const char* place : {"place", "measured", "file"}) schema.push_back({place, Type::kInt64});
  auto* engine = steps_->engine();
  TRY(engine->CreateTable("redrive_candidates", schema));
  TRY(steps_->Begin());
  for (size_t file = 0; file < bronze_.files.size(); ++file) {
    std::string rows = BronzeRows(bronze_.files[file]);
    std::string looked_at =
        format("({}) where received_seq in (select payload_ref from redrive_refs)", rows);
    if (TRY(Count(looked_at)) == 0) continue;
    bool alone = source_->format == events::Format::kNdjson;
    EventRows normalised;
    TRY(steps_->Normalise(*source_, feed_, alone ? "select * from " + looked_at : rows,
                          &normalised));
    TRY(TakeCandidates(normalised, file, "received_seq in (select payload_ref from redrive_refs)"));
  }
  return Run(
      "create or replace table redrive_subjects as select * from incoming_subjects; "
      "create or replace table redrive_still as select * from refused where exists ("
      "select 1 from redrive_refs where redrive_refs.payload_ref = refused.payload_ref "
      "and (whole or redrive_refs.field is not distinct from refused.field))");
}

Result<> FeedRedrive::FindFresh() {
  return Run(format(kFreshSql, steps_->lake().Events().SelectAll(before_), base::QuoteSql(feed_),
                    HashSql()));
}

// Where silver holds rows of the same key, also duplicates that were dropped count: all records of
// the feed are asked.
Result<> FeedRedrive::TakeAllOfTheKeys() {
  TRY(Run("delete from redrive_candidates"));
  for (size_t file = 0; file < bronze_.files.size(); ++file) {
    EventRows normalised;
    TRY(steps_->Normalise(*source_, feed_, BronzeRows(bronze_.files[file]), &normalised));
    TRY(TakeCandidates(normalised, file,
                       format("{} in (select key_hash from redrive_keys)", HashSql())));
  }
  return {};
}

// Judges the candidates as they came, as if silver held nothing of their keys but what other feeds
// brought.
Result<> FeedRedrive::Replay() {
  auto* engine = steps_->engine();
  EventRows rows;
  TRY(engine->Query(
      "select * exclude (place, measured, file) from redrive_candidates order by file, place",
      [&](const columns::Table& chunk) -> Result<> {
        rows.Append(chunk);
        return {};
      }));
  judged_ = TRY(lakehouse::Judge(engine,
                                 format("select * from ({}) where feed <> {} and source = {}",
                                        steps_->lake().Events().SelectAll(before_),
                                        base::QuoteSql(feed_), base::QuoteSql(source_->name)),
                                 &rows));
  TRY(rows.StageInOrder(engine));
  return Run("create or replace table redrive_judged as select * from judged");
}

// A conflict has lost its status, which is part of a fact's key, so it is also found by its record.
Result<> FeedRedrive::Compare() {
  auto stored = steps_->lake().Events().SelectAll(before_);
  return Run(format(R"(
create or replace temp table redrive_current as
select * exclude (month) from ({0}) as stored
where feed = {1} and source = {2} and (
  {3} in (select key_hash from redrive_keys)
  or (status = 'conflict' and exists (
    select 1 from redrive_candidates as judged
    where judged.received_seq = stored.received_seq
      and judged.concept is not distinct from stored.concept
      and judged.source_code is not distinct from stored.source_code)));
create or replace temp table redrive_adds as
select * from redrive_current limit 0;
insert into redrive_adds select * from ({4}) except all select * from redrive_current;
create or replace temp table redrive_removes as
select * from redrive_current except all ({4}))",
                    stored, base::QuoteSql(feed_), base::QuoteSql(source_->name), HashSql(),
                    StoredSql(*source_, feed_, "redrive_judged")));
}

Result<> FeedRedrive::DropScratch() {
  TRY(steps_->DropScratch());
  for (const char* table : {"refs", "fields", "candidates", "still", "subjects", "fresh", "keys",
                            "judged", "current", "adds", "removes"})
    TRY(Run(format("drop table if exists redrive_{}", table)));
  return {};
}

}  // namespace codman::lakehouse
