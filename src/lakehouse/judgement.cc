#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/text.h"
#include "lakehouse/judgement_internal.h"

namespace codman::lakehouse {
namespace {

using columns::Table;
using columns::Type;

constexpr char kKey[] =
    "subject_id, concept, source_code, source_record_id, "
    "case when source_record_id is null and status <> 'static' then event_time end, "
    "case when status = 'static' then coalesce(encounter_ref, '') end";

// Rows of silver that may share a key with incoming ones: a superset that is cheap to find. Those
// that have the identifier of a record, and those without one.
constexpr char kWithIdSql[] = "source_record_id in (select id from incoming_ids)";
constexpr char kWithoutIdSql[] =
    "source_record_id is null and subject_id in (select subject_id from incoming_keys) "
    "and (status = 'static' or event_time in (select event_time from incoming_keys))";
constexpr char kCandidatesSql[] =
    "select subject_id, event_time, known_time, received_seq, concept, source_code, value, text, "
    "status, encounter_ref, source_record_id from ({}) where {}";

struct Key {
  int64_t subject_id = 0, event_time_us = 0;
  uint32_t concept_name = 0, source_code = 0, record = 0;
  uint32_t fact_encounter = 0;  // of facts: its place and 1
  bool operator==(const Key&) const = default;

  uint64_t Hash() const {
    auto mix = [](uint64_t hash, uint64_t word) {
      hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
      return hash ^ (hash >> 32);
    };
    uint64_t hash = mix(static_cast<uint64_t>(subject_id), static_cast<uint64_t>(event_time_us));
    hash = mix(hash, (uint64_t{concept_name} << 32) | source_code);
    return mix(hash, (uint64_t{record} << 32) | fact_encounter);
  }
};

Key KeyOf(const EventRows& rows, size_t row) {
  const EventKind& kind = rows.all_kinds[rows.kinds[row]];
  const EventRecord& record = rows.all_records[rows.records[row]];
  bool fact = rows.names[kind.status] == "static";
  return {.subject_id = rows.subject_ids[row],
          .event_time_us = record.id == 0 && !fact ? rows.event_times_us[row] : 0,
          .concept_name = kind.concept_name,
          .source_code = kind.source_code,
          .record = record.id,
          .fact_encounter = fact ? record.encounter + 1 : 0};
}

// What silver holds of one key.
struct Version {
  int64_t known_time_us = 0, received_seq = 0;
  double value = 0;
  std::string text;
  bool retracted = false, voided = false;

  bool SameAs(const Version& other) const {
    bool same_value = value == other.value || (std::isnan(value) && std::isnan(other.value));
    return same_value && text == other.text && retracted == other.retracted;
  }
};

// The rows of a key that several rows have, or silver too.
struct Group {
  std::vector<uint32_t> rows;
  std::vector<Version> versions;
};

// Finds the first row of each key; the rows of a repeated one are gathered.
class KeyTable {
 public:
  explicit KeyTable(const EventRows& rows) : rows_(rows) {
    size_t slots = 16;
    while (slots < 2 * rows.size()) slots *= 2;
    slots_.assign(slots, kEmpty);
    for (size_t i = 0; i < rows.size(); ++i) {
      auto row = static_cast<uint32_t>(i);
      uint32_t& slot = *SlotOf(KeyOf(rows, i));
      if (slot == kEmpty)
        slot = row;
      else
        GroupOf(slot)->rows.push_back(row);
    }
  }

  // nullptr where no incoming row has the key.
  Group* Find(const Key& key) {
    uint32_t first = *SlotOf(key);
    return first == kEmpty ? nullptr : GroupOf(first);
  }
  std::unordered_map<uint32_t, Group>& groups() { return groups_; }

 private:
  static constexpr uint32_t kEmpty = UINT32_MAX;

  uint32_t* SlotOf(const Key& key) {
    for (size_t at = key.Hash() & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at] == kEmpty || KeyOf(rows_, slots_[at]) == key) return &slots_[at];
    }
  }
  Group* GroupOf(uint32_t first) {
    Group& group = groups_[first];
    if (group.rows.empty()) group.rows.push_back(first);
    return &group;
  }

  const EventRows& rows_;
  std::vector<uint32_t> slots_;
  std::unordered_map<uint32_t, Group> groups_;  // by the first row of the key
};

// One record may tell a key twice: what voids the first stands behind it.
bool IsBefore(const Version& a, const Version& b) {
  return std::tuple(a.known_time_us, a.received_seq, a.voided) <
         std::tuple(b.known_time_us, b.received_seq, b.voided);
}

