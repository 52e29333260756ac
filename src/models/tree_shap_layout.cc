#include <algorithm>
#include <deque>
#include <map>

#include "base/text.h"
#include "models/tree_shap_layout_internal.h"

namespace codman::models {
namespace {

constexpr size_t kSplitsPerTree = 120;  // keeps one super-tree's vectors in the first cache

// What the layout needs to know of a node beside the node itself.
struct NodeFacts {
  int depth = 0;
  int32_t parent = -1;
  int32_t ancestor =
      -1;  // node below the nearest edge above with this node's feature; -1 where there is none
  double edge_z = 1;      // product of cover ratios on the parent's feature down to this node
  int path_features = 0;  // different features among the splits above, this one included
};

double RatioOf(const ForestTree& tree, const ForestNode& node, int32_t child) {
  return tree.nodes[child].cover / node.cover;
}

int32_t FindAncestor(const ForestTree& tree, const std::vector<NodeFacts>& facts, int32_t at) {
  int32_t below = at;
  for (int32_t above = facts[at].parent; above >= 0; above = facts[above].parent) {
    if (tree.nodes[above].feature == tree.nodes[at].feature) return below;
    below = above;
  }
  return -1;
}

std::vector<NodeFacts> FactsOf(const ForestTree& tree) {
  std::vector<NodeFacts> facts(tree.nodes.size());
  for (size_t i = 0; i < tree.nodes.size(); ++i) {
    const ForestNode& node = tree.nodes[i];
    if (node.is_leaf()) continue;
    auto at = static_cast<int32_t>(i);
    NodeFacts& own = facts[i];
    own.ancestor = FindAncestor(tree, facts, at);
    own.path_features =
        (own.parent < 0 ? 0 : facts[own.parent].path_features) + (own.ancestor < 0 ? 1 : 0);
    double z_above = own.ancestor < 0 ? 1 : facts[own.ancestor].edge_z;
    for (int32_t child : {node.left, node.right}) {
      facts[child].parent = at;
      facts[child].depth = own.depth + 1;
      facts[child].edge_z = z_above * RatioOf(tree, node, child);
    }
  }
  return facts;
}

int MaxPathFeatures(const std::vector<NodeFacts>& facts) {
  int most = 0;
  for (const NodeFacts& fact : facts) most = std::max(most, fact.path_features);
  return most;
}

// A tree that becomes part of a super-tree.
struct Part {
  const ForestTree* tree;
  std::vector<NodeFacts> facts;
  std::vector<int32_t> slots;  // by node
};

// One node of one of them.
struct Member {
  Part* part;
  int32_t node;

  const ForestTree* tree() const { return part->tree; }
  const ForestNode& get() const { return part->tree->nodes[node]; }
  const NodeFacts& fact() const { return part->facts[node]; }
  const ForestNode& left() const { return part->tree->nodes[get().left]; }
  const ForestNode& right() const { return part->tree->nodes[get().right]; }
  ShapKind kind() const {
    if (left().cover + right().cover != get().cover) return ShapKind::kGeneral;
    return fact().ancestor >= 0 ? ShapKind::kRepeated : ShapKind::kFirst;
  }
  bool two_leaves() const {
    return left().is_leaf() && right().is_leaf() && kind() == ShapKind::kFirst;
  }
};

class TreeJoiner {
 public:
  TreeJoiner(const ShapLayout& layout, const ShapGroup& group) : layout_(layout), group_(group) {}

  void Add(Part part) {
    num_splits_ += part.tree->nodes.size() / 2;
    part.slots.resize(part.tree->nodes.size(), -1);
    parts_.push_back(std::move(part));
  }
  bool empty() const { return parts_.empty(); }
  bool full() const { return num_splits_ >= kSplitsPerTree; }

  ShapTree Join() {
    Sort();
    for (const Member& member : splits_) AddSplit(member);
    for (const Member& member : two_leaves_) {
      const ForestNode& node = member.get();
      joined_.two_leaves.push_back({node.threshold, member.left().cover / node.cover,
                                    member.left().value, member.right().value,
                                    layout_.columns.ColumnOf(node.feature, node.missing),
                                    UsedFeature(node.feature)});
    }
    for (const Member& member : leaves_) joined_.leaves.push_back(member.get().value);
    for (const Part& part : parts_) joined_.root_slots.push_back(part.slots[0]);
    return std::move(joined_);
  }

 private:
  void Sort() {
    for (Part& part : parts_) {
      for (size_t i = 0; i < part.tree->nodes.size(); ++i) {
        Member member{&part, static_cast<int32_t>(i)};
        if (member.get().is_leaf()) {
          bool lone = !Member{&part, member.fact().parent}.two_leaves();
          if (lone) leaves_.push_back(member);
        } else {
          (member.two_leaves() ? two_leaves_ : splits_).push_back(member);
        }
      }
    }
    std::stable_sort(splits_.begin(), splits_.end(), [](const Member& a, const Member& b) {
      return std::pair(a.fact().depth, a.kind()) < std::pair(b.fact().depth, b.kind());
    });
    int32_t slot = 0;
    for (const auto* list : {&splits_, &two_leaves_, &leaves_}) {
      for (const Member& member : *list) member.part->slots[member.node] = slot++;
    }
  }

