// A pack of rows through one super-tree: the lanes are the rows. The same additions in the same
// order as ShapKernel makes for one row; what it saves is that comparisons and coefficients are
// computed for all rows at once and no lane is padding.
#pragma once

#include "models/tree_shap_lanes_internal.h"
#include "models/tree_shap_layout_internal.h"
#include "models/tree_shap_passes_internal.h"
#include "models/tree_shap_rows_terms_internal.h"
#include "models/tree_shap_sums_internal.h"

namespace codman::models {

// N points; 0 where the group tells at run time.
template <typename Width, int N>
struct ShapRowsKernel {
  using Rows = typename Width::Vector;
  const ShapGroup& group;
  const ShapTree& tree;
  const double* columns;  // columns × rows of the pack
  ShapScratch scratch;
  const double* tau = group.rule.complement.data();
  const double* inverse_tau = group.inverse_tau.data();
  const double* weight = group.rule.weights.data();

  [[gnu::always_inline]] int points() const { return N > 0 ? N : group.num_points; }
  [[gnu::always_inline]] static Rows* At(double* data, int64_t index) {
    return reinterpret_cast<Rows*>(data) + index;
  }
  [[gnu::always_inline]] static const Rows* At(const double* data, int64_t index) {
    return reinterpret_cast<const Rows*>(data) + index;
  }
  [[gnu::always_inline]] Rows* Prefix(int32_t slot) const {
    return At(scratch.prefix, static_cast<int64_t>(slot) * points());
  }
  [[gnu::always_inline]] Rows* Subtree(int32_t slot) const {
    return At(scratch.subtree, static_cast<int64_t>(slot) * points());
  }
  [[gnu::always_inline]] Rows* Contribution(int32_t feature) const {
    return At(scratch.contribution, feature);
  }

  // The lone leaves are the same for every pack.
  [[gnu::always_inline]] void FillLeaves() const {
    auto slot = static_cast<int32_t>(tree.num_slots() - tree.leaves.size());
    for (double value : tree.leaves) {
      Rows* below = Subtree(slot++);
      for (int k = 0; k < points(); ++k) below[k] = value - Rows{};
    }
  }

  [[gnu::always_inline]] void Run() const {
    for (int32_t root : tree.root_slots) {
      for (int k = 0; k < points(); ++k) Prefix(root)[k] = weight[k] - Rows{};
    }
    *At(scratch.edge, 0) = 1 - Rows{};
    RunPasses(tree, *this);
  }

  // d by row: 1 where it goes left, else 0.
  [[gnu::always_inline]] void Decide(int32_t column, double threshold, Rows* d) const {
    *d = *At(columns, column) <= threshold - Rows{} ? 1 - Rows{} : Rows{};
  }

  [[gnu::always_inline]] void DownFirst(int32_t i) const {
    const ShapSplit& split = tree.splits[i];
    Rows d;
    Decide(split.column, split.threshold, &d);
    Rows not_d = 1 - d;
    Rows c = d - split.left_ratio;
    *At(scratch.edge, 2 + 2 * i) = d;
    *At(scratch.edge, 3 + 2 * i) = not_d;
    const Rows* own = Prefix(i);
    Rows* left = Prefix(split.left_slot);
    Rows* right = Prefix(split.right_slot);
    for (int k = 0; k < points(); ++k) {
      Rows shift = c * tau[k];
      left[k] = own[k] * (d - shift);
      right[k] = own[k] * (not_d + shift);
    }
  }

  [[gnu::always_inline]] void DownRepeated(int32_t i) const {
    const ShapSplit& split = tree.splits[i];
    Rows d;
    Decide(split.column, split.threshold, &d);
    const Rows& above = *At(scratch.edge, split.ancestor_edge);
    RepeatedRows<Width> r(split, above, above * d);
    *At(scratch.edge, 2 + 2 * i) = r.left;
    *At(scratch.edge, 3 + 2 * i) = r.right;
    const double* satisfied = tree.inverses.data() + split.inverse;
    Rows* own = Prefix(i);
    Rows* left = Prefix(split.left_slot);
    Rows* right = Prefix(split.right_slot);
    for (int k = 0; k < points(); ++k) {
      Rows inverse;
      r.Inverse(satisfied[k], inverse_tau[k], &inverse);
      Rows without = inverse * own[k];
      own[k] = without;  // all that the way up needs of the prefix
      left[k] = without * (r.left + r.left_minus_o * tau[k]);
      right[k] = without * (r.right + r.right_minus_o * tau[k]);
    }
  }

