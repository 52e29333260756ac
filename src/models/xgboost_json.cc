#include "models/xgboost_json.h"

#include <bit>
#include <cmath>
#include <limits>
#include <optional>

#include "base/text.h"

namespace codman::models {
namespace {

// XGBoost writes its parameters as texts; other writers use plain numbers.
std::optional<double> NumberOf(const Json& json) {
  if (json.is_number()) return json.AsDouble();
  return base::ParseDouble(json.AsString());
}

bool IsAtMostOne(const Json& json) { return json.is_null() || NumberOf(json).value_or(2) <= 1; }

// "5E-1" or, from version 3 on, "[5E-1]".
Result<double> ReadBaseScore(const Json& json) {
  std::string_view text = json.AsString();
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
    text = text.substr(1, text.size() - 2);
  auto value = json.is_number() ? NumberOf(json) : base::ParseDouble(text);
  if (!value) return base::InvalidInput("'base_score' of the XGBoost model is not one number");
  return static_cast<float>(*value);
}

Result<> ReadObjective(const Json& learner, Forest* forest) {
  const std::string& name = learner["objective"]["name"].AsString();
  forest->base_margin = TRY(ReadBaseScore(learner["learner_model_param"]["base_score"]));
  for (std::string_view known :
       {"reg:squarederror", "reg:linear", "reg:absoluteerror", "reg:pseudohubererror"}) {
    if (name != known) continue;
    forest->objective = Objective::kRegression;
    return {};
  }
  if (name != "binary:logistic" && name != "reg:logistic") {
    return base::InvalidInput(
        format("XGBoost objective '{}' is not supported; supported are binary:logistic and "
               "reg:squarederror",
               name));
  }
  double p = forest->base_margin;
  if (!(p > 0 && p < 1))
    return base::InvalidInput("'base_score' of a logistic XGBoost model must lie between 0 and 1");
  forest->objective = Objective::kBinary;
  forest->base_margin = std::log(p) - std::log1p(-p);
  return {};
}

Result<> ReadFeatureNames(const Json& learner, Forest* forest) {
  auto count = NumberOf(learner["learner_model_param"]["num_feature"]);
  if (!count || *count < 1 || *count > kMaxForestFeatures || *count != std::trunc(*count)) {
    return base::InvalidInput("'num_feature' of the XGBoost model is not a sensible count");
  }
  for (const Json& name : learner["feature_names"].items())
    forest->feature_names.push_back(name.AsString());
  if (forest->feature_names.empty()) {
    for (int i = 0; i < static_cast<int>(*count); ++i)
      forest->feature_names.push_back(format("f{}", i));
  }
  if (static_cast<double>(forest->feature_names.size()) != *count) {
    return base::InvalidInput(
        "the XGBoost model names another number of features than it says it has");
  }
  return {};
}

struct TreeArrays {
  const std::vector<Json>*left, *right, *feature, *condition, *default_left, *cover;
};

Result<TreeArrays> ReadTreeArrays(const Json& tree) {
  TreeArrays arrays{};
  size_t count = tree["left_children"].items().size();
  auto require = [&](const char* name, const std::vector<Json>** items) -> Result<> {
    *items = &tree[name].items();
    if (count == 0 || (*items)->size() != count) {
      return base::InvalidInput(
          format("'{}' is missing or has another length than 'left_children'", name));
    }
    for (const Json& item : **items) {
      if (!item.is_number() && !item.is_bool())
        return base::InvalidInput(format("'{}' holds what is no number", name));
    }
    return {};
  };
  TRY(require("left_children", &arrays.left));
  TRY(require("right_children", &arrays.right));
  TRY(require("split_indices", &arrays.feature));
  TRY(require("split_conditions", &arrays.condition));
  TRY(require("default_left", &arrays.default_left));
  TRY(require("sum_hessian", &arrays.cover));
  return arrays;
}

bool IsTrue(const Json& json) { return json.is_bool() ? json.AsBool() : json.AsDouble() != 0; }

Result<int32_t> IndexOf(const Json& json, size_t bound) {
  double value = json.AsDouble(-1);
  if (!(value >= 0 && value < static_cast<double>(bound)) || value != std::trunc(value)) {
    return base::InvalidInput("a child or feature index is out of range");
  }
  return static_cast<int32_t>(value);
}

Result<ForestNode> ReadNode(const TreeArrays& arrays, size_t at, size_t num_features) {
  ForestNode node;
  node.cover =
      static_cast<float>((*arrays.cover)[at].AsDouble());  // float32 is what XGBoost computes with
  auto condition = static_cast<float>((*arrays.condition)[at].AsDouble());
  if ((*arrays.left)[at].AsDouble() == -1) {
    node.value = condition;
    return node;
  }
  node.feature = TRY(IndexOf((*arrays.feature)[at], num_features));
  if (condition == -std::numeric_limits<float>::infinity())
    return base::InvalidInput("a threshold is -infinity");
  node.threshold = DoubleThresholdOf(condition);
  node.missing =
      IsTrue((*arrays.default_left)[at]) ? MissingRule::kNanLeft : MissingRule::kNanRight;
  return node;
}

// Keeps what the root reaches (pruned nodes stay in the file), parents before children. Each node
// may be met once, so cycles end.
Result<ForestTree> ReadTree(const Json& json, size_t num_features) {
  if (!IsAtMostOne(json["tree_param"]["size_leaf_vector"])) {
    return base::InvalidInput("trees with vectors as leaves (several targets) are not supported");
  }
  if (!json["categories"].items().empty()) {
    return base::InvalidInput(
        "categorical splits are not supported; encode the feature as numbers");
  }
  TreeArrays arrays = TRY(ReadTreeArrays(json));
  ForestTree tree;
  std::vector<int32_t> origin = {0};
  std::vector<bool> seen(arrays.left->size(), false);
  for (size_t i = 0; i < origin.size(); ++i) {
    auto at = static_cast<size_t>(origin[i]);
    if (seen[at]) return base::InvalidInput("the children form a cycle or share a node");
    seen[at] = true;
    ForestNode node = TRY(ReadNode(arrays, at, num_features));
    if (!node.is_leaf()) {
      node.left = static_cast<int32_t>(origin.size());
      node.right = node.left + 1;
      origin.push_back(TRY(IndexOf((*arrays.left)[at], arrays.left->size())));
      origin.push_back(TRY(IndexOf((*arrays.right)[at], arrays.left->size())));
    }
    tree.nodes.push_back(node);
  }
  return tree;
}

Result<> RefuseUnsupported(const Json& learner) {
  const std::string& booster = learner["gradient_booster"]["name"].AsString();
  if (booster == "dart")
    return base::InvalidInput("DART models are not supported; train with booster=gbtree");
  if (booster != "gbtree") {
    return base::InvalidInput(format("XGBoost booster '{}' is not supported; gbtree is", booster));
  }
  const Json& parameters = learner["learner_model_param"];
  if (!IsAtMostOne(parameters["num_class"]))
    return base::InvalidInput("multiclass models are not supported");
  if (!IsAtMostOne(parameters["num_target"]))
    return base::InvalidInput("several targets are not supported");
  return {};
}

}  // namespace

double DoubleThresholdOf(float threshold) {
  constexpr double kBeyondFloat = 0x1p128;  // where the next float after FLT_MAX would stand
  auto place = [](float f) {
    return std::isinf(f) ? std::copysign(kBeyondFloat, f) : static_cast<double>(f);
  };
  float below = std::nextafter(threshold, -std::numeric_limits<float>::infinity());
  double middle = (place(below) + place(threshold)) / 2;  // exact: two neighbouring floats
  bool threshold_is_even = (std::bit_cast<uint32_t>(threshold) & 1) == 0;
  // A tie rounds to the even neighbour: to `threshold`, then the middle itself is not below it.
  if (threshold_is_even) return std::nextafter(middle, -std::numeric_limits<double>::infinity());
  return middle;
}

Result<Forest> ReadXgboostJson(std::string_view text) {
  Json root = TRY(base::ParseJson(text));
  const Json& learner = root["learner"];
  if (!learner.is_object())
    return base::InvalidInput("an XGBoost JSON model has a member 'learner'");
  TRY(RefuseUnsupported(learner));
  Forest forest;
  TRY(ReadObjective(learner, &forest));
  TRY(ReadFeatureNames(learner, &forest));
  for (const Json& tree : learner["gradient_booster"]["model"]["trees"].items()) {
    forest.trees.push_back(TRY(ReadTree(tree, forest.feature_names.size())
                                   .While(format("reading tree {}", forest.trees.size()))));
  }
  TRY(Validate(forest));
  return forest;
}

}  // namespace codman::models
