// The sum of a node's terms over the quadrature points, in the same order for one row, whose lanes
// are points, and for a pack, whose lanes are rows: four after four are added, then the four as
// (0 + 1) + (2 + 3). So a row has the same bits either way.
#pragma once

#include "models/tree_shap_layout_internal.h"

namespace codman::models {

// `k`: place of a vector of points.
template <typename Width>
struct PointSum {
  using Points = typename Width::Vector;
  static constexpr int kWidth = sizeof(Points) / sizeof(double);
  static constexpr int kVectors = kLanes / kWidth;
  Points four[kVectors]{};

  [[gnu::always_inline]] void Add(int k, const Points& terms) { four[k % kVectors] += terms; }
  [[gnu::always_inline]] double Total() const {
    if constexpr (kWidth == 2) {
      return (four[0][0] + four[0][1]) + (four[1][0] + four[1][1]);
    } else {
      // Neighbours first: lanes 0 and 2 then hold the two sums.
      Points pairs = four[0] + __builtin_shufflevector(four[0], four[0], 1, 0, 3, 2);
      return pairs[0] + pairs[2];
    }
  }
};

// `k`: a point.
template <typename Width>
struct RowsPointSum {
  using Rows = typename Width::Vector;
  Rows four[kLanes]{};

  [[gnu::always_inline]] void Add(int k, const Rows& term) { four[k % kLanes] += term; }
  // By reference: a vector this wide is no return value everywhere.
  [[gnu::always_inline]] void AddTo(Rows* sum) const {
    *sum += (four[0] + four[1]) + (four[2] + four[3]);
  }
};

}  // namespace codman::models
