// How often these held-out patients have been looked at: whoever tries often enough finds a model
// that is good on them by chance. Private to training.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "feature_store/prediction_rows.h"
#include "training/run_internal.h"

namespace codman::training {

// SHA-256, hex, over who, when, which row and with what label is kept: the same rows give the same
// text whatever inputs a variant makes of them.
std::string SnapshotOf(const feature_store::PredictionRows& rows, const std::vector<uint8_t>& keep);

// Counts the run as one that judges on the held-out patients of the task's own split, and gives the
// how-manieth it is (registry/training_jobs.h). Judging out of fold, or at another site, reads them
// as well.
Result<int64_t> CountLook(const Run& run);

// Puts the count on a report and among the lines beside its figures.
void TellLook(int64_t look, Json* report);

// "the 3rd look at these held-out patients".
std::string LookWords(int64_t look);

}  // namespace codman::training
