#include <unordered_map>
#include <unordered_set>

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

constexpr int64_t kRowsPerMove = 100000;

const columns::Schema& SubjectSchema() {
  static const columns::Schema schema = {{"subject_id", Type::kInt64},
                                         {"identifier", Type::kString}};
  return schema;
}

// Normalised rows on their way into EventRows and the scratch tables.
class StepWriter {
 public:
  StepWriter(engine::SqlEngine* engine, governance::Identity* identity,
             std::unordered_map<std::string, int64_t>* tokens, const events::SourceMapping& source,
             EventRows* rows)
      : engine_(engine),
        identity_(identity),
        tokens_(tokens),
        source_(source),
        rows_(rows),
        subjects_(SubjectSchema()) {}

  events::Normalized* batch() { return &batch_; }

  // Moves the events of the batch on; what was refused stays until Finish.
  Result<> MoveEvents() {
    Column subject_ids{.field = {"subject_id", Type::kInt64}};
    subject_ids.ints = TRY(SubjectIds());
    subject_ids.valid.assign(subject_ids.ints.size(), 1);
    std::swap(batch_.events.columns[0], subject_ids);
    rows_->Append(batch_.events);
    std::swap(batch_.events.columns[0], subject_ids);
    batch_.events.Clear();
    return {};
  }

  Result<SilverCounts> Finish() {
    TRY(MoveEvents());
    TRY(engine_->Append("refused", batch_.quarantine));
    TRY(engine_->Append("incoming_subjects", subjects_));
    return SilverCounts{batch_.records, batch_.unparsable_records, batch_.measurements,
                        batch_.markers};
  }

 private:
  // One per event. Rows of a subject often stand together.
  Result<std::vector<int64_t>> SubjectIds() {
    const Column& named = batch_.events.columns[0];
    std::vector<size_t> places;
    std::vector<std::string> distinct;
    std::unordered_map<std::string_view, size_t> place_of;
    for (size_t i = 0; i < named.valid.size(); ++i) {
      auto identifier = named.strings[i];
      if (i > 0 && identifier == named.strings[i - 1]) {
        places.push_back(places.back());
        continue;
      }
      auto [known, is_new] = place_of.try_emplace(identifier, distinct.size());
      if (is_new) distinct.emplace_back(identifier);
      places.push_back(known->second);
    }
    std::vector<int64_t> tokens = TRY(Tokens(distinct));
    for (size_t i = 0; i < tokens.size(); ++i) Know(distinct[i], tokens[i]);
    std::vector<int64_t> ids;
    ids.reserve(places.size());
    for (size_t place : places) ids.push_back(tokens[place]);
    return ids;
  }

  Result<std::vector<int64_t>> Tokens(const std::vector<std::string>& identifiers) {
    auto name = [&](const std::string& identifier) {
      return source_.identifier_system + '\0' + identifier;
    };
    std::vector<std::string> unknown;
    for (const auto& identifier : identifiers) {
      if (tokens_->count(name(identifier)) == 0) unknown.push_back(identifier);
    }
    if (!unknown.empty()) {
      auto made = TRY(identity_->Tokens(source_.identifier_system, unknown));
      for (size_t i = 0; i < made.size(); ++i) tokens_->emplace(name(unknown[i]), made[i]);
    }
    std::vector<int64_t> tokens;
    for (const auto& identifier : identifiers) tokens.push_back(tokens_->at(name(identifier)));
    return tokens;
  }

  void Know(const std::string& identifier, int64_t token) {
    if (!known_tokens_.insert(token).second) return;
    subjects_.columns[0].AppendInt(token);
    if (source_.public_identifiers)
      subjects_.columns[1].AppendString(identifier);
    else
      subjects_.columns[1].AppendNull();
  }

  engine::SqlEngine* engine_;
  governance::Identity* identity_;
  std::unordered_map<std::string, int64_t>* tokens_;
  const events::SourceMapping& source_;
  EventRows* rows_;
  events::Normalized batch_;
  Table subjects_;
  std::unordered_set<int64_t> known_tokens_;
};

// Feeds one chunk of bronze rows to the normaliser. Records carry their own origin in bronze, which
// is looked up for the few that are refused; rows of a table need it to know their subject.
class ChunkReader {
 public:
  ChunkReader(const events::SourceMapping& source, std::string_view feed,
              events::Normalizer* normalizer)
      : alone_(source.format == events::Format::kNdjson), feed_(feed), normalizer_(normalizer) {}

  std::string Columns() const {
    return alone_ ? "received_seq, payload"
                  : "received_seq, payload, received_time, source_position, content_type";
  }

