#include "lakehouse/silver_builder.h"

#include <algorithm>
#include <unordered_map>

#include "base/clock.h"
#include "base/text.h"
#include "events/normalizer.h"
#include "lakehouse/judgement_internal.h"
#include "lakehouse/lineage.h"

namespace codman::lakehouse {
namespace {

using columns::Column;
using columns::Table;
using columns::Type;

constexpr int64_t kRowsPerAppend = 200000;

columns::Schema IncomingSchema() {
  auto schema = events::NormalizedEventSchema();
  schema[0] = {"subject_id", Type::kInt64};
  schema.pop_back();  // the feed, which is one for all rows of a commit
  return schema;
}

// Distinct identifiers in order of appearance, and the place of each row's identifier among them.
struct Identifiers {
  std::vector<std::string> distinct;
  std::unordered_map<std::string, size_t> places;

  size_t PlaceOf(std::string_view identifier) {
    auto [found, is_new] = places.try_emplace(std::string(identifier), distinct.size());
    if (is_new) distinct.emplace_back(identifier);
    return found->second;
  }
};

// Already in the table with this or a newer version of the feed: a killed run got that far.
bool IsDone(const engine::DeltaSnapshot& snapshot, const std::string& txn, int64_t version) {
  auto found = snapshot.txns.find(txn);
  return found != snapshot.txns.end() && found->second >= version;
}

std::string Month(int64_t time_us) { return base::FormatTime(time_us).substr(0, 7); }

}  // namespace

SilverCounts& SilverCounts::operator+=(const SilverCounts& other) {
  records += other.records;
  unparsable_records += other.unparsable_records;
  measurements += other.measurements;
  markers += other.markers;
  stored += other.stored;
  duplicates += other.duplicates;
  quarantined += other.quarantined;
  voided += other.voided;
  return *this;
}

SilverBuilder::SilverBuilder(Lake lake, engine::SqlEngine* engine, governance::Identity* identity,
                             const events::Concepts* concepts,
                             const std::vector<events::SourceMapping>* sources,
                             storage::Database* database)
    : lake_(std::move(lake)),
      engine_(engine),
      identity_(identity),
      concepts_(concepts),
      sources_(sources),
      database_(database) {}

Result<SilverCounts> SilverBuilder::Build(const std::function<void(double)>& progress) {
  SilverCounts total;
  int64_t began_us = base::NowUs();
  std::map<std::string, int64_t> feeds;  // and the version that silver reaches
  struct Step {
    std::string feed;
    int64_t version;
  };
  std::vector<Step> steps;
  auto done = TRY(lake_.Quality().Load());
  for (const auto& feed : TRY(lake_.Feeds())) {
    auto newest = TRY(lake_.Bronze(feed).Load());
    auto reached = done.txns.find("bronze:" + feed);
    int64_t next = reached == done.txns.end() ? 0 : reached->second + 1;
    for (; next <= newest.version; ++next) steps.push_back({feed, next});
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    const auto& [feed, version] = steps[i];
    engine::DeltaSnapshot before;
    if (version > 0) before = TRY(lake_.Bronze(feed).Load(version - 1));
    auto after = TRY(lake_.Bronze(feed).Load(version));
    feeds[feed] = version;
    total += TRY(BuildVersion(feed, version, before, after)
                     .While(format("building silver from {} version {}", feed, version)));
    if (progress) progress(static_cast<double>(i + 1) / static_cast<double>(steps.size()));
  }
  if (database_ != nullptr && !feeds.empty()) TRY(RecordRun(feeds, began_us));
  return total;
}

Result<> SilverBuilder::RecordRun(const std::map<std::string, int64_t>& feeds, int64_t began_us) {
  LineageRun run{
      .job = "build silver", .start_us = began_us, .end_us = base::NowUs(), .outcome = "complete"};
  for (const auto& [feed, version] : feeds) {
    auto snapshot = TRY(lake_.Bronze(feed).Load(version));
    run.inputs.push_back({"bronze." + feed, version, snapshot.num_rows()});
  }
  for (const char* table : {"silver.events", "silver.quarantine", "silver.subjects"}) {
    auto snapshot = TRY(lake_.Newest(table));
    run.outputs.push_back({table, snapshot.version, snapshot.num_rows()});
  }
  return TRY(Lineage::Open(database_)).Record(run);
}

Result<SilverCounts> SilverBuilder::BuildVersion(const std::string& feed, int64_t version,
                                                 const engine::DeltaSnapshot& before,
                                                 const engine::DeltaSnapshot& after) {
  engine::DeltaSnapshot added = after;
  std::erase_if(added.files, [&](const engine::DataFile& file) {
    return std::any_of(before.files.begin(), before.files.end(),
                       [&](const auto& old) { return old.path == file.path; });
  });
  const events::SourceMapping* source = nullptr;
  SilverCounts counts = TRY(Normalise(feed, added, &source));
  if (source == nullptr) {  // a commit without rows
    auto quality = TRY(lake_.Quality().Load());
    TRY(lake_.Quality().Commit(quality, {.txns = {{"bronze:" + feed, version}}}));
    return counts;
  }
  std::string txn = "bronze:" + feed;
  TRY(WriteSubjects(*source, txn, version));
  TRY(Judge(*source, txn, version));
  TRY(WriteQuarantine(*source, feed, lake_.Bronze(feed).SelectAll(added), txn, version));
  TRY(WriteEvents(*source, feed, txn, version));
  TRY(WriteQuality(*source, feed, txn, version, &counts));
  TRY(
      engine_->Execute("drop view judged; drop table verdicts; drop table repeated; drop table "
                       "incoming; drop table refused; drop table incoming_subjects"));
  return counts;
}

// Fills `incoming` (events with tokens), `refused` (quarantine) and `incoming_subjects`.
Result<SilverCounts> SilverBuilder::Normalise(const std::string& feed,
                                              const engine::DeltaSnapshot& added,
                                              const events::SourceMapping** source) {
  auto bronze = lake_.Bronze(feed);
  Table raw = TRY(engine_->QueryAll(format(
      "select feed, source, source_position, received_time, received_seq, payload, content_type "
      "from ({}) order by received_seq",
      bronze.SelectAll(added))));
  SilverCounts counts;
  if (raw.num_rows() == 0) return counts;
  std::string source_name(raw.columns[1].strings[0]);
  auto found = std::find_if(sources_->begin(), sources_->end(),
                            [&](const auto& s) { return s.name == source_name; });
  if (found == sources_->end()) {
    return base::NotFound(
        format("bronze holds records of the source '{}', but sources/{}.yaml is gone; put it back",
               source_name, source_name));
  }
  *source = &*found;
  auto normalizer = events::Normalizer::Create(*found, *concepts_, base::NowUs());
  TRY(engine_->CreateTable("incoming", IncomingSchema()));
  TRY(engine_->CreateTable("refused", events::QuarantineSchema()));
  TRY(engine_->CreateTable("incoming_subjects",
                           {{"subject_id", Type::kInt64}, {"identifier", Type::kString}}));
  events::Normalized batch;
  std::unordered_map<std::string, int64_t> known_tokens;
  Table subjects({{"subject_id", Type::kInt64}, {"identifier", Type::kString}});

  auto append = [&]() -> Result<> {
    Identifiers identifiers;
    std::vector<size_t> places;
    const Column& named = batch.events.columns[0];
    for (size_t i = 0; i < named.valid.size(); ++i) {
      bool same = i > 0 && named.strings[i] == named.strings[i - 1];
      places.push_back(same ? places.back() : identifiers.PlaceOf(named.strings[i]));
    }
    std::vector<int64_t> tokens =
        TRY(identity_->Tokens(found->identifier_system, identifiers.distinct));
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (!known_tokens.emplace(identifiers.distinct[i], tokens[i]).second) continue;
      subjects.columns[0].AppendInt(tokens[i]);
      if (found->public_identifiers)
        subjects.columns[1].AppendString(identifiers.distinct[i]);
      else
        subjects.columns[1].AppendNull();
    }
    Column subject_ids{.field = {"subject_id", Type::kInt64}};
    for (size_t place : places) subject_ids.AppendInt(tokens[place]);
    std::swap(batch.events.columns[0], subject_ids);
    Column feeds = std::move(batch.events.columns.back());
    batch.events.columns.pop_back();
    TRY(engine_->Append("incoming", batch.events));
    TRY(engine_->Append("refused", batch.quarantine));
    batch.events.columns.push_back(std::move(feeds));
    std::swap(batch.events.columns[0], subject_ids);
    counts += {batch.records, batch.unparsable_records, batch.measurements, batch.markers};
    batch.Clear();
    return {};
  };
  auto text = [&](size_t column, int64_t row) {
    return raw.columns[column].strings[static_cast<size_t>(row)];
  };
  for (int64_t i = 0; i < raw.num_rows(); ++i) {
    auto row = static_cast<size_t>(i);
    normalizer->Add({text(0, i), text(2, i), raw.columns[3].ints[row], raw.columns[4].ints[row],
                     text(5, i), text(6, i)},
                    &batch);
    if (batch.events.num_rows() >= kRowsPerAppend) TRY(append());
  }
  TRY(append());
  TRY(engine_->Append("incoming_subjects", subjects));
  return counts;
}

