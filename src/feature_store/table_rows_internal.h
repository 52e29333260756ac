// Prediction rows that a gold table tells: each row is computed as a form is, from the columns that
// the feature set names. Private to feature_store.
#pragma once

#include <memory>

#include "engine/sql_engine.h"
#include "feature_store/parquet_matrix_internal.h"
#include "feature_store/prediction_rows.h"
#include "features/kernel.h"
#include "lakehouse/lake.h"

namespace codman::feature_store {

// Adds the rows of rule.table and rule.source to `rows`, whose subjects are staged as
// subject_places, and writes their vectors. Refused: a column that the table lacks, by name. Texts
// that are no level of their feature are missing values; how many is noted.
Result<> ComputeTableRows(engine::SqlEngine* engine, const lakehouse::Lake& lake,
                          const features::Plan& plan, const RowRule& rule, PartWriter* writer,
                          PredictionRows* rows);

}  // namespace codman::feature_store
