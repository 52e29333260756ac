// Means, standard deviations and missing rates of a streamed matrix, in two passes.
#pragma once

#include <span>
#include <vector>

#include "columns/matrix.h"
#include "models/linear_model.h"

namespace codman::models {

// One entry a feature, without coefficients. `weights`: one a row, or empty. A feature that never
// varies gets sd 1. Refuses infinite values, naming the feature.
Result<std::vector<LinearFeature>> Standardise(columns::MatrixSource* rows,
                                               std::span<const double> weights);

}  // namespace codman::models
