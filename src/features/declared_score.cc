#include <algorithm>
#include <limits>
#include <map>

#include "base/text.h"
#include "features/declaration_internal.h"
#include "features/scores.h"

namespace codman::features {
namespace {

using base::Problems;

// Not a function of fixed arguments: which classes it reads, the concepts' interactions say.
constexpr std::string_view kInteractionPairs = "severe_interaction_pairs";

struct Inputs {
  std::vector<std::string> concept_names;
  Aggregate aggregate = Aggregate::kAny;
};

Inputs InputsOf(std::string_view score, const events::Concepts& concepts) {
  if (score == kInteractionPairs) {
    Inputs inputs{{}, Aggregate::kDistinct};
    auto& names = inputs.concept_names;
    for (const auto& pair : concepts.interactions()) {
      for (int index : {pair.first, pair.second}) {
        const std::string& name = concepts[index].name;
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      }
    }
    return inputs;
  }
  int index = FindScore(score);
  if (index < 0) return {};
  const Score& found = Scores()[static_cast<size_t>(index)];
  return {{found.concepts.begin(), found.concepts.end()}, found.aggregate};
}

std::string InputName(const std::string& feature, const std::string& concept_name) {
  return feature + "_of_" + concept_name;
}

// One for each pair of which both are given; of a class with itself, where two of it are.
std::string PairsExpression(const std::string& id, const events::Concepts& concepts) {
  std::vector<std::string> terms;
  for (const auto& pair : concepts.interactions()) {
    std::string first = InputName(id, concepts[pair.first].name);
    std::string second = InputName(id, concepts[pair.second].name);
    terms.push_back(pair.first == pair.second ? format("({} >= 2)", first)
                                              : format("({} > 0) * ({} > 0)", first, second));
  }
  return base::Join(terms, " + ");
}

std::vector<std::string> ReadableScores() {
  std::vector<std::string> names = {std::string(kInteractionPairs)};
  for (const Score& score : Scores()) {
    if (!score.concepts.empty()) names.emplace_back(score.name);
  }
  return names;
}

// What the entry may not say, and whether what the score reads is there.
bool CheckEntry(const Json& entry, const events::Concepts& concepts, const std::string& name,
                const Inputs& inputs, Problems* problems) {
  for (const char* key : {"concept", "aggregate", "expression", "unit"}) {
    if (const Json* extra = entry.Find(key)) {
      problems->Add(extra->line(), format("a score has no '{}'; remove one of the two", key));
    }
  }
  int line = entry["score"].line();
  if (inputs.concept_names.empty()) {
    AddUnknown(line, "score", name, ReadableScores(), problems);
    return false;
  }
  for (const auto& input : inputs.concept_names) {
    if (concepts.Find(input) >= 0) continue;
    problems->Add(line, format("the score {} reads the concept '{}', which is not declared; add it "
                               "to the clinic's concepts",
                               name, input));
    return false;
  }
  return true;
}

}  // namespace

bool ReadScore(const Json& entry, const events::Concepts& concepts, ContractFeature* feature,
               Problems* problems) {
  std::string name = problems->Text(entry, "score");
  auto window = ParseWindow(problems->Text(entry, "window"));
  if (!window.ok()) problems->Add(entry["window"].line(), window.error().message());
  Inputs inputs = InputsOf(name, concepts);
  if (!CheckEntry(entry, concepts, name, inputs, problems) || !window.ok()) return false;
  feature->low = 0;
  feature->high = std::numeric_limits<double>::infinity();
  if (feature->label.empty()) feature->label = feature->id;
  if (feature->group.empty()) feature->group = "derived";
  if (name == kInteractionPairs) {
    feature->expression = PairsExpression(feature->id, concepts);
    feature->unit = "1";
    feature->high = static_cast<double>(concepts.interactions().size());
    return true;
  }
  std::vector<std::string> arguments;
  for (const auto& input : inputs.concept_names) arguments.push_back(InputName(feature->id, input));
  const Score& score = Scores()[static_cast<size_t>(FindScore(name))];
  feature->expression = format("{}({})", name, base::Join(arguments, ", "));
  feature->unit = score.unit;
  if (score.low < score.high)
    std::tie(feature->low, feature->high) = std::pair(score.low, score.high);
  return true;
}

std::vector<ContractFeature> InputsOfScore(const Json& entry, const events::Concepts& concepts,
                                           const ContractFeature& feature) {
  std::vector<ContractFeature> features;
  if (entry.Find("score") == nullptr) return features;
  Inputs inputs = InputsOf(entry["score"].AsString(), concepts);
  for (const auto& name : inputs.concept_names) {
    const auto& concept_of = concepts[concepts.Find(name)];
    ContractFeature input;
    input.id = InputName(feature.id, name);
    input.label = concept_of.label;
    input.group = concept_of.group;
    input.owner = feature.owner;
    input.concept_index = concepts.Find(name);
    input.aggregate = inputs.aggregate;
    input.window_us = ParseWindow(entry["window"].AsString()).value();
    input.before_index = feature.before_index;
    input.unit = UnitOf(inputs.aggregate, concept_of.unit);
    std::tie(input.low, input.high) = RangeOf(inputs.aggregate, concept_of.low, concept_of.high);
    input.inner = true;
    input.process = feature.process;
    input.line = feature.line;
    features.push_back(std::move(input));
  }
  return features;
}

void CheckHeldConcepts(const Declaration& declaration, const events::Concepts& concepts,
                       Problems* problems) {
  std::map<int, const ContractFeature*> first;
  for (const auto& declared : declaration.features) {
    const ContractFeature& feature = declared.contract;
    if (feature.concept_index < 0) continue;
    const ContractFeature* other = first.emplace(feature.concept_index, &feature).first->second;
    if (other->before_index == feature.before_index) continue;
    problems->Add(feature.line,
                  format("'{}' and '{}' read the concept '{}' with different `before`; a set takes "
                         "a concept in one way only",
                         feature.id, other->id, concepts[feature.concept_index].name));
  }
}

}  // namespace codman::features