Result<> SilverBuilder::WriteSubjects(const events::SourceMapping& source, const std::string& txn,
                                      int64_t version) {
  auto table = lake_.Subjects();
  auto snapshot = TRY(table.Load());
  if (IsDone(snapshot, txn, version)) return {};
  std::string select = format(
      "select subject_id, {0} as source, {1} as identifier_system, identifier from "
      "incoming_subjects "
      "where subject_id not in (select subject_id from ({2}) where source = {0}) order by "
      "subject_id",
      base::QuoteSql(source.name), base::QuoteSql(source.identifier_system),
      table.SelectAll(snapshot));
  engine::DeltaChange change{.adds = TRY(table.WriteFile(engine_, select)),
                             .txns = {{txn, version}}};
  TRY(table.Commit(snapshot, change));
  return {};
}

Result<> SilverBuilder::Judge(const events::SourceMapping& source, const std::string& txn,
                              int64_t version) {
  auto table = lake_.Events();
  auto snapshot = TRY(table.Load());
  // Where a killed run already wrote these events, they are judged against what was there before
  // them.
  if (IsDone(snapshot, txn, version)) {
    int64_t before = snapshot.version;
    while (before >= 0 && IsDone(TRY(table.Load(before)), txn, version)) --before;
    snapshot = before < 0 ? engine::DeltaSnapshot{} : TRY(table.Load(before));
  }
  return engine_->Execute(JudgeSql(source.name, table.SelectAll(snapshot)));
}

