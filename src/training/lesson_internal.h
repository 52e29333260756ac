// What a learner is told of each row: by default the label, each row alike.
//
// A variant that declares `learns: utility` is fitted to what an alert gains over silence by the
// PhysioNet 2019 utility (evaluation/utility.h): 1 where an alert pays, with the gain as weight,
// and 0 where it does not, with weight 1; an hour that counts nothing weighs nothing. Hours that
// earn before the label turns 1 are so not taught as false, and silence that costs more weighs
// more. Weighing examples by what is at stake makes a learner of probabilities one of costs
// (Zadrozny, Langford and Abe, ICDM 2003); how much the two sides weigh against each other moves
// every odds by one factor, which calibration takes out. Calibration, threshold and judgement know
// the label alone. Private to training.
#pragma once

#include <vector>

#include "base/result.h"
#include "feature_store/prediction_rows.h"
#include "registry/task.h"

namespace codman::training {

struct Lesson {
  std::vector<double> labels;   // one a row
  std::vector<double> weights;  // one a row, or empty: each row alike
};

// Rows outside the cohort keep their label and weigh 0. What a row is worth follows from the labels
// of its own patient alone, so a split by patient keeps it apart.
Result<Lesson> LessonOf(const registry::TaskVariant& variant,
                        const feature_store::PredictionRows& rows);

}  // namespace codman::training
