// How quality grows with the number of patients learnt from: would more patients help? Private to
// training.
#pragma once

#include "training/folds_internal.h"
#include "training/run_internal.h"

namespace codman::training {

// The out-of-fold judgement by models that learnt from an eighth, a quarter and a half of the
// patients outside their fold, beside `whole`, which learnt from all: the same folds and settings,
// paired by patient. Who is in the smaller part is in the larger.
//
// {measure, points[{share, subjects, value, value_low, value_high, lost, lost_low, lost_high,
// verdict}], left_out[{share, why}]}: measure is auroc, macro_auroc or r2; subjects, how many a
// model learnt from, over the folds; lost, what `whole` has more (comparison.h). The last point is
// that of the whole and lost nothing. Left out are parts that a learner refuses, such as one
// without a patient of some class.
Result<Json> LearningCurve(const Run& run, const Folds& folds, const JudgementInputs& whole);

}  // namespace codman::training
