#include "models/lightgbm_text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "base/text.h"

namespace codman::models {
namespace {

// Lines "key=value" of one section; a bare word has an empty value.
using Section = std::map<std::string_view, std::string_view>;

constexpr int kCategoricalBit = 1;
constexpr int kDefaultLeftBit = 2;

std::string_view NextLine(std::string_view* text) {
  size_t end = text->find('\n');
  std::string_view line = text->substr(0, end);
  text->remove_prefix(end == text->npos ? text->size() : end + 1);
  return base::Trim(line);
}

void AddLine(std::string_view line, Section* section) {
  size_t equals = line.find('=');
  if (equals == line.npos) {
    (*section)[line] = {};
  } else {
    (*section)[line.substr(0, equals)] = line.substr(equals + 1);
  }
}

Result<std::string_view> Require(const Section& section, std::string_view key) {
  auto found = section.find(key);
  if (found == section.end()) {
    return base::InvalidInput(format("the LightGBM text has no '{}' where one is needed", key));
  }
  return found->second;
}

Result<int64_t> RequireInt(const Section& section, std::string_view key) {
  std::string_view text = TRY(Require(section, key));
  auto value = base::ParseInt(text);
  if (!value)
    return base::InvalidInput(format("'{}' in the LightGBM text is not a whole number", key));
  return *value;
}

std::optional<double> ParseNumber(std::string_view text) {
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  return base::ParseDouble(text);
}

// Exactly `count` numbers separated by single blanks.
Result<std::vector<double>> RequireNumbers(const Section& section, std::string_view key,
                                           size_t count) {
  std::vector<double> numbers;
  std::string_view list = base::Trim(TRY(Require(section, key)));
  auto refuse = [&] {
    return base::InvalidInput(
        format("'{}' in the LightGBM text is not a list of {} numbers", key, count));
  };
  if (list.size() / 2 + 1 < count) return refuse();
  numbers.reserve(count);
  for (size_t begin = 0; begin <= list.size();) {
    size_t end = std::min(list.find(' ', begin), list.size());
    auto value = ParseNumber(list.substr(begin, end - begin));
    if (!value || numbers.size() == count) return refuse();
    numbers.push_back(*value);
    begin = end + 1;
  }
  if (numbers.size() != count) return refuse();
  return numbers;
}

Result<std::vector<int32_t>> RequireInts(const Section& section, std::string_view key,
                                         size_t count) {
  std::vector<int32_t> ints;
  for (double value : TRY(RequireNumbers(section, key, count))) {
    if (value != std::trunc(value) || std::fabs(value) > 2e9) {
      return base::InvalidInput(
          format("'{}' in the LightGBM text holds what is not a whole number", key));
    }
    ints.push_back(static_cast<int32_t>(value));
  }
  return ints;
}

Result<Objective> ReadObjective(std::string_view text) {
  std::vector<std::string_view> words = base::Split(text, ' ');
  std::string_view name = words[0];
  bool plain = words.size() == 1;
  if (name == "binary") {
    for (size_t i = 1; i < words.size(); ++i) {
      if (words[i] != "sigmoid:1") {
        return base::InvalidInput(
            format("LightGBM objective '{}' is not supported: sigmoid must be 1", text));
      }
    }
    return Objective::kBinary;
  }
  if (name == "cross_entropy" && plain) return Objective::kBinary;
  if (name == "multiclass") return Objective::kMulticlass;
  for (std::string_view known : {"regression", "regression_l1", "mape"}) {
    if (name == known && plain) return Objective::kRegression;
  }
  for (std::string_view known : {"huber", "fair", "quantile"}) {
    if (name == known) return Objective::kRegression;
  }
  return base::InvalidInput(
      format("LightGBM objective '{}' is not supported; supported are binary, multiclass and "
             "regression with the identity link",
             text));
}

struct SplitArrays {
  std::vector<int32_t> feature, decision, left, right;
  std::vector<double> threshold, cover, leaf_value, leaf_cover;
};

Result<SplitArrays> ReadSplitArrays(const Section& section, size_t num_leaves) {
  SplitArrays arrays;
  size_t splits = num_leaves - 1;
  arrays.leaf_value = TRY(RequireNumbers(section, "leaf_value", num_leaves));
  arrays.feature = TRY(RequireInts(section, "split_feature", splits));
  arrays.decision = TRY(RequireInts(section, "decision_type", splits));
  arrays.left = TRY(RequireInts(section, "left_child", splits));
  arrays.right = TRY(RequireInts(section, "right_child", splits));
  arrays.threshold = TRY(RequireNumbers(section, "threshold", splits));
  arrays.cover = TRY(RequireNumbers(section, "internal_count", splits));
  arrays.leaf_cover = TRY(RequireNumbers(section, "leaf_count", num_leaves));
  return arrays;
}

Result<MissingRule> ReadMissingRule(int32_t decision) {
  bool left = (decision & kDefaultLeftBit) != 0;
  switch ((decision >> 2) & 3) {
    case 0:
      return MissingRule::kNanIsZero;
    case 1:
      return left ? MissingRule::kZeroLeft : MissingRule::kZeroRight;
    case 2:
      return left ? MissingRule::kNanLeft : MissingRule::kNanRight;
    default:
      return base::InvalidInput(
          format("decision type {} in the LightGBM text has no meaning", decision));
  }
}

// `child` numbers a split, or a leaf as its complement.
Result<ForestNode> ReadNode(const SplitArrays& arrays, int32_t child) {
  ForestNode node;
  if (child < 0) {
    auto leaf = static_cast<size_t>(-(static_cast<int64_t>(child) + 1));
    if (leaf >= arrays.leaf_value.size())
      return base::InvalidInput("a child names a leaf that is not there");
    node.value = arrays.leaf_value[leaf];
    node.cover = arrays.leaf_cover[leaf];
    return node;
  }
  auto split = static_cast<size_t>(child);
  if (split >= arrays.feature.size())
    return base::InvalidInput("a child names a split that is not there");
  int32_t decision = arrays.decision[split];
  if ((decision & kCategoricalBit) != 0) {
    return base::InvalidInput(
        "categorical splits are not supported; encode the feature as numbers");
  }
  if (arrays.feature[split] < 0) return base::InvalidInput("a split has a negative feature");
  node.feature = arrays.feature[split];
  node.threshold = arrays.threshold[split];
  node.cover = arrays.cover[split];
  node.missing = TRY(ReadMissingRule(decision));
  return node;
}

// Renumbers breadth first, so that parents come before children. Each split and leaf may be met
// once, so cycles end.
Result<ForestTree> Renumber(const SplitArrays& arrays) {
  ForestTree tree;
  std::vector<int32_t> origin = {0};
  size_t expected = 2 * arrays.leaf_value.size() - 1;
  std::vector<bool> seen(expected, false);
  for (size_t i = 0; i < origin.size(); ++i) {
    ForestNode node = TRY(ReadNode(arrays, origin[i]));
    auto place = static_cast<size_t>(node.is_leaf() ? expected + origin[i] : origin[i]);
    if (seen[place]) return base::InvalidInput("the children form a cycle or share a node");
    seen[place] = true;
    if (!node.is_leaf()) {
      node.left = static_cast<int32_t>(origin.size());
      node.right = node.left + 1;
      origin.push_back(arrays.left[origin[i]]);
      origin.push_back(arrays.right[origin[i]]);
    }
    tree.nodes.push_back(node);
  }
  if (origin.size() != expected) return base::InvalidInput("some nodes hang in the air");
  return tree;
}

Result<ForestTree> ReadTree(const Section& section) {
  int64_t num_leaves = TRY(RequireInt(section, "num_leaves"));
  if (num_leaves < 1 || num_leaves > 100'000'000) {
    return base::InvalidInput(format("{} leaves cannot be", num_leaves));
  }
  auto linear = section.find("is_linear");
  if (linear != section.end() && linear->second != "0") {
    return base::InvalidInput("linear trees are not supported; train with linear_tree=false");
  }
  auto categorical = section.find("num_cat");
  if (categorical != section.end() && categorical->second != "0") {
    return base::InvalidInput(
        "categorical splits are not supported; encode the feature as numbers");
  }
  if (num_leaves > 1)
    return Renumber(TRY(ReadSplitArrays(section, static_cast<size_t>(num_leaves))));
  ForestTree tree;
  tree.nodes.emplace_back();
  tree.nodes[0].value = TRY(RequireNumbers(section, "leaf_value", 1))[0];
  return tree;
}

Result<> ReadHead(const Section& head, Forest* forest) {
  std::string_view version = TRY(Require(head, "version"));
  if (version != "v3" && version != "v4") {
    return base::InvalidInput(
        format("LightGBM text version '{}' is not supported; v3 and v4 are", version));
  }
  forest->objective = TRY(ReadObjective(TRY(Require(head, "objective"))));
  for (std::string_view name : base::Split(base::Trim(TRY(Require(head, "feature_names"))), ' ')) {
    forest->feature_names.push_back(DecodeFeatureName(name));
  }
  int64_t max_feature = TRY(RequireInt(head, "max_feature_idx"));
  if (max_feature + 1 != static_cast<int64_t>(forest->feature_names.size()) ||
      max_feature >= kMaxForestFeatures) {
    return base::InvalidInput(format("the LightGBM text names {} features but says {}",
                                     forest->feature_names.size(), max_feature + 1));
  }
  return {};
}

// The number of classes, or 1.
Result<size_t> ReadNumOutputs(const Section& head, Objective objective) {
  int64_t outputs = TRY(RequireInt(head, "num_tree_per_iteration"));
  bool several = objective == Objective::kMulticlass;
  if (outputs != TRY(RequireInt(head, "num_class")) || outputs < (several ? 2 : 1) ||
      outputs > (several ? kMaxClasses : 1)) {
    return base::InvalidInput(
        format("num_class and num_tree_per_iteration of the LightGBM text do not suit its "
               "objective: {} for 2 to {} classes, 1 for all others",
               NameOf(Objective::kMulticlass), kMaxClasses));
  }
  return static_cast<size_t>(outputs);
}

// Everything up to the first of "Tree=" and "end of trees".
Section ReadHeadSection(std::string_view* text) {
  Section head;
  while (!text->empty() && !text->starts_with("Tree=") && !text->starts_with("end of trees")) {
    AddLine(NextLine(text), &head);
  }
  return head;
}

Result<> ReadTrees(std::string_view* text, Forest* forest) {
  while (text->starts_with("Tree=")) {
    Section section;
    do {
      AddLine(NextLine(text), &section);
    } while (!text->empty() && !text->starts_with("Tree=") && !text->starts_with("end of trees"));
    forest->trees.push_back(
        TRY(ReadTree(section).While(format("reading tree {}", forest->trees.size()))));
  }
  if (!text->starts_with("end of trees")) {
    return base::InvalidInput("the LightGBM text stops before 'end of trees': it was cut off");
  }
  return {};
}

// Lines "[name: value]" between "parameters:" and "end of parameters".
Json ReadParameters(std::string_view text) {
  Json parameters;
  size_t begin = text.find("\nparameters:\n");
  if (begin == text.npos) return parameters;
  text.remove_prefix(begin + 1);
  NextLine(&text);
  while (!text.empty() && !text.starts_with("end of parameters")) {
    std::string_view line = NextLine(&text);
    size_t colon = line.find(": ");
    if (colon == line.npos || !line.starts_with('[') || !line.ends_with(']')) continue;
    std::string_view value = line.substr(colon + 2, line.size() - colon - 3);
    auto number = base::ParseDouble(value);
    parameters.Set(std::string(line.substr(1, colon - 1)), number ? Json(*number) : Json(value));
  }
  return parameters;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

bool LooksLikeLightgbmText(std::string_view bytes) {
  return bytes.starts_with("tree\n") || bytes.starts_with("tree\r\n");
}

Result<std::vector<Forest>> ReadLightgbmText(std::string_view text) {
  if (!LooksLikeLightgbmText(text))
    return base::InvalidInput("a LightGBM model text begins with the line 'tree'");
  Forest whole;
  Section head = ReadHeadSection(&text);
  TRY(ReadHead(head, &whole));
  size_t outputs = TRY(ReadNumOutputs(head, whole.objective));
  TRY(ReadTrees(&text, &whole));
  whole.parameters = ReadParameters(text);
  if (whole.parameters["boosting"].AsString() == "dart") {
    return base::InvalidInput("DART models are not supported; train with boosting=gbdt or rf");
  }
  if (whole.trees.size() % outputs != 0)
    return base::InvalidInput("the LightGBM text has not as many trees for every class");
  size_t trees_each = whole.trees.size() / outputs;
  if (head.contains("average_output")) whole.divisor = static_cast<double>(trees_each);
  TRY(Validate(whole));
  std::vector<size_t> output_of_tree(whole.trees.size());
  for (size_t t = 0; t < output_of_tree.size(); ++t) output_of_tree[t] = t % outputs;
  return SplitByOutput(std::move(whole), output_of_tree, outputs);
}

std::string EncodeFeatureName(std::string_view name) {
  std::string encoded;
  for (char c : name) {
    bool plain =
        c > ' ' && c < 0x7F && std::string_view("\",:[]{}%").find(c) == std::string_view::npos;
    encoded += plain ? std::string(1, c) : format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

std::string DecodeFeatureName(std::string_view encoded) {
  std::string name;
  for (size_t i = 0; i < encoded.size(); ++i) {
    bool escape = encoded[i] == '%' && i + 2 < encoded.size() && HexDigit(encoded[i + 1]) >= 0 &&
                  HexDigit(encoded[i + 2]) >= 0;
    if (!escape) {
      name += encoded[i];
      continue;
    }
    name += static_cast<char>(HexDigit(encoded[i + 1]) * 16 + HexDigit(encoded[i + 2]));
    i += 2;
  }
  return name;
}

}  // namespace codman::models
