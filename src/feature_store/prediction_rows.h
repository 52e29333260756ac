// Which rows of a source are predicted, when, and what their label is.
//
// Cohorts and times use only what was known at the time; labels use everything in the lake.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "events/cohort.h"

namespace codman::feature_store {

enum class PredictionTimes {
  kSourceRows,  // where the source says so (a row of its file): the markers of silver
  kHourly,      // every hour of each stay, from one hour after `start_concept` until `end_concept`
};

struct RowRule {
  std::string source;
  PredictionTimes times = PredictionTimes::kSourceRows;
  std::string start_concept = "icu_admission", end_concept = "icu_discharge";
  std::string label_concept;
  // 0: the label is the value told at the row's own time (missing = no label). Else it is 1 where
  // `label_concept` is told in (t, t + horizon], and rows at or after its first telling are outside
  // the cohort.
  int64_t horizon_us = 0;

  // Instead of the concept: the label at a row's own time is `label_column` of this gold table.
  std::string label_table;

  // Instead of both: criteria over events. Its rows are those of its trigger or, without one, the
  // prediction times above.
  std::optional<events::Cohort> cohort;

  // Instead of all that: the rows of this gold table (registry/task.h says which columns it has).
  std::string table, label_column;
  std::vector<std::string> classes;  // the label column names one of these; empty: it is a number
};

// Places in PredictionRows::reasons that every matrix has; a table may give reasons of its own.
enum Exclusion : uint8_t { kIncluded = 0, kAfterOutcome = 1, kNoLabel = 2 };

struct Subjects {
  // In the order of SHA-256(source, identifier): the same for every installation.
  std::vector<int64_t> ids;  // tokens
  std::vector<std::string>
      identifiers;  // of the source; the token as text where they are protected
};

// One entry per prediction row, in the order of subjects and, within a subject, of time.
struct PredictionRows {
  Subjects subjects;
  std::vector<int32_t> subject;  // index into subjects
  std::vector<int64_t> time_us;
  std::vector<int32_t> source_row;  // 1-based, of the source or counted within the subject
  std::vector<double> label;        // NaN where there is none
  std::vector<double> hours;        // since the last `start_concept`; NaN where it is not known
  std::vector<uint8_t> excluded;    // place in `reasons`
  std::vector<std::string> reasons = {"", "after the outcome", "no label"};
  // What a reader of the report must know of the rows ("insulin: 3 values are no known level").
  std::vector<std::string> notes;

  const std::string& WhyExcluded(size_t row) const { return reasons[excluded[row]]; }
  // The place of a reason, which is added where it is new.
  uint8_t PlaceOf(const std::string& reason);
  int64_t size() const { return static_cast<int64_t>(subject.size()); }
};

}  // namespace codman::feature_store
