#include "feature_store/offline_store.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <thread>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/text.h"
#include "feature_store/cohort_rows_internal.h"
#include "feature_store/parquet_matrix_internal.h"
#include "feature_store/subject_history_internal.h"
#include "feature_store/table_rows_internal.h"

namespace codman::feature_store {
namespace {

using columns::Table;
using features::Observation;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Kinds of rows in the ordered stream of events.
enum Kind : int64_t {
  kObservation = 0,
  kMarker = 1,
  kLabel = 2,
  kStart = 3,
  kEnd = 4,
  kCohortRow = 5
};

Result<Subjects> OrderSubjects(engine::SqlEngine* engine, const lakehouse::Lake& lake,
                               const std::string& source) {
  auto table = lake.Subjects();
  auto found = TRY(engine->QueryAll(format(
      "select subject_id, coalesce(identifier, subject_id::varchar) from ({}) where source = {}",
      table.SelectAll(TRY(table.Load())), base::QuoteSql(source))));
  struct Placed {
    base::Digest digest;
    int64_t id;
    std::string identifier;
  };
  std::vector<Placed> placed;
  for (size_t i = 0; i < static_cast<size_t>(found.num_rows()); ++i) {
    std::string identifier(found.columns[1].strings[i]);
    placed.push_back({base::Sha256Of(format("{}\n{}", source, identifier)),
                      found.columns[0].ints[i], identifier});
  }
  std::sort(placed.begin(), placed.end(),
            [](const Placed& a, const Placed& b) { return a.digest < b.digest; });
  Subjects subjects;
  for (auto& entry : placed) {
    subjects.ids.push_back(entry.id);
    subjects.identifiers.push_back(std::move(entry.identifier));
  }
  return subjects;
}

Result<> StageLookups(engine::SqlEngine* engine, const Subjects& subjects,
                      const events::Concepts& concepts, const features::Plan& plan) {
  using columns::Type;
  Table places({{"subject_id", Type::kInt64}, {"place", Type::kInt64}});
  for (size_t i = 0; i < subjects.ids.size(); ++i) {
    places.columns[0].AppendInt(subjects.ids[i]);
    places.columns[1].AppendInt(static_cast<int64_t>(i));
  }
  TRY(engine->CreateTable("subject_places", places.schema()));
  TRY(engine->Append("subject_places", places));
  Table used({{"concept", Type::kString}, {"concept_index", Type::kInt64}});
  for (int index : plan.concepts_used()) {
    used.columns[0].AppendString(concepts[index].name);
    used.columns[1].AppendInt(index);
  }
  TRY(engine->CreateTable("concepts_used", used.schema()));
  return engine->Append("concepts_used", used);
}

// Which classes of the plan each code of the source belongs to (events/code_classes.h). A code that
// a concept claims is told by that concept's name.
Result<> StageClasses(engine::SqlEngine* engine, const std::string& told,
                      const events::Concepts& concepts, const features::Plan& plan) {
  using columns::Type;
  Table classes(
      {{"told_as", Type::kString}, {"concept_index", Type::kInt64}, {"number", Type::kDouble}});
  const auto& used = plan.concepts_used();
  auto add = [&](const std::string& told_as, const std::string& code) {
    for (int index : concepts.ClassesOf(code)) {
      if (!std::binary_search(used.begin(), used.end(), index)) continue;
      classes.columns[0].AppendString(told_as);
      classes.columns[1].AppendInt(index);
      classes.columns[2].AppendDouble(events::CodeNumber(code));
    }
  };
  auto codes = TRY(engine->QueryAll("select distinct source_code from (" + told +
                                    ") where source_code is not null and concept is null"));
  for (size_t i = 0; i < static_cast<size_t>(codes.num_rows()); ++i) {
    std::string code(codes.columns[0].strings[i]);
    add(code, code);
  }
  for (const auto& concept_of : concepts.all()) {
    if (!concept_of.codes.empty()) add(concept_of.name, concept_of.codes.front());
  }
  TRY(engine->CreateTable("code_classes", classes.schema()));
  return engine->Append("code_classes", classes);
}

std::string ToldBy(const lakehouse::Lake& lake, const engine::DeltaSnapshot& snapshot,
                   const std::string& source) {
  return format("select * from ({}) where source = {}", lake.Events().SelectAll(snapshot),
                base::QuoteSql(source));
}

// Every event that matters, subject by subject, in order of knowledge. The key tells versions of
// one record apart from other records (data-model.md 3).
// `besides`: SQL that adds the labels of a table or the rows of a cohort, or "".
std::string StreamSql(const lakehouse::Lake& lake, const engine::DeltaSnapshot& snapshot,
                      const RowRule& rule, const std::string& besides) {
  return format(R"(
with told as ({0}), observed as (
  select subject_id, {3} as kind, event_time, known_time, received_seq, concept_index, value,
         status in ('retracted', 'conflict') as is_void,
         case when source_record_id is not null then hash(source_record_id)
              when status = 'static' then hash('static', coalesce(encounter_ref, ''))
              else hash(event_time) end as key
  from told join concepts_used using (concept)
  where status in ('final', 'corrected', 'retracted', 'conflict', 'static')
), coded as (
  select subject_id, {3}, event_time, known_time, received_seq, concept_index,
         case when value = 0 then 0 else number end,
         status in ('retracted', 'conflict'),
         hash(coalesce(source_record_id, event_time::varchar), told_as)
  from told join code_classes on told_as = coalesce(concept, source_code)
  where status in ('final', 'corrected', 'retracted', 'conflict', 'static')
), others as (
  select subject_id,
         case when concept = 'source_row' then {4} when concept = {1} then {5}
              when concept = {2} then {6} else {7} end,
         event_time, known_time, received_seq, 0, value, false,
         hash(coalesce(encounter_ref, ''))
  from told where (status = 'marker' and concept = 'source_row')
                  or (status = 'label' and concept in ({1}, {8}))
                  or (status = 'static' and concept = {2})
), together as (
  select * from observed union all select * from coded union all select * from others{9}
)
select place, kind, event_time, known_time, received_seq, concept_index, value, is_void, key
from together join subject_places using (subject_id)
order by place, known_time, received_seq)",
                ToldBy(lake, snapshot, rule.source), base::QuoteSql(rule.label_concept),
                base::QuoteSql(rule.start_concept), int(kObservation), int(kMarker), int(kLabel),
                int(kStart), int(kEnd), base::QuoteSql(rule.end_concept), besides);
}

Result<std::string> LabelsOfTable(const lakehouse::Lake& lake, const RowRule& rule) {
  if (rule.label_table.empty()) return std::string();
  auto snapshot = TRY(lake.Newest(rule.label_table));
  if (snapshot.version < 0) {
    return base::NotFound(
        format("the table {} is not built: codman build {}", rule.label_table, rule.label_table));
  }
  engine::DeltaTable table(lake.RootOf(rule.label_table), {});
  return format(
      " union all select subject_id, {}, event_time, event_time, 0, 0, try_cast({} as double), "
      "false, 0::ubigint from ({}) where source = {}",
      int(kLabel), engine::QuoteName(rule.label_column), table.SelectAll(snapshot),
      base::QuoteSql(rule.source));
}

// Rows of the staged cohort, so that a subject whose history tells no feature has its rows too.
std::string CohortStreamSql() {
  return format(
      " union all select subject_id, {}, prediction_time, prediction_time, 0, 0, row::double, "
      "false, 0::ubigint from cohort_rows",
      int(kCohortRow));
}

void Take(const Table& chunk, size_t i, SubjectHistory* history) {
  auto number = [&](size_t k) { return chunk.columns[k].ints[i]; };
  double value = chunk.columns[6].valid[i] != 0 ? chunk.columns[6].doubles[i] : kNaN;
  SubjectHistory::Told told{number(2), value, static_cast<uint64_t>(number(8))};
  switch (number(1)) {
    case kMarker:
      history->markers.push_back(told);
      return;
    case kLabel:
      history->labels.push_back(told);
      return;
    case kStart:
      history->starts.push_back(told);
      return;
    case kEnd:
      history->ends.push_back(told);
      return;
    case kCohortRow:
      history->cohort_rows.push_back(told);
      return;
    default:
      break;
  }
  history->observations.push_back({.event_time_us = number(2),
                                   .known_time_us = number(3),
                                   .received_seq = number(4),
                                   .key = static_cast<uint64_t>(number(8)),
                                   .concept_index = static_cast<int32_t>(number(5)),
                                   .is_void = number(7) != 0,
                                   .value = value});
}

struct Judged {
  double label = kNaN;
  uint8_t excluded = kIncluded;
};

Judged JudgeByConcept(const SubjectHistory& history, const RowRule& rule, int64_t time_us) {
  Judged judged;
  if (rule.horizon_us == 0) {
    for (const auto& told : history.labels) {
      if (told.time_us == time_us) judged.label = told.value;
    }
    if (std::isnan(judged.label)) judged.excluded = kNoLabel;
    return judged;
  }
  int64_t onset = std::numeric_limits<int64_t>::max();
  for (const auto& told : history.labels) onset = std::min(onset, told.time_us);
  judged.label = onset > time_us && onset - time_us <= rule.horizon_us ? 1 : 0;
  if (onset <= time_us) judged.excluded = kAfterOutcome;
  return judged;
}

void AddRow(const SubjectHistory& history, const RowRule& rule, const CohortRows& cohort,
            const SubjectHistory::Told& at, PredictionRows* rows) {
  Judged judged;
  auto source_row = static_cast<int32_t>(at.value);
  if (rule.cohort) {
    auto place = static_cast<size_t>(at.value);
    source_row = cohort.source_row[place];
    judged = {cohort.label[place], rows->PlaceOf(cohort.excluded_because[place])};
  } else {
    judged = JudgeByConcept(history, rule, at.time_us);
  }
  rows->subject.push_back(history.subject);
  rows->time_us.push_back(at.time_us);
  rows->source_row.push_back(source_row);
  rows->label.push_back(judged.label);
  rows->hours.push_back(HoursOfStay(history, at.time_us));
  rows->excluded.push_back(judged.excluded);
}

void ComputeSubject(const SubjectHistory& history, const int64_t* times, int64_t count,
                    features::SubjectState* state, size_t width, double* out) {
  state->Reset();
  size_t next = 0;
  for (int64_t i = 0; i < count; ++i) {
    while (next < history.observations.size() &&
           history.observations[next].known_time_us <= times[i]) {
      state->Add(history.observations[next++]);
    }
    state->Compute(times[i], {out + static_cast<size_t>(i) * width, width});
  }
}

// A part in the making: some subjects, their rows, their vectors.
class PartBuilder {
 public:
  PartBuilder(const std::shared_ptr<const features::Plan>& plan, const RowRule& rule,
              int num_threads, PartWriter* writer)
      : rule_(rule), width_(plan->columns().size()), writer_(writer) {
    int threads = num_threads > 0
                      ? num_threads
                      : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    for (int i = 0; i < threads; ++i) states_.emplace_back(plan);
  }