void JudgeGroup(Group* group, EventRows* rows) {
  auto& versions = group->versions;
  std::sort(versions.begin(), versions.end(), IsBefore);
  std::stable_sort(group->rows.begin(), group->rows.end(), [&](uint32_t a, uint32_t b) {
    return rows->received_seqs[a] < rows->received_seqs[b];
  });
  for (uint32_t row : group->rows) {
    // Sought behind everything of its own record.
    Version version{rows->known_times_us[row],
                    rows->received_seqs[row],
                    rows->values[row],
                    rows->texts[row] == 0 ? "" : rows->names[rows->texts[row]],
                    rows->StatusOf(row) == "retracted",
                    true};
    auto after = std::upper_bound(versions.begin(), versions.end(), version, IsBefore);
    Verdict& verdict = rows->verdicts[row];
    if (after != versions.begin()) {
      const Version& before = *(after - 1);
      if (before.SameAs(version)) {
        verdict = Verdict::kDuplicate;
        continue;
      }
      if (before.known_time_us == version.known_time_us) {
        verdict = Verdict::kConflict;
        version.value = std::nan("");
        version.text.clear();
        version.retracted = false;
      }
    }
    version.voided = verdict == Verdict::kConflict;
    versions.insert(after, std::move(version));
  }
}

// What the conditions ask for, as tables of which one may be empty.
struct Incoming {
  Table keys{{{"subject_id", Type::kInt64}, {"event_time", Type::kTimestamp}}};
  Table ids{{{"id", Type::kString}}};

  explicit Incoming(const EventRows& rows) {
    for (size_t i = 0; i < rows.size(); ++i) {
      if (rows.all_records[rows.records[i]].id != 0) continue;
      keys.columns[0].AppendInt(rows.subject_ids[i]);
      keys.columns[1].AppendInt(rows.event_times_us[i]);
    }
    for (const auto& record : rows.all_records) {
      if (record.id != 0) ids.columns[0].AppendString(rows.identifiers[record.id]);
    }
  }
};

Result<> AddExisting(engine::SqlEngine* engine, const std::string& existing, const EventRows& rows,
                     KeyTable* table) {
  auto add = [&](const Table& found) -> Result<> {
    const auto& columns = found.columns;
    auto text = [&](size_t column, size_t row) { return columns[column].strings[row]; };
    for (size_t i = 0; i < static_cast<size_t>(found.num_rows()); ++i) {
      Key key{.subject_id = columns[0].ints[i],
              .concept_name = rows.names.Find(text(4, i)),
              .source_code = rows.names.Find(text(5, i)),
              .record = rows.identifiers.Find(text(10, i))};
      auto status = text(8, i);
      bool fact = status == "static";
      uint32_t encounter = rows.identifiers.Find(text(9, i));
      bool known = key.concept_name != TextPlaces::kNone && key.source_code != TextPlaces::kNone &&
                   key.record != TextPlaces::kNone && (!fact || encounter != TextPlaces::kNone);
      if (!known) continue;
      if (fact) key.fact_encounter = encounter + 1;
      if (key.record == 0 && !fact) key.event_time_us = columns[1].ints[i];
      Group* group = table->Find(key);
      if (group == nullptr) continue;
      double value = columns[6].valid[i] != 0 ? columns[6].doubles[i] : std::nan("");
      group->versions.push_back({columns[2].ints[i], columns[3].ints[i], value,
                                 std::string(text(7, i)), status == "retracted",
                                 status == "conflict"});
    }
    return {};
  };
  const Incoming incoming(rows);
  for (auto [name, wanted, where] : {std::tuple("incoming_ids", &incoming.ids, kWithIdSql),
                                     std::tuple("incoming_keys", &incoming.keys, kWithoutIdSql)}) {
    if (wanted->num_rows() == 0) continue;
    TRY(engine->CreateTable(name, wanted->schema()));
    TRY(engine->Append(name, *wanted));
    TRY(engine->Query(format(kCandidatesSql, existing, where), add));
    TRY(engine->Execute(format("drop table {}", name)));
  }
  return {};
}

}  // namespace

const char* KeySql() { return kKey; }

Result<Judged> Judge(engine::SqlEngine* engine, const std::string& existing, EventRows* rows) {
  KeyTable table(*rows);
  if (!existing.empty() && rows->size() > 0) TRY(AddExisting(engine, existing, *rows, &table));
  for (auto& [first, group] : table.groups()) JudgeGroup(&group, rows);
  Judged judged;
  for (size_t i = 0; i < rows->size(); ++i) {
    if (!rows->IsMeasured(i)) continue;
    if (rows->verdicts[i] == Verdict::kStored) ++judged.stored;
    if (rows->verdicts[i] == Verdict::kDuplicate) ++judged.duplicates;
    if (rows->verdicts[i] == Verdict::kConflict) ++judged.conflicts;
  }
  return judged;
}

}  // namespace codman::lakehouse