  // False where the chunk is not in the order of arrival; nothing of it was taken then.
  bool Take(const Table& chunk, events::Normalized* out) {
    const auto& seqs = chunk.columns[0].ints;
    for (size_t i = 0; i < seqs.size(); ++i) {
      if (seqs[i] <= last_seq_) return false;
      last_seq_ = seqs[i];
    }
    const auto& payloads = chunk.columns[1].strings;
    const char* end = seqs.empty() ? nullptr : payloads[0].data() + payloads.num_bytes();
    for (size_t i = 0; i < seqs.size(); ++i) {
      auto payload = payloads[i];
      events::RawRecord record{.feed = feed_, .received_seq = seqs[i], .payload = payload};
      record.readable_after = static_cast<size_t>(end - (payload.data() + payload.size()));
      if (!alone_) {
        record.received_time_us = chunk.columns[2].ints[i];
        record.source_position = chunk.columns[3].strings[i];
        record.content_type = chunk.columns[4].strings[i];
      }
      normalizer_->Add(record, out);
    }
    return true;
  }

 private:
  const bool alone_;
  const std::string feed_;
  events::Normalizer* normalizer_;
  int64_t last_seq_ = INT64_MIN;
};

}  // namespace

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

Result<> SilverSteps::Begin() {
  TRY(engine_->CreateTable("refused", events::QuarantineSchema()));
  return engine_->CreateTable("incoming_subjects", SubjectSchema());
}

// Bronze rows usually lie in the order of their arrival; where they do not, all is taken again,
// sorted.
Result<SilverCounts> SilverSteps::Normalise(const events::SourceMapping& source,
                                            const std::string& feed, const std::string& bronze,
                                            EventRows* rows) {
  size_t before = rows->size();
  for (bool sorted : {false, true}) {
    auto normalizer = events::Normalizer::Create(source, *concepts_, base::NowUs());
    ChunkReader reader(source, feed, normalizer.get());
    StepWriter writer(engine_, identity_, &tokens_, source, rows);
    bool in_order = true;
    auto take = [&](const Table& chunk) -> Result<> {
      in_order = in_order && reader.Take(chunk, writer.batch());
      if (writer.batch()->events.num_rows() >= kRowsPerMove) TRY(writer.MoveEvents());
      return {};
    };
    TRY(engine_->Query(format("select {} from ({}){}", reader.Columns(), bronze,
                              sorted ? " order by received_seq" : ""),
                       take));
    if (in_order) return writer.Finish();
    rows->Truncate(before);
  }
  return base::DataQuality(format("two bronze rows of {} have the same received_seq", feed));
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
  return engine_->Execute(format(
      "{}; drop table if exists refused; drop table if exists incoming_subjects", kDropStaged));
}

std::string StoredSql(const events::SourceMapping& source, const std::string& feed,
                      const std::string& judged) {
  return format(
      "select subject_id, event_time, known_time, received_seq, concept, source_code, value, text, "
      "unit, status, quality, encounter_ref, {} as source, source_record_id, {} as feed from {}",
      engine::EnumLiteral(source.name), engine::EnumLiteral(feed), judged);
}

std::string ConflictsSql(const events::SourceMapping& source, const std::string& feed,
                         const std::string& judged, const std::string& bronze) {
  return format(R"(
select {0} as feed, origin.source_position, origin.received_time,
       coalesce(concept, source_code) as field, 'duplicate_conflict' as reason,
       'same key, same known_time, other value' as rule, received_seq as payload_ref,
       {1} as source
from {2} as judged join ({3}) as origin using (received_seq) where status = 'conflict')",
                base::QuoteSql(feed), base::QuoteSql(source.name), judged, bronze);
}

std::string RefusedSql(const events::SourceMapping& source, const std::string& feed,
                       const std::string& refused, const std::string& bronze) {
  return format(R"(
select {0} as feed, origin.source_position, origin.received_time, field, reason, rule, payload_ref,
       {1} as source
from {2} as refused join ({3}) as origin on origin.received_seq = refused.payload_ref)",
                base::QuoteSql(feed), base::QuoteSql(source.name), refused, bronze);
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

int64_t VersionOf(const engine::DeltaSnapshot& snapshot, const std::string& txn) {
  auto found = snapshot.txns.find(txn);
  return found == snapshot.txns.end() ? -1 : found->second;
}

bool IsDone(const engine::DeltaSnapshot& snapshot, const std::string& txn, int64_t version) {
  return VersionOf(snapshot, txn) >= version;
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
