// The events of one step on their way into silver, in memory: numbers per row, and once what
// repeats (names, the identifiers of a record). Private to lakehouse.
//
// Rows keep the order in which they came. About 50 bytes a row.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "columns/columns.h"
#include "engine/sql_engine.h"

namespace codman::lakehouse {

// Columns of the events that a step reads: those of silver.events without source, feed and month.
columns::Schema IncomingSchema();

// Texts and their places, which begin at 1; 0 is the null.
class TextPlaces {
 public:
  uint32_t PlaceOf(std::string_view text);     // adds it where it is new
  uint32_t Find(std::string_view text) const;  // kNone where it is unknown
  const std::string& operator[](uint32_t place) const { return *texts_[place - 1]; }
  static constexpr uint32_t kNone = UINT32_MAX;

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, uint32_t, Hash, std::equal_to<>> places_;
  std::vector<const std::string*> texts_;
};

// What many rows share.
struct EventKind {
  uint32_t concept_name = 0, source_code = 0, unit = 0, status = 0;  // places in EventRows::names
  double quality = 1;
  bool operator==(const EventKind&) const = default;
};

struct EventRecord {
  uint32_t id = 0, encounter = 0;  // places in EventRows::identifiers
  bool operator==(const EventRecord&) const = default;
};

enum class Verdict : uint8_t { kStored, kDuplicate, kConflict };

struct EventRows {
  std::vector<int64_t> subject_ids, event_times_us, known_times_us, received_seqs;
  std::vector<double> values;                   // NaN = none
  std::vector<uint32_t> kinds, records, texts;  // texts: places in `names`
  std::vector<Verdict> verdicts;                // kStored until they are judged
  std::vector<EventKind> all_kinds;
  std::vector<EventRecord> all_records;
  TextPlaces names, identifiers;

  size_t size() const { return subject_ids.size(); }
  // Adds rows of IncomingSchema().
  void Append(const columns::Table& rows);
  // Takes back the rows from this one on.
  void Truncate(size_t rows);
  std::string_view StatusOf(size_t row) const { return names[all_kinds[kinds[row]].status]; }
  // final, corrected and retracted values count as measurements; facts, labels and markers do not.
  bool IsMeasured(size_t row) const;

  // Makes the view `judged` of what silver is to hold: the columns of IncomingSchema(); duplicates
  // are left out, and a conflict has lost its value. In the order of silver's files: by subject,
  // known time and arrival. Texts of few values are enums.
  Result<> StageForSilver(engine::SqlEngine* engine) const;
  // The same in the order of arrival with two columns more: `place`, that of the row here, and
  // `measured` (0 or 1).
  Result<> StageInOrder(engine::SqlEngine* engine) const;

 private:
  uint32_t KindOf(std::string_view concept_name, std::string_view source_code,
                  std::string_view unit, std::string_view status, double quality);
  Result<> StageKinds(engine::SqlEngine* engine, bool as_enums) const;
  Result<> Stage(engine::SqlEngine* engine, const std::vector<uint32_t>& order,
                 bool with_place) const;
  void StageRows(std::span<const uint32_t> rows, bool with_place, columns::Table* batch) const;

  std::vector<uint32_t> recent_kinds_;  // by a cheap hash; places in all_kinds
};

// What Stage made.
constexpr char kDropStaged[] =
    "drop view if exists judged; drop table if exists staged; drop table if exists staged_kinds; "
    "drop table if exists staged_records";

}  // namespace codman::lakehouse