  Result<> Add(SubjectHistory history) {
    int64_t first = rows_.size();
    for (const auto& at : PredictionTimesOf(history, rule_))
      AddRow(history, rule_, cohort_, at, &rows_);
    spans_.push_back({first, rows_.size() - first});
    histories_.push_back(std::move(history));
    bool full = (rows_.size() - part_first_) * static_cast<int64_t>(width_) >= kValuesPerPart;
    return full ? Finish() : Result<>();
  }

  Result<> Finish() {
    int64_t count = rows_.size() - part_first_;
    if (count > 0) {
      values_.resize(static_cast<size_t>(count) * width_);
      Compute();
      TRY(writer_->Write(rows_, part_first_, values_));
    }
    part_first_ = rows_.size();
    histories_.clear();
    spans_.clear();
    return {};
  }

  PredictionRows& rows() { return rows_; }
  void set_cohort(CohortRows cohort) { cohort_ = std::move(cohort); }

 private:
  struct Span {
    int64_t first, count;
  };

  // Subjects are independent: threads take one after another, each writes its own rows.
  void Compute() {
    std::atomic<size_t> next{0};
    auto work = [&](features::SubjectState* state) {
      for (size_t i = next++; i < histories_.size(); i = next++) {
        auto [first, rows] = spans_[i];
        if (rows == 0) continue;
        ComputeSubject(histories_[i], rows_.time_us.data() + first, rows, state, width_,
                       values_.data() + static_cast<size_t>(first - part_first_) * width_);
      }
    };
    std::vector<std::thread> threads;
    for (size_t i = 1; i < states_.size(); ++i) threads.emplace_back(work, &states_[i]);
    work(&states_[0]);
    for (auto& thread : threads) thread.join();
  }

