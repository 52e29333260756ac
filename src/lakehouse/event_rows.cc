#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>

#include "base/text.h"
#include "events/normalizer.h"
#include "lakehouse/event_rows_internal.h"

namespace codman::lakehouse {
namespace {

using columns::Column;
using columns::Table;
using columns::Type;

constexpr size_t kRecentKinds = 1024;  // a power of two
constexpr size_t kRowsPerAppend = 61440;

// Positions in IncomingSchema().
enum IncomingColumn {
  kSubjectId,
  kEventTime,
  kKnownTime,
  kReceivedSeq,
  kConcept,
  kSourceCode,
  kValue,
  kText,
  kUnit,
  kStatus,
  kQuality,
  kEncounterRef,
  kSourceRecordId,
};

// Enough to tell the few kinds of a feed apart; equality is checked.
uint64_t CheapHash(std::string_view text) {
  uint64_t first = 0, last = 0;
  size_t bytes = std::min<size_t>(text.size(), 8);
  std::memcpy(&first, text.data(), bytes);
  std::memcpy(&last, text.data() + (text.size() - bytes), bytes);
  return (first * 0x9E3779B97F4A7C15ULL) ^ (last * 0xC2B2AE3D27D4EB4FULL) ^ text.size();
}

void AppendAll(const std::vector<int64_t>& from, std::vector<int64_t>* to) {
  to->insert(to->end(), from.begin(), from.end());
}

void AppendTextOrNull(const TextPlaces& texts, uint32_t place, Column* column) {
  if (place == 0)
    column->AppendNull();
  else
    column->AppendString(texts[place]);
}

constexpr char kJudgedSql[] = R"(
create or replace temp view judged as
select subject_id, event_time, known_time, received_seq, concept, source_code, value, text, unit,
       status, quality, encounter_ref, source_record_id{}
from staged join staged_kinds using (kind) join staged_records using (record))";

}  // namespace

columns::Schema IncomingSchema() {
  auto schema = events::NormalizedEventSchema();
  schema[0] = {"subject_id", Type::kInt64};
  schema.pop_back();  // the feed, which is one for all rows of a step
  return schema;
}

uint32_t TextPlaces::PlaceOf(std::string_view text) {
  if (text.empty()) return 0;
  auto known = places_.find(text);
  if (known != places_.end()) return known->second;
  auto added = places_.emplace(std::string(text), static_cast<uint32_t>(texts_.size() + 1)).first;
  texts_.push_back(&added->first);
  return added->second;
}

uint32_t TextPlaces::Find(std::string_view text) const {
  if (text.empty()) return 0;
  auto known = places_.find(text);
  return known == places_.end() ? kNone : known->second;
}

uint32_t EventRows::KindOf(std::string_view concept_name, std::string_view source_code,
                           std::string_view unit, std::string_view status, double quality) {
  if (recent_kinds_.empty()) recent_kinds_.assign(kRecentKinds, TextPlaces::kNone);
  uint64_t hash = CheapHash(concept_name) + 3 * CheapHash(source_code) + 5 * CheapHash(status) +
                  7 * CheapHash(unit);
  uint32_t& recent = recent_kinds_[(hash >> 32) & (kRecentKinds - 1)];
  auto is = [&](uint32_t place, std::string_view text) {
    return place == 0 ? text.empty() : names[place] == text;
  };
  if (recent != TextPlaces::kNone) {
    const EventKind& kind = all_kinds[recent];
    if (is(kind.concept_name, concept_name) && is(kind.source_code, source_code) &&
        is(kind.unit, unit) && is(kind.status, status) && kind.quality == quality)
      return recent;
  }
  EventKind kind{names.PlaceOf(concept_name), names.PlaceOf(source_code), names.PlaceOf(unit),
                 names.PlaceOf(status), quality};
  auto known = std::find(all_kinds.begin(), all_kinds.end(), kind);
  recent = static_cast<uint32_t>(known - all_kinds.begin());
  if (known == all_kinds.end()) all_kinds.push_back(kind);
  return recent;
}

