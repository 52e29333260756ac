// The forest laid out for TreeShap: several trees joined into one super-tree whose splits are
// sorted by depth, so that straight passes over arrays replace recursion.
#pragma once

#include <cstdint>
#include <vector>

#include "models/forest.h"
#include "models/quadrature.h"
#include "models/row_columns_internal.h"

namespace codman::models {

constexpr int kLanes = 4;  // points in a vector

// A split with at least one split below it, or with a feature already used above it. Slots: splits
// first (own index), then two-leaf nodes, then lone leaves. An edge is a child link; its state o
// says whether the row satisfies all splits on the edge's feature down to it. Edge 0 stands for "no
// split yet": o = 1, z = 1.
struct ShapSplit {
  double threshold;
  double left_ratio, right_ratio;  // cover(child) / cover(node)
  double ancestor_z;               // of the nearest edge above with the same feature
  int32_t column, feature;         // feature: among the used ones
  int32_t left_slot, right_slot;
  int32_t ancestor_edge;
  int32_t inverse;  // where 1 / (z + (1 - z) t) of the ancestor edge begins in ShapTree::inverses
};

// A split into two leaves on a feature not used above it, with covers that add up.
struct ShapTwoLeaves {
  double threshold, left_ratio, left_value, right_value;
  int32_t column, feature;
};

enum class ShapKind : uint8_t {
  kFirst,     // the feature is not used above, the covers of the children add up
  kRepeated,  // the feature is used above, the covers add up
  kGeneral,   // the covers do not add up (XGBoost: rounding of float32)
};

struct ShapRun {
  int32_t begin, end;
  ShapKind kind;
};

struct ShapTree {
  std::vector<ShapSplit> splits;
  std::vector<ShapTwoLeaves> two_leaves;
  std::vector<double> leaves;
  std::vector<ShapRun> runs;  // cover `splits`, parents in earlier runs than children
  std::vector<int32_t> root_slots;
  std::vector<double> inverses;

  size_t num_slots() const { return splits.size() + two_leaves.size() + leaves.size(); }
};

// Trees that need the same number of points.
struct ShapGroup {
  int num_points = 0;
  int num_vectors = 0;  // that hold the points where one row is explained
  // Padded with points of weight zero to kLanes × num_vectors; `complement` is tau = 1 - t.
  Quadrature rule;
  std::vector<double> inverse_tau;
  std::vector<ShapTree> trees;
};

struct ShapLayout {
  explicit ShapLayout(const Forest& forest) : columns(forest) {}

  RowColumns columns;
  std::vector<ShapGroup> groups;
  std::vector<int32_t> used_features;
  int num_features = 0;
  double base = 0;
  double divisor = 1;
  size_t max_slots = 0, max_edges = 0;
};

// Refuses a path with more than `max_path_features` different features.
Result<ShapLayout> LayOut(const Forest& forest, int max_path_features);

}  // namespace codman::models
