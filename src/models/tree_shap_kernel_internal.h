// One row through one super-tree. Written once with vector types; compiled for AVX2 and for the
// baseline by tree_shap_kernels.cc. No fused multiply-add anywhere, so both give the same bits.
// Formulas: see tree_shap.h; d is 1 where the row goes left, c = d - left_ratio, tau = 1 - t.
#pragma once

#include "models/tree_shap_lanes_internal.h"
#include "models/tree_shap_layout_internal.h"
#include "models/tree_shap_passes_internal.h"
#include "models/tree_shap_sums_internal.h"

namespace codman::models {

// V vectors hold all points.
template <typename Width, int V>
struct ShapKernel {
  using ShapVector = typename Width::Vector;
  static constexpr int kWidth = sizeof(ShapVector) / sizeof(double);
  const ShapTree& tree;
  const double* columns;
  ShapScratch scratch;
  ShapVector tau[V], inverse_tau[V], weight[V];

  [[gnu::always_inline]] ShapKernel(const ShapGroup& group, const ShapTree& t, const double* c,
                                    const ShapScratch& s)
      : tree(t), columns(c), scratch(s) {
    for (int k = 0; k < V; ++k) {
      tau[k] = Lanes(group.rule.complement.data(), 0)[k];
      inverse_tau[k] = Lanes(group.inverse_tau.data(), 0)[k];
      weight[k] = Lanes(group.rule.weights.data(), 0)[k];
    }
  }

  [[gnu::always_inline]] static ShapVector* Lanes(double* data, int32_t index) {
    return reinterpret_cast<ShapVector*>(data) + static_cast<ptrdiff_t>(index) * V;
  }
  [[gnu::always_inline]] static const ShapVector* Lanes(const double* data, int32_t index) {
    return reinterpret_cast<const ShapVector*>(data) + static_cast<ptrdiff_t>(index) * V;
  }

  [[gnu::always_inline]] void Run() const {
    for (int32_t root : tree.root_slots) {
      for (int k = 0; k < V; ++k) Lanes(scratch.prefix, root)[k] = weight[k];
    }
    scratch.edge[0] = 1;
    RunPasses(tree, *this);
  }

  [[gnu::always_inline]] void DownFirst(int32_t i) const {
    const ShapSplit& split = tree.splits[i];
    double d = columns[split.column] <= split.threshold ? 1.0 : 0.0;
    double not_d = 1 - d;
    double c = d - split.left_ratio;
    scratch.edge[2 + 2 * i] = d;
    scratch.edge[3 + 2 * i] = not_d;
    const ShapVector* own = Lanes(scratch.prefix, i);
    ShapVector* left = Lanes(scratch.prefix, split.left_slot);
    ShapVector* right = Lanes(scratch.prefix, split.right_slot);
    for (int k = 0; k < V; ++k) {
      ShapVector shift = c * tau[k];
      left[k] = own[k] * (d - shift);
      right[k] = own[k] * (not_d + shift);
    }
  }

  // What a split on a feature used before needs in both directions.
  struct Repeated {
    double above, left, right;           // o of the ancestor edge and of the two child edges
    double left_minus_o, right_minus_o;  // m: zeta × ratio - o
  };

  [[gnu::always_inline]] Repeated RepeatedAt(const ShapSplit& split, double left) const {
    double above = scratch.edge[split.ancestor_edge];
    double zeta = above * split.ancestor_z + (1 - above);
    double right = above - left;
    return {above, left, right, zeta * split.left_ratio - left, zeta * split.right_ratio - right};
  }

  // 1 / q of the ancestor edge (times z where o is 0): o is 0 or 1, so this is a selection without
  // a branch.
  [[gnu::always_inline]] void InverseAt(const ShapSplit& split, double above,
                                        ShapVector* inverse) const {
    const ShapVector* satisfied = Lanes(tree.inverses.data(), 0) + split.inverse / kWidth;
    for (int k = 0; k < V; ++k) inverse[k] = above * satisfied[k] + (1 - above) * inverse_tau[k];
  }