void EventRows::Append(const Table& rows) {
  const auto& columns = rows.columns;
  AppendAll(columns[kSubjectId].ints, &subject_ids);
  AppendAll(columns[kEventTime].ints, &event_times_us);
  AppendAll(columns[kKnownTime].ints, &known_times_us);
  AppendAll(columns[kReceivedSeq].ints, &received_seqs);
  const auto &ids = columns[kSourceRecordId].strings, &encounters = columns[kEncounterRef].strings;
  for (size_t i = 0; i < static_cast<size_t>(rows.num_rows()); ++i) {
    values.push_back(columns[kValue].valid[i] != 0 ? columns[kValue].doubles[i] : std::nan(""));
    texts.push_back(names.PlaceOf(columns[kText].strings[i]));
    kinds.push_back(KindOf(columns[kConcept].strings[i], columns[kSourceCode].strings[i],
                           columns[kUnit].strings[i], columns[kStatus].strings[i],
                           columns[kQuality].doubles[i]));
    bool same = i > 0 && ids[i] == ids[i - 1] && encounters[i] == encounters[i - 1];
    if (!same)
      all_records.push_back({identifiers.PlaceOf(ids[i]), identifiers.PlaceOf(encounters[i])});
    records.push_back(static_cast<uint32_t>(all_records.size() - 1));
  }
  verdicts.resize(size(), Verdict::kStored);
}

void EventRows::Truncate(size_t rows) {
  for (auto* numbers : {&subject_ids, &event_times_us, &known_times_us, &received_seqs})
    numbers->resize(rows);
  for (auto* places : {&kinds, &records, &texts}) places->resize(rows);
  values.resize(rows);
  verdicts.resize(rows);
}

bool EventRows::IsMeasured(size_t row) const {
  auto status = StatusOf(row);
  return status == "final" || status == "corrected" || status == "retracted";
}

Result<> EventRows::StageInOrder(engine::SqlEngine* engine) const {
  std::vector<uint32_t> order;
  for (size_t i = 0; i < size(); ++i) {
    if (verdicts[i] != Verdict::kDuplicate) order.push_back(static_cast<uint32_t>(i));
  }
  return Stage(engine, order, true);
}

