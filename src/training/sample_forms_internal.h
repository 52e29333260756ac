// Made-up patients for trying a form: no row's own values leave the run. Private to training.
#pragma once

#include "training/run_internal.h"

namespace codman::training {

// [{name, description, features: {id: number | word}}]. From the rows of `train`, one per outcome
// (for amounts: the cheaper half and the dearest tenth): each value is the median, or the most
// frequent word, of its rows; what fewer than half of them have is left out, and so are groups
// below 20 rows. Or, of a yes/no question over measurements, two from the reference ranges, usual
// and ill, and from those rows where there is no such range: a form has no history, and the pair
// that `model` tells further apart shows more.
Result<Json> SampleForms(const Run& run, const models::Model& model,
                         const std::vector<uint8_t>& train);

}  // namespace codman::training
