// Made-up patients for trying a form, from the middle of groups of training rows: no row's own
// values leave the run. Private to training.
#pragma once

#include "training/run_internal.h"

namespace codman::training {

// [{name, description, features: {id: number | level}}]: one per outcome (for amounts: the cheaper
// half and the dearest tenth). Each value is the median, or the most frequent level, of the rows of
// `train`; what fewer than half of them have is left out. Groups below 20 rows are left out.
Result<Json> SampleForms(const Run& run, const std::vector<uint8_t>& train);

}  // namespace codman::training