Result<> SilverBuilder::WriteEvents(const events::SourceMapping& source, const std::string& feed,
                                    const std::string& txn, int64_t version) {
  auto table = lake_.Events();
  auto snapshot = TRY(table.Load());
  if (IsDone(snapshot, txn, version)) return {};
  std::string select = format(R"(
select subject_id, event_time, known_time, received_seq, concept, source_code, value, text, unit,
       status, quality, encounter_ref, {} as source, source_record_id, {} as feed
from (
  select subject_id, event_time, known_time, received_seq, concept, source_code,
         case when verdict = 'conflict' then null else value end as value,
         case when verdict = 'conflict' then null else text end as text,
         unit, case when verdict = 'conflict' then 'conflict' else status end as status, quality,
         encounter_ref, source_record_id
  from judged where verdict in ('stored', 'conflict')
  order by subject_id, known_time, received_seq
))",
                              base::QuoteSql(source.name), base::QuoteSql(feed));
  engine::DeltaChange change{.txns = {{txn, version}}};
  change.adds = TRY(table.WriteFile(engine_, select, {{"month", Month(base::NowUs())}}));
  TRY(table.Commit(snapshot, change));
  return {};
}

Result<> SilverBuilder::WriteQuarantine(const events::SourceMapping& source,
                                        const std::string& feed, const std::string& bronze,
                                        const std::string& txn, int64_t version) {
  auto table = lake_.Quarantine();
  auto snapshot = TRY(table.Load());
  if (IsDone(snapshot, txn, version)) return {};
  std::string select = format(R"(
select feed, source_position, received_time, field, reason, rule, payload_ref, {0} as source from (
  select * from refused
  union all
  select {2} as feed, origin.source_position, origin.received_time,
         coalesce(concept, source_code), 'duplicate_conflict',
         'same key, same known_time, other value', received_seq
  from judged join ({1}) as origin using (received_seq) where verdict = 'conflict'
) order by payload_ref, field)",
                              base::QuoteSql(source.name), bronze, base::QuoteSql(feed));
  engine::DeltaChange change{.adds = TRY(table.WriteFile(engine_, select)),
                             .txns = {{txn, version}}};
  TRY(table.Commit(snapshot, change));
  return {};
}

Result<> SilverBuilder::WriteQuality(const events::SourceMapping& source, const std::string& feed,
                                     const std::string& txn, int64_t version,
                                     SilverCounts* counts) {
  auto verdicts = TRY(engine_->QueryAll(
      "select verdict, count(*) from judged where status in ('final', 'corrected', 'retracted') "
      "group by verdict"));
  for (size_t i = 0; i < static_cast<size_t>(verdicts.num_rows()); ++i) {
    auto verdict = verdicts.columns[0].strings[i];
    int64_t rows = verdicts.columns[1].ints[i];
    if (verdict == "stored") counts->stored = rows;
    if (verdict == "duplicate") counts->duplicates = rows;
    if (verdict == "conflict") counts->voided = rows;
  }
  counts->quarantined = counts->measurements - counts->stored - counts->duplicates;
  auto table = lake_.Quality();
  auto snapshot = TRY(table.Load());
  double score = counts->measurements == 0 ? 1
                                           : 1 - static_cast<double>(counts->quarantined) /
                                                     static_cast<double>(counts->measurements);
  std::string select = format(
      "select {} as source, {} as feed, {} as bronze_version, {} as records, {} as "
      "unparsable_records, {} as measurements, "
      "{} as stored, {} as duplicates, {} as quarantined, {} as voided, {} as markers, {}::double "
      "as quality_score",
      base::QuoteSql(source.name), base::QuoteSql(feed), version, counts->records,
      counts->unparsable_records, counts->measurements, counts->stored, counts->duplicates,
      counts->quarantined, counts->voided, counts->markers, score);
  engine::DeltaChange change{.adds = TRY(table.WriteFile(engine_, select)),
                             .txns = {{txn, version}}};
  TRY(table.Commit(snapshot, change));
  return {};
}

}  // namespace codman::lakehouse