  RowRule rule_;
  CohortRows cohort_;
  size_t width_;
  PartWriter* writer_;
  std::vector<features::SubjectState> states_;
  PredictionRows rows_;
  std::vector<SubjectHistory> histories_;
  std::vector<Span> spans_;
  std::vector<double> values_;
  int64_t part_first_ = 0;
};

std::string KeyOf(const features::FeatureSet& set, const std::vector<std::string>& blocks,
                  const RowRule& rule, const events::Concepts& concepts,
                  const engine::DeltaSnapshot& events) {
  std::string text = format("{}|{}|{}|{}|{}|{}|{}|{}", set.hash(), base::Join(blocks, ","),
                            rule.source, int(rule.times), rule.start_concept, rule.end_concept,
                            rule.label_concept, rule.horizon_us);
  if (!rule.table.empty() || !rule.label_table.empty()) {
    text += format("|{}|{}|{}|{}", rule.table, rule.label_table, rule.label_column,
                   base::Join(rule.classes, ","));
  }
  // Units and classes of codes change who satisfies a predicate.
  if (rule.cohort) text += format("|{}|{}", rule.cohort->text, concepts.hash());
  for (const auto& file : events.files) text += "|" + file.path;
  return base::Sha256Hex(text).substr(0, 32);
}

Result<> ComputeAll(engine::SqlEngine* engine, const std::string& sql, PartBuilder* builder,
                    size_t num_subjects, const std::function<void(double)>& progress) {
  SubjectHistory history;
  bool any = false;
  TRY(engine->Query(sql, [&](const Table& chunk) -> Result<> {
    for (size_t i = 0; i < static_cast<size_t>(chunk.num_rows()); ++i) {
      auto place = static_cast<int32_t>(chunk.columns[0].ints[i]);
      if (any && place != history.subject) {
        TRY(builder->Add(std::exchange(history, {})));
        if (progress) progress(static_cast<double>(place) / static_cast<double>(num_subjects));
      }
      any = true;
      history.subject = place;
      Take(chunk, i, &history);
    }
    return {};
  }));
  if (any) TRY(builder->Add(std::move(history)));
  return builder->Finish();
}

Result<> ComputeEventRows(engine::SqlEngine* engine, const lakehouse::Lake& lake,
                          const engine::DeltaSnapshot& snapshot, const events::Concepts& concepts,
                          const RowRule& rule, PartBuilder* builder,
                          const std::function<void(double)>& progress) {
  std::string besides = TRY(LabelsOfTable(lake, rule));
  if (rule.cohort) {
    std::string told = ToldBy(lake, snapshot, rule.source);
    builder->set_cohort(TRY(StageCohort(engine, told, concepts, rule)));
    builder->rows().notes = CohortNotes(*rule.cohort);
    besides = CohortStreamSql();
  }
  size_t num_subjects = builder->rows().subjects.ids.size() + 1;
  return ComputeAll(engine, StreamSql(lake, snapshot, rule, besides), builder, num_subjects,
                    progress);
}

}  // namespace

