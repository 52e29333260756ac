// The three straight passes of a kernel over a super-tree: down its splits, over its leaves, up
// again.
#pragma once

#include "models/tree_shap_layout_internal.h"

namespace codman::models {

template <typename Kernel>
[[gnu::always_inline]] inline void RunPasses(const ShapTree& tree, const Kernel& kernel) {
  for (const ShapRun& run : tree.runs) {
    for (int32_t i = run.begin; i < run.end; ++i)
      run.kind == ShapKind::kFirst ? kernel.DownFirst(i) : kernel.DownRepeated(i);
  }
  kernel.Leaves();
  for (auto run = tree.runs.rbegin(); run != tree.runs.rend(); ++run) {
    for (int32_t i = run->begin; i < run->end; ++i) {
      if (run->kind == ShapKind::kFirst) {
        kernel.UpFirst(i);
      } else if (run->kind == ShapKind::kRepeated) {
        kernel.UpRepeated(i);
      } else {
        kernel.UpGeneral(i);
      }
    }
  }
}

}  // namespace codman::models