  void AddSplit(const Member& member) {
    auto index = static_cast<int32_t>(joined_.splits.size());
    ShapKind kind = member.kind();
    bool new_run =
        index == 0 || joined_.runs.back().kind != kind || member.fact().depth != run_depth_;
    if (new_run) joined_.runs.push_back({index, index, kind});
    run_depth_ = member.fact().depth;
    joined_.runs.back().end = index + 1;

    const ForestNode& node = member.get();
    ShapSplit split{};
    split.threshold = node.threshold;
    split.left_ratio = RatioOf(*member.tree(), node, node.left);
    split.right_ratio = RatioOf(*member.tree(), node, node.right);
    split.column = layout_.columns.ColumnOf(node.feature, node.missing);
    split.feature = UsedFeature(node.feature);
    split.left_slot = member.part->slots[node.left];
    split.right_slot = member.part->slots[node.right];
    split.ancestor_z = 1;
    int32_t ancestor = member.fact().ancestor;
    if (ancestor >= 0) {
      int32_t above = member.part->facts[ancestor].parent;
      bool is_right = member.tree()->nodes[above].right == ancestor;
      split.ancestor_edge = 2 + 2 * member.part->slots[above] + (is_right ? 1 : 0);
      split.ancestor_z = member.part->facts[ancestor].edge_z;
    }
    if (kind != ShapKind::kFirst) AddInverse(&split);
    joined_.splits.push_back(split);
  }

  void AddInverse(ShapSplit* split) {
    split->inverse = static_cast<int32_t>(joined_.inverses.size());
    double z = split->ancestor_z;
    for (double t : group_.rule.points) joined_.inverses.push_back(1 / (z + (1 - z) * t));
  }

  int32_t UsedFeature(int32_t feature) const {
    const auto& used = layout_.used_features;
    return static_cast<int32_t>(std::lower_bound(used.begin(), used.end(), feature) - used.begin());
  }

  const ShapLayout& layout_;
  const ShapGroup& group_;
  std::deque<Part> parts_;  // members point into it
  size_t num_splits_ = 0;
  std::vector<Member> splits_, two_leaves_, leaves_;
  int run_depth_ = -1;
  ShapTree joined_;
};

double ExpectedValue(const ForestTree& tree) {
  std::vector<double> weight(tree.nodes.size(), 1);
  double sum = 0;
  for (size_t i = 0; i < tree.nodes.size(); ++i) {
    const ForestNode& node = tree.nodes[i];
    if (node.is_leaf()) {
      sum += node.value * weight[i];
      continue;
    }
    for (int32_t child : {node.left, node.right})
      weight[child] = weight[i] * RatioOf(tree, node, child);
  }
  return sum;
}

ShapGroup EmptyGroup(int num_points) {
  ShapGroup group;
  group.num_points = num_points;
  group.num_vectors = (num_points + kLanes - 1) / kLanes;
  group.rule = GaussLegendre(num_points);
  auto padded = static_cast<size_t>(kLanes) * static_cast<size_t>(group.num_vectors);
  group.rule.points.resize(padded, 0.5);
  group.rule.complement.resize(padded, 0.5);
  group.rule.weights.resize(padded, 0);
  for (double tau : group.rule.complement) group.inverse_tau.push_back(1 / tau);
  return group;
}

void AddTree(ShapTree tree, ShapLayout* layout, ShapGroup* group) {
  layout->max_slots = std::max(layout->max_slots, tree.num_slots());
  layout->max_edges = std::max(layout->max_edges, 2 + 2 * tree.splits.size());
  group->trees.push_back(std::move(tree));
}

std::vector<int32_t> UsedFeatures(const Forest& forest) {
  std::vector<bool> is_used(forest.feature_names.size(), false);
  for (const ForestTree& tree : forest.trees) {
    for (const ForestNode& node : tree.nodes) {
      if (!node.is_leaf()) is_used[node.feature] = true;
    }
  }
  std::vector<int32_t> used;
  for (size_t f = 0; f < is_used.size(); ++f) {
    if (is_used[f]) used.push_back(static_cast<int32_t>(f));
  }
  return used;
}

Result<int> PathFeaturesOf(const std::vector<NodeFacts>& facts, size_t tree, int most) {
  int features = MaxPathFeatures(facts);
  if (features <= most) return features;
  return base::InvalidInput(
      format("tree {} has a path with {} different features; exact contributions are made for at "
             "most {}: train with a lower max_depth",
             tree, features, most));
}

}  // namespace

Result<ShapLayout> LayOut(const Forest& forest, int max_path_features) {
  ShapLayout layout(forest);
  layout.num_features = static_cast<int>(forest.feature_names.size());
  layout.divisor = forest.divisor;
  layout.used_features = UsedFeatures(forest);
  std::map<int, std::vector<Part>> by_points;
  double expected = 0;
  for (size_t t = 0; t < forest.trees.size(); ++t) {
    const ForestTree& tree = forest.trees[t];
    expected += ExpectedValue(tree);
    Part part{&tree, FactsOf(tree), {}};
    // n points integrate degree 2 n - 1; a path of D features needs degree D - 1.
    int features = TRY(PathFeaturesOf(part.facts, t, max_path_features));
    if (features > 0) by_points[(features + 1) / 2].push_back(std::move(part));
  }
  layout.base = forest.base_margin + expected / forest.divisor;
  for (auto& [num_points, parts] : by_points) {
    ShapGroup group = EmptyGroup(num_points);
    auto joiner = std::make_unique<TreeJoiner>(layout, group);
    for (Part& part : parts) {
      joiner->Add(std::move(part));
      if (!joiner->full()) continue;
      AddTree(joiner->Join(), &layout, &group);
      joiner = std::make_unique<TreeJoiner>(layout, group);
    }
    if (!joiner->empty()) AddTree(joiner->Join(), &layout, &group);
    layout.groups.push_back(std::move(group));
  }
  return layout;
}

}  // namespace codman::models
