// A training run in progress: what its steps share. Private to training.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "features/kernel.h"
#include "training/fit.h"
#include "training/judgement.h"
#include "training/lesson_internal.h"
#include "training/subgroup_levels_internal.h"
#include "training/training_run.h"

namespace codman::training {

struct Run {
  const TrainingPlace& place;
  const TrainingRequest& request;
  feature_store::OfflineMatrix offline;
  std::shared_ptr<const features::Plan> plan;
  features::FeatureSet feature_set;
  std::vector<uint8_t> parts;  // of each row: of split.h, or its fold
  FitRequest fit;
  Lesson lesson;             // what the variant's learner is fitted to
  SubgroupLevels subgroups;  // as declared
  int64_t job = 0;           // its row in training_jobs; 0 where it has none

  const registry::Target& target() const { return request.variant->target; }
  void Tell(const std::string& stage, double done) const {
    if (place.progress) place.progress(request.variant->name + " " + stage, done);
  }
};

// The matrix, the plan and what to fit. Refused where no row has a label.
Result<Run> Prepare(const TrainingPlace& place, const TrainingRequest& request);

// Of request.beside, what variants told that ask the same of the same rows.
std::map<std::string, std::vector<double>> ToldBeside(const Run& run);

// What stands on the report beside the figures.
Json ContextRows(const Run& run, const Json& flow);

}  // namespace codman::training
