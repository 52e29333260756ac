// What stays of a training run besides its model: a row of training_jobs, an edge of the lineage.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "training/training_run.h"

namespace codman::training {

// Runs `train`, which is told the number of its row in training_jobs, there from its start to its
// end, also where it fails. An error
// is that of the training; where the row cannot be written either, it says so.
Result<TrainingResult> RecordJob(const TrainingPlace& place, const TrainingRequest& request,
                                 const std::function<Result<TrainingResult>(int64_t job)>& train);

struct TrainedFrom {
  std::string version, feature_set_hash;
  int64_t rows = 0;
  int64_t began_us = 0;  // base::MonotonicUs()
};

// From silver.events to the model. Nothing where the place has no database.
Result<> RecordLineage(const TrainingPlace& place, const TrainingRequest& request,
                       const TrainedFrom& from);

}  // namespace codman::training