  [[gnu::always_inline]] void Leaves() const {
    auto slot = static_cast<int32_t>(tree.splits.size());
    for (const ShapTwoLeaves& node : tree.two_leaves) {
      Rows d;
      Decide(node.column, node.threshold, &d);
      double difference = node.left_value - node.right_value;
      Rows gain = (d - node.left_ratio) * difference;
      Rows taken = node.right_value + d * difference;
      const Rows* own = Prefix(slot);
      Rows* below = Subtree(slot);
      RowsPointSum<Width> phi;
      for (int k = 0; k < points(); ++k) {
        below[k] = taken - tau[k] * gain;
        phi.Add(k, own[k] * gain);
      }
      phi.AddTo(Contribution(node.feature));
      ++slot;
    }
  }

  // What the way up through split i reads and writes.
  struct UpLanes {
    const Rows *own, *left, *right;
    Rows* below;
  };
  [[gnu::always_inline]] UpLanes UpLanesOf(const ShapSplit& split, int32_t i) const {
    return {Prefix(i), Subtree(split.left_slot), Subtree(split.right_slot), Subtree(i)};
  }

  [[gnu::always_inline]] void UpFirst(int32_t i) const {
    const ShapSplit& split = tree.splits[i];
    Rows d = *At(scratch.edge, 2 + 2 * i);
    Rows c = d - split.left_ratio;
    auto [own, left, right, below] = UpLanesOf(split, i);
    RowsPointSum<Width> phi;
    for (int k = 0; k < points(); ++k) {
      Rows difference = left[k] - right[k];
      Rows gain = c * difference;
      below[k] = right[k] + d * difference - tau[k] * gain;
      phi.Add(k, own[k] * gain);
    }
    phi.AddTo(Contribution(split.feature));
  }

  [[gnu::always_inline]] void UpRepeated(int32_t i) const {
    const ShapSplit& split = tree.splits[i];
    RepeatedRows<Width> r(split, *At(scratch.edge, split.ancestor_edge),
                          *At(scratch.edge, 2 + 2 * i));
    Rows share = split.ancestor_z * (r.left - r.above * split.left_ratio);
    const double* satisfied = tree.inverses.data() + split.inverse;
    auto [without, left, right, below] = UpLanesOf(split, i);
    RowsPointSum<Width> phi;
    for (int k = 0; k < points(); ++k) {
      Rows inverse;
      r.Inverse(satisfied[k], inverse_tau[k], &inverse);
      Rows difference = inverse * (left[k] - right[k]);
      below[k] = right[k] + (r.left + r.left_minus_o * tau[k]) * difference;
      phi.Add(k, share * without[k] * difference);
    }
    phi.AddTo(Contribution(split.feature));
  }

  [[gnu::always_inline]] void UpGeneral(int32_t i) const {
    const ShapSplit& split = tree.splits[i];
    RepeatedRows<Width> r(split, *At(scratch.edge, split.ancestor_edge),
                          *At(scratch.edge, 2 + 2 * i));
    double absent = 1 - split.ancestor_z;
    const double* satisfied = tree.inverses.data() + split.inverse;
    auto [without, left, right, below] = UpLanesOf(split, i);
    RowsPointSum<Width> phi;
    for (int k = 0; k < points(); ++k) {
      Rows inverse;
      r.Inverse(satisfied[k], inverse_tau[k], &inverse);
      Rows mixed = r.left_minus_o * left[k] + r.right_minus_o * right[k];
      below[k] = inverse * (r.left * left[k] + r.right * right[k] + tau[k] * mixed);
      phi.Add(k, -r.above * without[k] * (mixed + absent * below[k]));
    }
    phi.AddTo(Contribution(split.feature));
  }
};

}  // namespace codman::models
