// The terms of a split that are the same for all points, for a pack of rows at once.
#pragma once

#include "models/tree_shap_layout_internal.h"

namespace codman::models {

// See ShapKernel::Repeated.
template <typename Width>
struct RepeatedRows {
  using Rows = typename Width::Vector;
  Rows above, left, right, left_minus_o, right_minus_o;

  [[gnu::always_inline]] RepeatedRows(const ShapSplit& split, const Rows& above_o,
                                      const Rows& left_o)
      : above(above_o), left(left_o), right(above_o - left_o) {
    Rows zeta = above * split.ancestor_z + (1 - above);
    left_minus_o = zeta * split.left_ratio - left;
    right_minus_o = zeta * split.right_ratio - right;
  }

  // See ShapKernel::InverseAt.
  [[gnu::always_inline]] void Inverse(double satisfied, double not_satisfied, Rows* inverse) const {
    *inverse = above != 0 ? satisfied - Rows{} : not_satisfied - Rows{};
  }
};

}  // namespace codman::models
