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

// "5E-1" or, from version 3 on, "[5E-1]": one number for all outputs, or one each.
Result<std::vector<double>> ReadBaseScores(const Json& json, size_t outputs) {
  std::string_view text = json.AsString();
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
    text = text.substr(1, text.size() - 2);
  std::vector<double> scores;
  if (json.is_number()) return std::vector<double>(outputs, static_cast<float>(json.AsDouble()));
  for (std::string_view part : base::Split(text, ',')) {
    auto value = base::ParseDouble(base::Trim(part));
    if (!value) return base::InvalidInput("'base_score' of the XGBoost model is not a number");
    scores.push_back(static_cast<float>(*value));
  }
  if (scores.size() == 1) scores.resize(outputs, scores[0]);
  if (scores.size() != outputs) {
    return base::InvalidInput(
        format("'base_score' of the XGBoost model is neither one number nor {}", outputs));
  }
  return scores;
}

Result<Objective> ReadObjective(const Json& learner) {
  const std::string& name = learner["objective"]["name"].AsString();
  for (std::string_view known :
       {"reg:squarederror", "reg:linear", "reg:absoluteerror", "reg:pseudohubererror"}) {
    if (name == known) return Objective::kRegression;
  }
  if (name == "binary:logistic" || name == "reg:logistic") return Objective::kBinary;
  if (name == "multi:softprob" || name == "multi:softmax") return Objective::kMulticlass;
  return base::InvalidInput(
      format("XGBoost objective '{}' is not supported; supported are binary:logistic, "
             "multi:softprob and reg:squarederror",
             name));
}

Result<size_t> ReadNumOutputs(const Json& learner, Objective objective) {
  double classes = NumberOf(learner["learner_model_param"]["num_class"]).value_or(0);
  if (objective != Objective::kMulticlass && classes <= 1) return size_t{1};
  if (objective != Objective::kMulticlass || !(classes >= 2 && classes <= kMaxClasses) ||
      classes != std::trunc(classes)) {
    return base::InvalidInput(
        format("'num_class' of the XGBoost model does not suit its objective: multi:softprob takes "
               "2 to {}, all others 0 or 1",
               kMaxClasses));
  }
  return static_cast<size_t>(classes);
}

// Every forest its base margin.
Result<> SetBaseMargins(const Json& learner, std::vector<Forest>* forests) {
  auto scores = TRY(ReadBaseScores(learner["learner_model_param"]["base_score"], forests->size()));
  for (size_t k = 0; k < scores.size(); ++k) {
    double p = scores[k];
    (*forests)[k].base_margin = p;
    if ((*forests)[k].objective != Objective::kBinary) continue;
    if (!(p > 0 && p < 1)) {
      return base::InvalidInput(
          "'base_score' of a logistic XGBoost model must lie between 0 and 1");
    }
    (*forests)[k].base_margin = std::log(p) - std::log1p(-p);
  }
  return {};
}

// tree_info names the output of each tree.
Result<std::vector<size_t>> ReadOutputsOfTrees(const Json& model, size_t num_trees,
                                               size_t num_outputs) {
  std::vector<size_t> outputs(num_trees, 0);
  if (num_outputs == 1) return outputs;
  const auto& info = model["tree_info"].items();
  if (info.size() != num_trees)
    return base::InvalidInput("'tree_info' of the XGBoost model does not name a class a tree");
  for (size_t t = 0; t < num_trees; ++t) {
    double output = info[t].AsDouble(-1);
    if (!(output >= 0 && output < static_cast<double>(num_outputs)) ||
        output != std::trunc(output)) {
      return base::InvalidInput("'tree_info' of the XGBoost model names a class that is not there");
    }
    outputs[t] = static_cast<size_t>(output);
  }
  return outputs;
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

Result<std::vector<Forest>> ReadXgboostJson(std::string_view text) {
  Json root = TRY(base::ParseJson(text));
  const Json& learner = root["learner"];
  if (!learner.is_object())
    return base::InvalidInput("an XGBoost JSON model has a member 'learner'");
  TRY(RefuseUnsupported(learner));
  Forest whole;
  whole.objective = TRY(ReadObjective(learner));
  size_t num_outputs = TRY(ReadNumOutputs(learner, whole.objective));
  TRY(ReadFeatureNames(learner, &whole));
  const Json& model = learner["gradient_booster"]["model"];
  for (const Json& tree : model["trees"].items()) {
    whole.trees.push_back(TRY(ReadTree(tree, whole.feature_names.size())
                                  .While(format("reading tree {}", whole.trees.size()))));
  }
  TRY(Validate(whole));
  auto outputs = TRY(ReadOutputsOfTrees(model, whole.trees.size(), num_outputs));
  std::vector<Forest> forests = SplitByOutput(std::move(whole), outputs, num_outputs);
  TRY(SetBaseMargins(learner, &forests));
  for (const Forest& forest : forests) {
    if (!std::isfinite(forest.base_margin))
      return base::InvalidInput("'base_score' of the XGBoost model is not finite");
  }
  return forests;
}

}  // namespace codman::models