// By subject first, as a counting sort: within a subject, rows come nearly in order.
Result<> EventRows::StageForSilver(engine::SqlEngine* engine) const {
  std::vector<int64_t> subjects;
  std::unique_copy(subject_ids.begin(), subject_ids.end(), std::back_inserter(subjects));
  std::sort(subjects.begin(), subjects.end());
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  std::unordered_map<int64_t, uint32_t> rank_of;
  for (size_t i = 0; i < subjects.size(); ++i) rank_of[subjects[i]] = static_cast<uint32_t>(i);
  std::vector<uint32_t> ranks(size()), begins(subjects.size() + 1, 0);
  for (size_t i = 0; i < size(); ++i) {
    ranks[i] =
        i > 0 && subject_ids[i] == subject_ids[i - 1] ? ranks[i - 1] : rank_of[subject_ids[i]];
    if (verdicts[i] != Verdict::kDuplicate) ++begins[ranks[i] + 1];
  }
  for (size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
  std::vector<uint32_t> order(begins.back()), next = begins;
  for (size_t i = 0; i < size(); ++i) {
    if (verdicts[i] != Verdict::kDuplicate) order[next[ranks[i]]++] = static_cast<uint32_t>(i);
  }
  auto before = [&](uint32_t a, uint32_t b) {
    return std::pair(known_times_us[a], received_seqs[a]) <
           std::pair(known_times_us[b], received_seqs[b]);
  };
  for (size_t i = 0; i < subjects.size(); ++i) {
    auto begin = order.begin() + begins[i], end = order.begin() + begins[i + 1];
    if (!std::is_sorted(begin, end, before)) std::stable_sort(begin, end, before);
  }
  return Stage(engine, order, false);
}

// Each kind twice: as it is, and as the conflict that voids it. An enum is encoded once a file and
// not once a row; what is compared by hash() must be a text.
Result<> EventRows::StageKinds(engine::SqlEngine* engine, bool as_enums) const {
  Table kinds_table({{"kind", Type::kInt64},
                     {"quality", Type::kDouble},
                     {"concept", Type::kString},
                     {"source_code", Type::kString},
                     {"unit", Type::kString},
                     {"status", Type::kString}});
  auto& columns = kinds_table.columns;
  for (size_t i = 0; i < 2 * all_kinds.size(); ++i) {
    const EventKind& kind = all_kinds[i / 2];
    columns[0].AppendInt(static_cast<int64_t>(i));
    columns[1].AppendDouble(kind.quality);
    AppendTextOrNull(names, kind.concept_name, &columns[2]);
    AppendTextOrNull(names, kind.source_code, &columns[3]);
    AppendTextOrNull(names, kind.unit, &columns[4]);
    columns[5].AppendString(i % 2 == 0 ? std::string_view(names[kind.status]) : "conflict");
  }
  TRY(engine->CreateTable("staged_words", kinds_table.schema()));
  TRY(engine->Append("staged_words", kinds_table));
  std::string fields = "kind, quality";
  for (size_t i = 2; i < columns.size(); ++i) {
    fields += format(", {0}::{1} as {0}", columns[i].field.name,
                     as_enums ? engine::EnumOf(columns[i]) : "varchar");
  }
  return engine->Execute(
      format("create or replace table staged_kinds as select {} from staged_words; drop table "
             "staged_words",
             fields));
}

Result<> EventRows::Stage(engine::SqlEngine* engine, const std::vector<uint32_t>& order,
                          bool with_place) const {
  TRY(StageKinds(engine, !with_place));
  Table records_table({{"record", Type::kInt64},
                       {"source_record_id", Type::kString},
                       {"encounter_ref", Type::kString}});
  for (size_t i = 0; i < all_records.size(); ++i) {
    records_table.columns[0].AppendInt(static_cast<int64_t>(i));
    AppendTextOrNull(identifiers, all_records[i].id, &records_table.columns[1]);
    AppendTextOrNull(identifiers, all_records[i].encounter, &records_table.columns[2]);
  }
  columns::Schema schema = {{"subject_id", Type::kInt64},     {"event_time", Type::kTimestamp},
                            {"known_time", Type::kTimestamp}, {"received_seq", Type::kInt64},
                            {"kind", Type::kInt64},           {"value", Type::kDouble},
                            {"record", Type::kInt64},         {"text", Type::kString}};
  if (with_place) {
    schema.push_back({"place", Type::kInt64});
    schema.push_back({"measured", Type::kInt64});
  }
  TRY(engine->CreateTable("staged_records", records_table.schema()));
  TRY(engine->Append("staged_records", records_table));
  TRY(engine->CreateTable("staged", schema));
  Table batch(schema);
  for (size_t begin = 0; begin < order.size(); begin += kRowsPerAppend) {
    batch.Clear();
    size_t rows = std::min(order.size() - begin, kRowsPerAppend);
    StageRows({order.data() + begin, rows}, with_place, &batch);
    TRY(engine->Append("staged", batch));
  }
  return engine->Execute(format(kJudgedSql, with_place ? ", place, measured" : ""));
}

// Column by column: most are numbers that are never null.
void EventRows::StageRows(std::span<const uint32_t> rows, bool with_place, Table* batch) const {
  auto& columns = batch->columns;
  auto add_ints = [&](size_t column, const auto& value_of) {
    columns[column].valid.resize(rows.size(), 1);
    for (uint32_t row : rows) columns[column].ints.push_back(value_of(row));
  };
  auto is_conflict = [&](uint32_t row) { return verdicts[row] == Verdict::kConflict; };
  add_ints(0, [&](uint32_t row) { return subject_ids[row]; });
  add_ints(1, [&](uint32_t row) { return event_times_us[row]; });
  add_ints(2, [&](uint32_t row) { return known_times_us[row]; });
  add_ints(3, [&](uint32_t row) { return received_seqs[row]; });
  add_ints(4, [&](uint32_t row) {
    return 2 * static_cast<int64_t>(kinds[row]) + (is_conflict(row) ? 1 : 0);
  });
  for (uint32_t row : rows)
    columns[5].AppendDoubleOrNull(is_conflict(row) ? std::nan("") : values[row]);
  add_ints(6, [&](uint32_t row) { return static_cast<int64_t>(records[row]); });
  for (uint32_t row : rows) AppendTextOrNull(names, is_conflict(row) ? 0 : texts[row], &columns[7]);
  if (!with_place) return;
  add_ints(8, [&](uint32_t row) { return static_cast<int64_t>(row); });
  add_ints(9, [&](uint32_t row) { return IsMeasured(row) ? 1 : 0; });
}

}  // namespace codman::lakehouse
