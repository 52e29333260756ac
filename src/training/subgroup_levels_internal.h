// The levels by which a report judges apart. Private to training.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "feature_store/offline_store.h"
#include "registry/task.h"
#include "training/training_run.h"

namespace codman::training {

// By column: the level of each row, "" where it has none.
using SubgroupLevels = std::map<std::string, std::vector<std::string>>;

// The columns that the task declares for a source (registry/task.h), over all rows.
Result<SubgroupLevels> DeclaredSubgroups(const TrainingPlace& place,
                                         const registry::TaskSource& from,
                                         const feature_store::PredictionRows& rows);

// Age in bands, and sex, where they are inputs: over the judged rows.
Result<SubgroupLevels> SubgroupsOfInputs(const feature_store::OfflineMatrix& offline,
                                         const std::vector<uint8_t>& judged);

}  // namespace codman::training