  [[gnu::always_inline]] void DownRepeated(int32_t i) const {
    const ShapSplit& split = tree.splits[i];
    double d = columns[split.column] <= split.threshold ? 1.0 : 0.0;
    Repeated r = RepeatedAt(split, scratch.edge[split.ancestor_edge] * d);
    scratch.edge[2 + 2 * i] = r.left;
    scratch.edge[3 + 2 * i] = r.right;
    ShapVector inverse[V];
    InverseAt(split, r.above, inverse);
    ShapVector* own = Lanes(scratch.prefix, i);
    ShapVector* left = Lanes(scratch.prefix, split.left_slot);
    ShapVector* right = Lanes(scratch.prefix, split.right_slot);
    for (int k = 0; k < V; ++k) {
      ShapVector without = inverse[k] * own[k];
      own[k] = without;  // all that the way up needs of the prefix
      left[k] = without * (r.left + r.left_minus_o * tau[k]);
      right[k] = without * (r.right + r.right_minus_o * tau[k]);
    }
  }

  [[gnu::always_inline]] void Leaves() const {
    auto slot = static_cast<int32_t>(tree.splits.size());
    for (const ShapTwoLeaves& node : tree.two_leaves) {
      double d = columns[node.column] <= node.threshold ? 1.0 : 0.0;
      double difference = node.left_value - node.right_value;
      double gain = (d - node.left_ratio) * difference;
      double taken = node.right_value + d * difference;
      const ShapVector* own = Lanes(scratch.prefix, slot);
      ShapVector* below = Lanes(scratch.subtree, slot);
      PointSum<Width> phi;
      for (int k = 0; k < V; ++k) {
        below[k] = taken - tau[k] * gain;
        phi.Add(k, own[k] * gain);
      }
      scratch.contribution[node.feature] += phi.Total();
      ++slot;
    }
    for (double value : tree.leaves) {
      ShapVector* below = Lanes(scratch.subtree, slot++);
      for (int k = 0; k < V; ++k) below[k] = value - ShapVector{};
    }
  }

  // What the way up through split i reads and writes.
  struct UpLanes {
    const ShapVector *own, *left, *right;
    ShapVector* below;
  };
  [[gnu::always_inline]] UpLanes UpLanesOf(const ShapSplit& split, int32_t i) const {
    return {Lanes(scratch.prefix, i), Lanes(scratch.subtree, split.left_slot),
            Lanes(scratch.subtree, split.right_slot), Lanes(scratch.subtree, i)};
  }

  [[gnu::always_inline]] void UpFirst(int32_t i) const {
    const ShapSplit& split = tree.splits[i];
    double d = scratch.edge[2 + 2 * i];
    double c = d - split.left_ratio;
    auto [own, left, right, below] = UpLanesOf(split, i);
    PointSum<Width> phi;
    for (int k = 0; k < V; ++k) {
      ShapVector difference = left[k] - right[k];
      ShapVector gain = c * difference;
      below[k] = right[k] + d * difference - tau[k] * gain;
      phi.Add(k, own[k] * gain);
    }
    scratch.contribution[split.feature] += phi.Total();
  }

  // UpGeneral where the two ratios sum to 1, which lets most of it cancel.
  [[gnu::always_inline]] void UpRepeated(int32_t i) const {
    const ShapSplit& split = tree.splits[i];
    Repeated r = RepeatedAt(split, scratch.edge[2 + 2 * i]);
    ShapVector inverse[V];
    InverseAt(split, r.above, inverse);
    // o of the ancestor × its z × (d - left_ratio); where o is 0 so is all of it.
    double share = split.ancestor_z * (r.left - r.above * split.left_ratio);
    auto [without, left, right, below] = UpLanesOf(split, i);
    PointSum<Width> phi;
    for (int k = 0; k < V; ++k) {
      ShapVector difference = inverse[k] * (left[k] - right[k]);
      below[k] = right[k] + (r.left + r.left_minus_o * tau[k]) * difference;
      phi.Add(k, share * without[k] * difference);
    }
    scratch.contribution[split.feature] += phi.Total();
  }

  [[gnu::always_inline]] void UpGeneral(int32_t i) const {
    const ShapSplit& split = tree.splits[i];
    Repeated r = RepeatedAt(split, scratch.edge[2 + 2 * i]);
    ShapVector inverse[V];
    InverseAt(split, r.above, inverse);
    double absent = 1 - split.ancestor_z;
    auto [without, left, right, below] = UpLanesOf(split, i);
    PointSum<Width> phi;
    for (int k = 0; k < V; ++k) {
      ShapVector mixed = r.left_minus_o * left[k] + r.right_minus_o * right[k];
      below[k] = inverse[k] * (r.left * left[k] + r.right * right[k] + tau[k] * mixed);
      phi.Add(k, -r.above * without[k] * (mixed + absent * below[k]));
    }
    scratch.contribution[split.feature] += phi.Total();
  }
};

}  // namespace codman::models
