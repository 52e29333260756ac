// What a source is and how its records map to events: clinic/sources/*.yaml, read and checked.
// Immutable after load.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "events/concepts.h"

namespace codman::events {

enum class Format { kCsv, kPsv, kNdjson };
enum class Role { kConcept, kStatic, kField, kTime, kLabel, kSubject, kEncounter, kIgnored };

// What the cells of a kField column must be: a fact of the row that no concept stands for, kept as
// "<source>//<column>" for the clinic's own tables.
struct FieldRule {
  bool is_number = true;
  // A number below or above a detection limit (">1700", "<8"): the limit is the value, and the text
  // is kept beside it.
  bool censored = false;
  double low = 0, high = 0;          // of numbers, ends included
  std::vector<std::string> levels;   // of texts; none: any text
  std::vector<std::string> missing;  // besides the source's: "888", "-4"
};

// One column of a tabular source.
struct ColumnMapping {
  std::string column;
  Role role = Role::kIgnored;
  int concept_index =
      -1;            // of concept, static (may be -1: kept under its source code) and label columns
  std::string unit;  // UCUM of the cells; empty where the source has none
  bool optional = false;  // the file may lack it
  FieldRule field;        // of a kField column
  int line = 0;
};

// Which member files belong to which feed; of a source with `files`, the query that gives its rows.
struct FeedMapping {
  std::string feed;
  std::string pattern;     // shell pattern on the file name ("patient-vitals*.ndjson*")
  bool is_static = false;  // its values are versions of patient or encounter facts
  std::string query;       // SQL over `files`
};

// A table that queries may read: the files of the given folder whose path within it matches.
struct TableOfFiles {
  std::string name;     // as the query says it
  std::string pattern;  // shell pattern on the path below the folder ("icu/icustays.csv*")
};

// What a local code means ("220045" → heart_rate in /min).
struct CodeMapping {
  int concept_index = -1;
  std::string unit;  // UCUM of the values, whatever the record says; "" = what the record says
};

// Names of the members of an NDJSON record, dots for nesting.
struct RecordMapping {
  std::string id, subject, encounter, event_time, known_time, status;
  std::string measurements;  // list of coded values; "" = the record itself is one
  std::string code, value, unit;
  std::string code_system;  // prefix of codes: "LOINC" → "LOINC//8867-4"
  std::map<std::string, CodeMapping, std::less<>> codes;  // go before the concepts' own codes
};

struct SourceMapping {
  std::string name, description, licence, file;
  Format format = Format::kCsv;
  bool synthetic = false;
  bool public_identifiers = false;
  std::string identifier_system;
  std::vector<FeedMapping> feeds;  // at least one
  // Where this is not empty the records are the rows of the feeds' queries: as lines of a csv with
  // the query's columns, or (ndjson) as objects with them as members.
  std::vector<TableOfFiles> files;
  // Dates are shifted for privacy and may lie in the future.
  bool shifted_dates = false;
  std::vector<std::string> missing;  // cell texts that mean "no value"; "" always does

  // Tabular sources.
  // Who the subject of a row is: a cell, or a part of the file's name (regular expression, first
  // group or whole match), or, where rows have no identifier, the row itself ("<file hash>#<row>").
  // A pattern beside a column takes a part of the cell.
  std::string subject_column, subject_pattern;
  bool row_is_subject = false;
  // A table whose rows are records of their own (an admission, a visit): the columns that
  // name the row, or none where its subject does. Facts are told for every row.
  bool rows_are_records = false;
  std::vector<std::string> record_columns;
  // Regular expression on subjects that are made up, so that a model which learnt from them is
  // marked as one that must not go live.
  std::string fixture_pattern;
  std::string time_column;     // "" where every row stands at the anchor
  bool relative_time = false;  // time_column counts hours from `anchor_us`
  int64_t anchor_us = 0, relative_unit_us = 0;
  std::optional<int> zone_offset_minutes;  // of local times
  std::optional<int64_t> latency_us;       // overrides every concept's
  bool rows_are_prediction_times = false;
  int admission_concept = -1;  // emitted at the anchor, once per subject
  std::vector<ColumnMapping> columns;

  RecordMapping record;  // NDJSON sources

  // SHA-256 over what changes answers, hex.
  std::string hash;

  static Result<SourceMapping> Load(const std::string& path, const Concepts& concepts);
};

// All of clinic/sources, sorted by name.
Result<std::vector<SourceMapping>> LoadSources(const std::string& folder, const Concepts& concepts);

}  // namespace codman::events
