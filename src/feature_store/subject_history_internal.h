// What the events of one subject say of its stays, and when it is predicted. Private to
// feature_store.
#pragma once

#include <cstdint>
#include <vector>

#include "feature_store/prediction_rows.h"
#include "features/kernel.h"

namespace codman::feature_store {

// What one subject brings, in order of knowledge.
struct SubjectHistory {
  int32_t subject = 0;
  std::vector<features::Observation> observations;
  struct Told {
    int64_t time_us;
    double value;
    uint64_t stay = 0;  // of starts: which stay the source says
  };
  std::vector<Told> markers, labels, starts, ends;
  std::vector<Told> cohort_rows;  // value: place in CohortRows
};

// Times with the row's number within the subject, or its place in CohortRows, as value. Hours are
// those of each stay: of what is told of a start the first holds, of ends before the next stay the
// last; a stay whose end is not told lasts until the last observation or the next stay.
std::vector<SubjectHistory::Told> PredictionTimesOf(const SubjectHistory& history,
                                                    const RowRule& rule);

// Since the stay that began last; NaN before the first.
double HoursOfStay(const SubjectHistory& history, int64_t time_us);

}  // namespace codman::feature_store
