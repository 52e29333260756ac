// What stays of a run besides its model: a row of training_jobs, an edge of the lineage.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "training/training_run.h"

namespace codman::training {

// What a run was for, and what was asked besides the variant's own declaration ({"folds": 5}).
struct JobPurpose {
  std::string kind = "train";  // registry/training_jobs.h
  Json options;
};

// What the row keeps: the version registered, "" where none, and the figures.
struct JobOutcome {
  std::string version;
  Json results;
};

// Runs `job`, which is told the number of its row in training_jobs, there from its start to its
// end, also where it fails. An error is that of the job; where the row cannot be written either, it
// says so.
Result<> RecordJob(const TrainingPlace& place, const TrainingRequest& request,
                   const JobPurpose& purpose,
                   const std::function<Result<JobOutcome>(int64_t job)>& job);

// The figures of a report that lists and comparisons show.
Json MetricsOf(const Json& report);
Json ResultsOf(const TrainingResult& trained);
// Of a run that only judged: with its search, ablation, learning curve and repeats.
Json ResultsOf(const Json& report);

struct TrainedFrom {
  std::string version, feature_set_hash;
  int64_t rows = 0;
  int64_t began_us = 0;  // base::MonotonicUs()
};

// From silver.events to the model. Nothing where the place has no database.
Result<> RecordLineage(const TrainingPlace& place, const TrainingRequest& request,
                       const TrainedFrom& from);

}  // namespace codman::training
