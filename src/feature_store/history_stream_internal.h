// The histories of a source's subjects, streamed out of silver one subject at a time, each in order
// of knowledge. Private to feature_store.
#pragma once

#include <functional>
#include <string>

#include "engine/delta_table.h"
#include "engine/sql_engine.h"
#include "events/concepts.h"
#include "feature_store/prediction_rows.h"
#include "feature_store/subject_history_internal.h"
#include "features/kernel.h"
#include "lakehouse/lake.h"

namespace codman::feature_store {

// Subjects of a source in the order that PredictionRows promises; staged in the engine as
// subject_places(subject_id, place).
Result<Subjects> StageSubjects(engine::SqlEngine* engine, const lakehouse::Lake& lake,
                               const std::string& source);

// SQL of a source's rows of silver.events.
std::string ToldBy(const lakehouse::Lake& lake, const engine::DeltaSnapshot& events,
                   const std::string& source);

struct HistoryRequest {
  engine::SqlEngine* engine;  // with staged subjects and, where the rule has a cohort, its rows
  const lakehouse::Lake& lake;
  const engine::DeltaSnapshot& events;
  const events::Concepts& concepts;
  const features::Plan& plan;
  const RowRule& rule;
};

// Calls `sink` with what each subject brings of the plan's concepts, of labels, stays and markers;
// subjects of whom nothing is told are left out. Stops with the first error. NotFound where the
// rule's label table is not built.
Result<> StreamHistories(const HistoryRequest& request,
                         const std::function<Result<>(SubjectHistory)>& sink);

}  // namespace codman::feature_store
