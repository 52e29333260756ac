// Turns raw records into checked events or reasons. Pure: the same records give the same rows, in
// order.
//
// One Normalizer per source and thread. It keeps a small state per subject (the last value of each
// static column, whether the admission was told) so that facts repeated on every row become one
// version.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "columns/columns.h"
#include "events/concepts.h"
#include "events/source_mapping.h"

namespace codman::events {

// Begins the content type of a record that is no UTF-8: its payload is the base64url of the bytes,
// which are kept but not read. The cure is to convert the file to UTF-8.
inline constexpr std::string_view kBytesMark = "bytes;base64url;";

// One bronze row.
struct RawRecord {
  std::string_view feed;
  std::string_view source_position;  // "file:<sha256>/<member>#<row>"
  int64_t received_time_us = 0;
  int64_t received_seq = 0;
  std::string_view payload;
  std::string_view content_type;  // "text/psv;header=HR|O2Sat|…", "application/json"
  // Bytes behind the payload that may be read: with 64 a JSON record is not copied.
  size_t readable_after = 0;
};

// What became of records. Tables grow until the caller clears them.
struct Normalized {
  Normalized();
  // identifier, event_time, known_time, received_seq, concept, source_code, value, text, unit,
  // status, quality, encounter_ref, source_record_id, feed. status: final | corrected | retracted |
  // static | label | marker.
  columns::Table events;
  // feed, source_position, received_time, field, reason, rule, payload_ref (the received_seq of its
  // bronze row)
  columns::Table quarantine;
  int64_t records = 0;  // seen
  int64_t unparsable_records = 0;
  int64_t measurements = 0;  // non-empty concept cells or coded values seen
  int64_t markers = 0;
  void Clear();
};

columns::Schema NormalizedEventSchema();
columns::Schema QuarantineSchema();

// What a field that quarantine names (a column, or a code as the record has it) is called in
// events.
struct EventName {
  std::string concept_name;  // "" = unmapped
  std::string source_code;   // of what has no concept
};
EventName EventNameOf(const SourceMapping& source, const Concepts& concepts,
                      std::string_view field);

class Normalizer {
 public:
  virtual ~Normalizer() = default;
  virtual void Add(const RawRecord& record, Normalized* out) = 0;

  // now_us: records of the future beyond 5 minutes are refused (sources with anchored times are
  // exempt).
  static std::unique_ptr<Normalizer> Create(const SourceMapping& source, const Concepts& concepts,
                                            int64_t now_us);
};

// Splits one delimited record into fields; CSV fields may be quoted. False where a quote is not
// closed.
bool SplitFields(std::string_view record, char separator, bool quoted,
                 std::vector<std::string_view>* fields, std::string* unquoted);

// Whether a delimited header fits the source: every required column is there, none twice. Unknown
// columns are listed in `extra`, not refused. The error names the column.
Result<> CheckHeader(const SourceMapping& source, std::string_view header,
                     std::vector<std::string>* extra);

}  // namespace codman::events
