// Chooses a variant's settings from those it declares (registry/settings_search.h). Private to
// training.
#pragma once

#include <cstdint>
#include <vector>

#include "training/run_internal.h"

namespace codman::training {

struct FoundSettings {
  Json settings;  // to fit with
  // {measure, folds, patients, rows, chosen, tried [{settings, loss, fold_losses[], chosen}]}; null
  // where nothing was searched for: no search declared, or another learner than the variant's.
  Json record;
};

// Judges each of the settings out of fold on the rows of `train` alone, in folds by patient of
// their own, and takes the one of least loss (of equals the first). Neither inputs nor labels of
// other rows are used. Deterministic.
//
// The loss of a classification is log loss, the mean of −ln(probability told of the truth): proper
// (Good, J R Stat Soc B 14:107–114, 1952), so that no setting gains by telling other than it knows,
// and every row counts, where the area under a precision-recall curve hangs on the few events of a
// fold. Of a regression it is the squared error. Risks are not calibrated yet: a setting whose
// overconfidence calibration would mend is held against it.
Result<FoundSettings> SearchSettings(const Run& run, const std::vector<uint8_t>& train);

// Mean loss of the kept rows; margins are rows × outputs.
double LossOf(const registry::Target& target, const std::vector<double>& margins,
              const std::vector<double>& labels, const std::vector<uint8_t>& keep);

}  // namespace codman::training
