#include <algorithm>
#include <limits>
#include <utility>

#include "base/crypto.h"
#include "base/text.h"
#include "feature_store/history_stream_internal.h"

namespace codman::feature_store {
namespace {

using columns::Table;
using columns::Type;

// Kinds of rows in the ordered stream of events.
enum Kind : int64_t {
  kObservation = 0,
  kMarker = 1,
  kLabel = 2,
  kStart = 3,
  kEnd = 4,
  kCohortRow = 5
};

Result<> StageConcepts(engine::SqlEngine* engine, const events::Concepts& concepts,
                       const features::Plan& plan) {
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
  double value = chunk.columns[6].valid[i] != 0 ? chunk.columns[6].doubles[i]
                                                : std::numeric_limits<double>::quiet_NaN();
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

}  // namespace

Result<Subjects> StageSubjects(engine::SqlEngine* engine, const lakehouse::Lake& lake,
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
  Table places({{"subject_id", Type::kInt64}, {"place", Type::kInt64}});
  for (size_t i = 0; i < subjects.ids.size(); ++i) {
    places.columns[0].AppendInt(subjects.ids[i]);
    places.columns[1].AppendInt(static_cast<int64_t>(i));
  }
  TRY(engine->CreateTable("subject_places", places.schema()));
  TRY(engine->Append("subject_places", places));
  return subjects;
}

std::string ToldBy(const lakehouse::Lake& lake, const engine::DeltaSnapshot& events,
                   const std::string& source) {
  return format("select * from ({}) where source = {}", lake.Events().SelectAll(events),
                base::QuoteSql(source));
}

Result<> StreamHistories(const HistoryRequest& request,
                         const std::function<Result<>(SubjectHistory)>& sink) {
  const auto& rule = request.rule;
  TRY(StageConcepts(request.engine, request.concepts, request.plan));
  TRY(StageClasses(request.engine, ToldBy(request.lake, request.events, rule.source),
                   request.concepts, request.plan));
  std::string besides = rule.cohort ? CohortStreamSql() : TRY(LabelsOfTable(request.lake, rule));
  SubjectHistory history;
  bool any = false;
  TRY(request.engine->Query(StreamSql(request.lake, request.events, rule, besides),
                            [&](const Table& chunk) -> Result<> {
                              for (size_t i = 0; i < static_cast<size_t>(chunk.num_rows()); ++i) {
                                auto place = static_cast<int32_t>(chunk.columns[0].ints[i]);
                                if (any && place != history.subject)
                                  TRY(sink(std::exchange(history, {})));
                                any = true;
                                history.subject = place;
                                Take(chunk, i, &history);
                              }
                              return {};
                            }));
  return any ? sink(std::move(history)) : Result<>();
}

}  // namespace codman::feature_store
