#include <algorithm>
#include <unordered_map>

#include "base/clock.h"
#include "base/text.h"
#include "events/normalizer.h"
#include "lakehouse/lineage.h"
#include "lakehouse/silver_steps_internal.h"

namespace codman::lakehouse {
namespace {

using columns::Column;
using columns::Table;
using columns::Type;

constexpr int64_t kRowsPerAppend = 200000;

const columns::Schema& SubjectSchema() {
  static const columns::Schema schema = {{"subject_id", Type::kInt64},
                                         {"identifier", Type::kString}};
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

// Normalised rows on their way into the scratch tables.
class ScratchWriter {
 public:
  ScratchWriter(engine::SqlEngine* engine, governance::Identity* identity,
                const events::SourceMapping& source)
      : engine_(engine), identity_(identity), source_(source), subjects_(SubjectSchema()) {}

  events::Normalized* batch() { return &batch_; }
  const SilverCounts& counts() const { return counts_; }

  Result<> Append() {
    Identifiers identifiers;
    std::vector<size_t> places;
    const Column& named = batch_.events.columns[0];
    for (size_t i = 0; i < named.valid.size(); ++i) {
      bool same = i > 0 && named.strings[i] == named.strings[i - 1];
      places.push_back(same ? places.back() : identifiers.PlaceOf(named.strings[i]));
    }
    std::vector<int64_t> tokens =
        TRY(identity_->Tokens(source_.identifier_system, identifiers.distinct));
    for (size_t i = 0; i < tokens.size(); ++i) Know(identifiers.distinct[i], tokens[i]);
    Column subject_ids{.field = {"subject_id", Type::kInt64}};
    for (size_t place : places) subject_ids.AppendInt(tokens[place]);
    std::swap(batch_.events.columns[0], subject_ids);
    Column feeds = std::move(batch_.events.columns.back());
    batch_.events.columns.pop_back();
    TRY(engine_->Append("incoming", batch_.events));
    TRY(engine_->Append("refused", batch_.quarantine));
    batch_.events.columns.push_back(std::move(feeds));
    std::swap(batch_.events.columns[0], subject_ids);
    counts_ += {batch_.records, batch_.unparsable_records, batch_.measurements, batch_.markers};
    batch_.Clear();
    return {};
  }

  Result<> Finish() {
    TRY(Append());
    return engine_->Append("incoming_subjects", subjects_);
  }

 private:
  void Know(const std::string& identifier, int64_t token) {
    if (!known_tokens_.emplace(identifier, token).second) return;
    subjects_.columns[0].AppendInt(token);
    if (source_.public_identifiers)
      subjects_.columns[1].AppendString(identifier);
    else
      subjects_.columns[1].AppendNull();
  }

  engine::SqlEngine* engine_;
  governance::Identity* identity_;
  const events::SourceMapping& source_;
  events::Normalized batch_;
  Table subjects_;
  std::unordered_map<std::string, int64_t> known_tokens_;
  SilverCounts counts_;
};

}  // namespace

columns::Schema IncomingSchema() {
  auto schema = events::NormalizedEventSchema();
  schema[0] = {"subject_id", Type::kInt64};
  schema.pop_back();  // the feed, which is one for all rows of a commit
  return schema;
}

Result<const events::SourceMapping*> SilverSteps::SourceOf(const std::string& bronze) {
  const events::SourceMapping* none = nullptr;
  Table row = TRY(engine_->QueryAll(format("select source from ({}) limit 1", bronze)));
  if (row.num_rows() == 0) return none;
  std::string name(row.columns[0].strings[0]);
  for (const auto& source : *sources_) {
    if (source.name == name) return &source;
  }
  return base::NotFound(
      format("bronze holds records of the source '{}', but sources/{}.yaml is gone; put it back",
             name, name));
}

Result<SilverCounts> SilverSteps::Normalise(const events::SourceMapping& source,
                                            const std::string& bronze) {
  TRY(engine_->CreateTable("incoming", IncomingSchema()));
  TRY(engine_->CreateTable("refused", events::QuarantineSchema()));
  TRY(engine_->CreateTable("incoming_subjects", SubjectSchema()));
  Table raw = TRY(engine_->QueryAll(
      format("select feed, source_position, received_time, received_seq, payload, content_type "
             "from ({}) order by received_seq",
             bronze)));
  auto normalizer = events::Normalizer::Create(source, *concepts_, base::NowUs());
  ScratchWriter writer(engine_, identity_, source);
  auto text = [&](size_t column, size_t row) { return raw.columns[column].strings[row]; };
  for (size_t i = 0; i < static_cast<size_t>(raw.num_rows()); ++i) {
    normalizer->Add({text(0, i), text(1, i), raw.columns[2].ints[i], raw.columns[3].ints[i],
                     text(4, i), text(5, i)},
                    writer.batch());
    if (writer.batch()->events.num_rows() >= kRowsPerAppend) TRY(writer.Append());
  }
  TRY(writer.Finish());
  return writer.counts();
}

Result<> SilverSteps::WriteSubjects(const events::SourceMapping& source, const std::string& txn,
                                    int64_t version) {
  auto table = lake_.Subjects();
  auto snapshot = TRY(table.Load());
  if (IsDone(snapshot, txn, version)) return {};
  std::string select = format(
      "select distinct subject_id, {0} as source, {1} as identifier_system, identifier from "
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

Result<> SilverSteps::DropScratch() {
  return engine_->Execute(
      "drop view if exists judged; drop table if exists verdicts; drop table if exists repeated; "
      "drop table if exists incoming; drop table if exists refused; "
      "drop table if exists incoming_subjects");
}

std::string StoredSql(const events::SourceMapping& source, const std::string& feed,
                      const std::string& judged) {
  return format(R"(
select subject_id, event_time, known_time, received_seq, concept, source_code, value, text, unit,
       status, quality, encounter_ref, {} as source, source_record_id, {} as feed
from (
  select subject_id, event_time, known_time, received_seq, concept, source_code,
         case when verdict = 'conflict' then null else value end as value,
         case when verdict = 'conflict' then null else text end as text,
         unit, case when verdict = 'conflict' then 'conflict' else status end as status, quality,
         encounter_ref, source_record_id
  from {} where verdict in ('stored', 'conflict')
  order by subject_id, known_time, received_seq
))",
                base::QuoteSql(source.name), base::QuoteSql(feed), judged);
}

std::string ConflictsSql(const events::SourceMapping& source, const std::string& feed,
                         const std::string& judged, const std::string& bronze) {
  return format(R"(
select {0} as feed, origin.source_position, origin.received_time,
       coalesce(concept, source_code) as field, 'duplicate_conflict' as reason,
       'same key, same known_time, other value' as rule, received_seq as payload_ref,
       {1} as source
from {2} as judged join ({3}) as origin using (received_seq) where verdict = 'conflict')",
                base::QuoteSql(feed), base::QuoteSql(source.name), judged, bronze);
}

std::string QualitySql(const events::SourceMapping& source, const std::string& feed,
                       int64_t bronze_version, const SilverCounts& counts,
                       std::optional<double> score) {
  return format(
      "select {} as source, {} as feed, {} as bronze_version, {} as records, {} as "
      "unparsable_records, {} as measurements, {} as stored, {} as duplicates, {} as quarantined, "
      "{} as voided, {} as markers, {}::double as quality_score",
      base::QuoteSql(source.name), base::QuoteSql(feed), bronze_version, counts.records,
      counts.unparsable_records, counts.measurements, counts.stored, counts.duplicates,
      counts.quarantined, counts.voided, counts.markers, score ? format("{}", *score) : "null");
}

Result<> RecordSilverRun(const Lake& lake, storage::Database* database, const std::string& job,
                         const std::map<std::string, int64_t>& feeds, int64_t began_us) {
  LineageRun run{.job = job, .start_us = began_us, .end_us = base::NowUs(), .outcome = "complete"};
  for (const auto& [feed, version] : feeds) {
    auto snapshot = TRY(lake.Bronze(feed).Load(version));
    run.inputs.push_back({"bronze." + feed, version, snapshot.num_rows()});
  }
  for (const char* table : {"silver.events", "silver.quarantine", "silver.subjects"}) {
    auto snapshot = TRY(lake.Newest(table));
    run.outputs.push_back({table, snapshot.version, snapshot.num_rows()});
  }
  return TRY(Lineage::Open(database)).Record(run);
}

bool IsDone(const engine::DeltaSnapshot& snapshot, const std::string& txn, int64_t version) {
  auto found = snapshot.txns.find(txn);
  return found != snapshot.txns.end() && found->second >= version;
}

Result<engine::DeltaSnapshot> LoadBefore(const engine::DeltaTable& table, const std::string& txn,
                                         int64_t version) {
  auto snapshot = TRY(table.Load());
  int64_t before = snapshot.version;
  while (before >= 0 && IsDone(snapshot, txn, version)) {
    --before;
    snapshot = before < 0 ? engine::DeltaSnapshot{} : TRY(table.Load(before));
  }
  return snapshot;
}

std::string CurrentMonth() { return base::FormatTime(base::NowUs()).substr(0, 7); }

}  // namespace codman::lakehouse