uint8_t PredictionRows::PlaceOf(const std::string& reason) {
  auto found = std::find(reasons.begin(), reasons.end(), reason);
  CHECK(reasons.size() < 255);
  if (found == reasons.end()) found = reasons.insert(found, reason);
  return static_cast<uint8_t>(found - reasons.begin());
}

std::unique_ptr<columns::MatrixSource> OfflineMatrix::Select(
    const std::vector<std::string>& names) const {
  return std::make_unique<ParquetMatrix>(files, names, rows.size(), temp_folder);
}

Result<OfflineMatrix> BuildOfflineMatrix(engine::SqlEngine* engine, const lakehouse::Lake& lake,
                                         const events::Concepts& concepts,
                                         const features::FeatureSet& feature_set,
                                         const std::vector<std::string>& blocks,
                                         const RowRule& rule, const OfflineOptions& options,
                                         const std::function<void(double)>& progress) {
  auto plan = TRY(feature_set.Compile(blocks));
  auto snapshot = TRY(rule.table.empty() ? lake.Events().Load() : lake.Newest(rule.table));
  OfflineMatrix result{.temp_folder = options.temp_folder};
  result.key = KeyOf(feature_set, blocks, rule, concepts, snapshot);
  if (!rule.label_table.empty()) {
    auto labels = TRY(lake.Newest(rule.label_table));
    result.key = base::Sha256Hex(format("{} {} {}", result.key, labels.table_id, labels.version))
                     .substr(0, 32);
  }
  result.folder = format("{}/{}/{}", options.root, feature_set.name(), result.key);
  result.columns = plan->column_names();
  std::string manifest = result.folder + "/manifest.json";
  if (options.reuse && base::FileExists(manifest)) {
    Json document = TRY(base::ParseJson(TRY(base::ReadFile(manifest))));
    for (const auto& name : document["files"].items())
      result.files.push_back(result.folder + "/" + name.AsString());
    result.rows = TRY(ReadIndex(engine, result.folder));
    for (const auto& note : document["notes"].items()) result.rows.notes.push_back(note.AsString());
  } else {
    TRY(base::RemoveTree(result.folder));
    Subjects subjects = TRY(OrderSubjects(engine, lake, rule.source));
    TRY(StageLookups(engine, subjects, concepts, *plan));
    auto writer = TRY(PartWriter::Open(result.folder, result.columns, options.temp_folder));
    PartBuilder builder(plan, rule, options.num_threads, &writer);
    builder.rows().subjects = std::move(subjects);
    if (rule.table.empty()) {
      TRY(StageClasses(engine, ToldBy(lake, snapshot, rule.source), concepts, *plan));
      TRY(ComputeEventRows(engine, lake, snapshot, concepts, rule, &builder, progress));
    } else {
      TRY(ComputeTableRows(engine, lake, *plan, rule, &writer, &builder.rows()));
    }
    TRY(writer.WriteIndex(builder.rows()));
    Json document = Json::Object({{"feature_set", feature_set.name()},
                                  {"feature_set_hash", feature_set.hash()},
                                  {"blocks", Json::Array(blocks)},
                                  {"source", rule.source},
                                  {"rows", builder.rows().size()},
                                  {"notes", Json::Array(builder.rows().notes)},
                                  {"files", Json::Array()}});
    for (const auto& file : writer.files())
      document.members().back().second.Add(file.substr(file.rfind('/') + 1));
    TRY(base::WriteFileAtomically(manifest, document.ToPrettyString()));
    result.files = writer.files();
    result.rows = std::move(builder.rows());
  }
  if (progress) progress(1);
  result.matrix = result.Select(result.columns);
  return result;
}

}  // namespace codman::feature_store
