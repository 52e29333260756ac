// The compiled forms of the TreeSHAP kernels and which of them this processor runs.
#pragma once

#include "models/tree_shap_lanes_internal.h"
#include "models/tree_shap_layout_internal.h"

namespace codman::models {

enum class ShapCode { kPlain, kAvx2, kAvx512 };

// The widest that the processor has and tests have not forbidden.
ShapCode BestShapCode();
// For tests: no wider code than this from now on, in any thread.
void LimitShapCode(ShapCode widest);

// Adds one row's contributions of one super-tree. columns: one value per column.
using ShapRowRunner = void (*)(const ShapGroup&, const ShapTree&, const double* columns,
                               const ShapScratch&);
ShapRowRunner RowRunnerFor(ShapCode code, const ShapGroup& group);

// Packs of rows: every number in columns and contributions is `rows` doubles side by side, and the
// packs follow each other.
struct ShapPacks {
  const double* columns;
  double* contributions;
  size_t count;
  size_t columns_stride, contributions_stride;  // doubles from one pack to the next
};
using ShapPackRunner = void (*)(const ShapGroup&, const ShapTree&, const ShapPacks&,
                                const ShapScratch&);
ShapPackRunner PackRunnerFor(ShapCode code, const ShapGroup& group);
size_t RowsInPack(ShapCode code);

}  // namespace codman::models
