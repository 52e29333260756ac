// Prediction rows, labels and exclusions of a declared cohort (events/cohort.h), computed by one
// SQL statement over silver.events. Private to feature_store.
//
// A version of a record holds from its known_time until the next version of the same record is
// known (data-model.md 3). Windows that end at or before the prediction time see the versions that
// hold then; later ones those that hold at the end of the snapshot.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "engine/sql_engine.h"
#include "events/cohort.h"
#include "events/concepts.h"
#include "feature_store/prediction_rows.h"

namespace codman::feature_store {

// What the table cohort_rows of the engine tells of its rows; its column `row` is the place here.
struct CohortRows {
  std::vector<double> label;
  std::vector<int32_t> source_row;            // within the subject, from 1: the trigger's number
  std::vector<std::string> excluded_because;  // "" where the row is in the cohort
};

// `told`: SQL of the source's events. Makes the table cohort_rows(subject_id, prediction_time,
// row).
Result<CohortRows> StageCohort(engine::SqlEngine* engine, const std::string& told,
                               const events::Concepts& concepts, const RowRule& rule);

// The statement; wants the table cohort_codes(told_as, predicate, of_class). Columns: subject_id,
// prediction_time, source_row, label, excluded_because, row.
std::string CohortSql(const std::string& told, const RowRule& rule);

// What a reader of the report must know: windows that see beyond the prediction time.
std::vector<std::string> CohortNotes(const events::Cohort& cohort);

}  // namespace codman::feature_store
