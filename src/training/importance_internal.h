// What a model leans on, over patients it has not learnt from. Private to training.
#pragma once

#include "training/run_internal.h"

namespace codman::training {

// From the contributions to the margin of at most 2,000 rows of `judged`, evenly spaced, summed by
// contract feature (of several classes: over all of them). Most important first:
// [{feature, label, unit, mean_abs: mean |contribution|, share: of all features' mean_abs,
//   interaction: share of its contribution's variance that its own value does not explain (that is
//   due to other features), dependence: [{value, contribution, rows}]: means in at most ten parts
//   of equal size by the feature's own value; for levels, one entry each}]
// interaction and dependence are there for features that are inputs themselves.
Result<Json> ImportanceOf(const Run& run, const models::Model& model,
                          const std::vector<uint8_t>& judged);

}  // namespace codman::training
