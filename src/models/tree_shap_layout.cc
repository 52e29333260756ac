#include <algorithm>
#include <map>

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

// One node of one of the trees that become a super-tree.
struct Member {
  const ForestTree* tree;
  const std::vector<NodeFacts>* facts;
  int32_t node;

  const ForestNode& get() const { return tree->nodes[node]; }
  const NodeFacts& fact() const { return (*facts)[node]; }
  const ForestNode& left() const { return tree->nodes[get().left]; }
  const ForestNode& right() const { return tree->nodes[get().right]; }
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

  void Add(const ForestTree& tree) {
    trees_.push_back(&tree);
    facts_.push_back(std::make_unique<std::vector<NodeFacts>>(FactsOf(tree)));
    num_splits_ += tree.nodes.size() / 2;
  }
  bool empty() const { return trees_.empty(); }
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
    for (const ForestTree* tree : trees_) joined_.root_slots.push_back(slots_.at({tree, 0}));
    return std::move(joined_);
  }

 private:
  void Sort() {
    for (size_t t = 0; t < trees_.size(); ++t) {
      for (size_t i = 0; i < trees_[t]->nodes.size(); ++i) {
        Member member{trees_[t], facts_[t].get(), static_cast<int32_t>(i)};
        if (member.get().is_leaf()) {
          const NodeFacts& fact = member.fact();
          bool lone = !Member{member.tree, member.facts, fact.parent}.two_leaves();
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
      for (const Member& member : *list) slots_[{member.tree, member.node}] = slot++;
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
    split.left_ratio = RatioOf(*member.tree, node, node.left);
    split.right_ratio = RatioOf(*member.tree, node, node.right);
    split.column = layout_.columns.ColumnOf(node.feature, node.missing);
    split.feature = UsedFeature(node.feature);
    split.left_slot = slots_.at({member.tree, node.left});
    split.right_slot = slots_.at({member.tree, node.right});
    split.ancestor_z = 1;
    int32_t ancestor = member.fact().ancestor;
    if (ancestor >= 0) {
      int32_t above = (*member.facts)[ancestor].parent;
      bool is_right = member.tree->nodes[above].right == ancestor;
      split.ancestor_edge = 2 + 2 * slots_.at({member.tree, above}) + (is_right ? 1 : 0);
      split.ancestor_z = (*member.facts)[ancestor].edge_z;
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
  std::vector<const ForestTree*> trees_;
  std::vector<std::unique_ptr<std::vector<NodeFacts>>> facts_;
  size_t num_splits_ = 0;
  std::vector<Member> splits_, two_leaves_, leaves_;
  std::map<std::pair<const ForestTree*, int32_t>, int32_t> slots_;
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

ShapGroup EmptyGroup(int num_vectors) {
  ShapGroup group;
  group.num_vectors = num_vectors;
  group.rule = GaussLegendre(kLanes * num_vectors);
  for (double tau : group.rule.complement) group.inverse_tau.push_back(1 / tau);
  return group;
}

void AddTree(ShapTree tree, ShapLayout* layout, ShapGroup* group) {
  layout->max_slots = std::max(layout->max_slots, tree.num_slots());
  layout->max_edges = std::max(layout->max_edges, 2 + 2 * tree.splits.size());
  group->trees.push_back(std::move(tree));
}

std::vector<int32_t> UsedFeatures(const Forest& forest) {
  std::vector<int32_t> used;
  for (const ForestTree& tree : forest.trees) {
    for (const ForestNode& node : tree.nodes) {
      if (!node.is_leaf()) used.push_back(node.feature);
    }
  }
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  return used;
}

}  // namespace

int MaxPathFeatures(const ForestTree& tree) {
  int most = 0;
  for (const NodeFacts& fact : FactsOf(tree)) most = std::max(most, fact.path_features);
  return most;
}

ShapLayout LayOut(const Forest& forest) {
  ShapLayout layout(forest);
  layout.num_features = static_cast<int>(forest.feature_names.size());
  layout.divisor = forest.divisor;
  layout.used_features = UsedFeatures(forest);
  std::map<int, std::vector<const ForestTree*>> by_vectors;
  double expected = 0;
  for (const ForestTree& tree : forest.trees) {
    expected += ExpectedValue(tree);
    // n points integrate degree 2 n - 1; a path of D features needs degree D - 1.
    int features = MaxPathFeatures(tree);
    if (features > 0) by_vectors[(features + 2 * kLanes - 1) / (2 * kLanes)].push_back(&tree);
  }
  layout.base = forest.base_margin + expected / forest.divisor;
  for (const auto& [num_vectors, trees] : by_vectors) {
    ShapGroup group = EmptyGroup(num_vectors);
    auto joiner = std::make_unique<TreeJoiner>(layout, group);
    for (const ForestTree* tree : trees) {
      joiner->Add(*tree);
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
