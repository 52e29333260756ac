#include "models/forest.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/text.h"

namespace codman::models {
namespace {

Result<> ValidateNode(const ForestTree& tree, size_t index, int num_features) {
  const ForestNode& node = tree.nodes[index];
  if (!std::isfinite(node.cover) || node.cover < 0) {
    return base::InvalidInput("the cover is negative or not finite");
  }
  if (node.is_leaf()) {
    if (!std::isfinite(node.value)) return base::InvalidInput("the leaf value is not finite");
    return {};
  }
  if (node.feature >= num_features) {
    return base::InvalidInput(
        format("it splits on feature {} but there are {}", node.feature, num_features));
  }
  if (std::isnan(node.threshold)) return base::InvalidInput("the threshold is NaN");
  if (node.cover == 0) {
    return base::InvalidInput(
        "no training row reached this split (zero cover), which exact contributions cannot weigh");
  }
  auto in_place = [&](int32_t child) {
    return child > static_cast<int64_t>(index) && static_cast<size_t>(child) < tree.nodes.size();
  };
  if (!in_place(node.left) || !in_place(node.right)) {
    return base::InvalidInput("a child is out of place");
  }
  return {};
}

Result<> ValidateTree(const ForestTree& tree, int num_features) {
  if (tree.nodes.empty()) return base::InvalidInput("it has no node");
  std::vector<int> depth(tree.nodes.size(), -1);
  depth[0] = 0;
  for (size_t i = 0; i < tree.nodes.size(); ++i) {
    TRY(ValidateNode(tree, i, num_features).While(format("checking node {}", i)));
    if (depth[i] < 0) return base::InvalidInput(format("node {} has no parent", i));
    if (depth[i] > kMaxForestDepth) {
      return base::InvalidInput(format("it is deeper than {}", kMaxForestDepth));
    }
    if (tree.nodes[i].is_leaf()) continue;
    for (int32_t child : {tree.nodes[i].left, tree.nodes[i].right}) {
      if (depth[child] >= 0) return base::InvalidInput(format("node {} has two parents", child));
      depth[child] = depth[i] + 1;
    }
  }
  return {};
}

}  // namespace

int ForestTree::Depth() const {
  std::vector<int> depth(nodes.size(), 0);
  int deepest = 0;
  for (size_t i = 0; i < nodes.size(); ++i) {
    deepest = std::max(deepest, depth[i]);
    if (nodes[i].is_leaf()) continue;
    depth[nodes[i].left] = depth[nodes[i].right] = depth[i] + 1;
  }
  return deepest;
}

Result<> Validate(const Forest& forest) {
  auto num_features = static_cast<int>(forest.feature_names.size());
  if (!std::isfinite(forest.base_margin))
    return base::InvalidInput("the base margin is not finite");
  if (!(forest.divisor >= 1)) return base::InvalidInput("a forest that averages needs a tree");
  for (size_t t = 0; t < forest.trees.size(); ++t) {
    TRY(ValidateTree(forest.trees[t], num_features).While(format("checking tree {}", t)));
  }
  return {};
}

std::vector<Forest> SplitByOutput(Forest whole, const std::vector<size_t>& output_of_tree,
                                  size_t num_outputs) {
  std::vector<ForestTree> trees = std::move(whole.trees);
  whole.trees.clear();
  std::vector<Forest> forests(num_outputs, whole);
  for (size_t t = 0; t < trees.size(); ++t)
    forests[output_of_tree[t]].trees.push_back(std::move(trees[t]));
  return forests;
}

double MarginByWalk(const Forest& forest, const double* row) {
  double sum = 0;
  for (const ForestTree& tree : forest.trees) {
    const ForestNode* node = &tree.nodes[0];
    while (!node->is_leaf()) {
      bool left = ValueToCompare(row[node->feature], node->missing) <= node->threshold;
      node = &tree.nodes[left ? node->left : node->right];
    }
    sum += node->value;
  }
  return forest.base_margin + sum / forest.divisor;
}

}  // namespace codman::models
