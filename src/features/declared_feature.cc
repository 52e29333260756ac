#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "features/declaration_internal.h"
#include "features/exact_internal.h"
#include "features/unit_internal.h"

namespace codman::features {
namespace {

using base::Problems;
using events::Concept;

const std::vector<std::string> kFeatureKeys = {
    "id",     "concept", "aggregate", "window",      "expression", "label",     "group",
    "unit",   "range",   "owner",     "description", "column",     "reference", "null_policy",
    "levels", "encode",  "inner",     "before",      "score",      "words"};

bool IsIdentifier(std::string_view id) {
  auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !id.empty() && id[0] >= 'a' && id[0] <= 'z' && std::all_of(id.begin(), id.end(), is_word);
}

// Reads [low, high] where declared.
bool ReadPair(const Json& entry, const char* key, double* low, double* high, Problems* problems) {
  const Json* pair = entry.Find(key);
  if (pair == nullptr) return false;
  if (pair->size() != 2 || !pair->items()[0].is_number() || !pair->items()[1].is_number() ||
      pair->items()[0].AsDouble() > pair->items()[1].AsDouble()) {
    problems->Add(pair->line(),
                  format("'{}' must be two numbers, the lower one first: [10, 350]", key));
    return false;
  }
  *low = pair->items()[0].AsDouble();
  *high = pair->items()[1].AsDouble();
  return true;
}

bool TellsOfOneValue(Aggregate aggregate) {
  switch (aggregate) {
    case Aggregate::kLast:
    case Aggregate::kFirst:
    case Aggregate::kMean:
    case Aggregate::kMin:
    case Aggregate::kMax:
    case Aggregate::kWorst:
      return true;
    default:
      return false;
  }
}

// One of the values themselves, and not what was computed of them.
bool IsOneOfTheValues(Aggregate aggregate) {
  return TellsOfOneValue(aggregate) && aggregate != Aggregate::kMean;
}

AggregateOverWindow ReadAggregate(const Json& entry, AggregateOverWindow wanted,
                                  Problems* problems) {
  if (const Json* name = entry.Find("aggregate")) {
    std::string text = problems->Text(entry, "aggregate");
    auto parsed = ParseColumn(text);
    auto plain = ParseAggregate(text);
    if (plain) {
      wanted.aggregate = *plain;
    } else {
      problems->Add(name->line(), parsed.ok() ? format("write aggregate: {} and the window apart",
                                                       NameOf(parsed->aggregate))
                                              : parsed.error().message());
    }
  }
  if (const Json* window = entry.Find("window")) {
    auto parsed = ParseWindow(problems->Text(entry, "window"));
    if (parsed.ok()) {
      wanted.window_us = *parsed;
    } else {
      problems->Add(window->line(), parsed.error().message());
    }
  }
  return wanted;
}

void CheckLimits(const ContractFeature& feature, const Concept& concept_of, Problems* problems) {
  if (std::fabs(concept_of.low) < kValueLimit && std::fabs(concept_of.high) < kValueLimit) return;
  problems->Add(
      feature.line,
      format("concept '{}' has values of 2^40 or more, which sums cannot hold exactly; give it a "
             "larger unit or a narrower range ({}:{})",
             concept_of.name, concept_of.file, concept_of.line));
}

void CheckUnit(const Json& entry, const ContractFeature& feature, const Concept& concept_of,
               Problems* problems) {
  const Json* declared = entry.Find("unit");
  if (declared == nullptr) return;
  std::string unit = problems->Text(entry, "unit");
  if (unit == feature.unit) return;
  problems->Add(declared->line(),
                format("unit mismatch: {} of '{}' is in '{}', not '{}'; leave the unit out or "
                       "change the concept ({}:{})",
                       NameOf(feature.aggregate), concept_of.name, feature.unit, unit,
                       concept_of.file, concept_of.line));
}

void ReadBefore(const Json& entry, const events::Concepts& concepts, ContractFeature* feature,
                Problems* problems) {
  if (entry.Find("before") == nullptr) return;
  std::string name = problems->Text(entry, "before");
  feature->before_index = concepts.Find(name);
  if (feature->before_index < 0) {
    std::vector<std::string> known;
    for (const Concept& each : concepts.all()) known.push_back(each.name);
    AddUnknown(entry["before"].line(), "concept", name, known, problems);
  } else if (feature->before_index == feature->concept_index) {
    problems->Add(entry["before"].line(),
                  "a concept cannot come before itself; name the admission");
  }
}

bool ReadMeasured(const Json& entry, const AggregateOverWindow& defaults,
                  const events::Concepts& concepts, ContractFeature* feature, Problems* problems) {
  std::string name = problems->Text(entry, "concept");
  feature->concept_index = concepts.Find(name);
  AggregateOverWindow wanted = ReadAggregate(entry, defaults, problems);
  feature->aggregate = wanted.aggregate;
  feature->window_us = wanted.window_us;
  if (feature->concept_index < 0) {
    std::vector<std::string> known;
    for (const Concept& each : concepts.all()) known.push_back(each.name);
    AddUnknown(entry["concept"].line(), "concept", name, known, problems);
    return false;
  }
  const Concept& concept_of = concepts[feature->concept_index];
  if (concept_of.outcome) {
    problems->Add(feature->line,
                  format("concept '{}' is an outcome and cannot be an input; remove the feature",
                         concept_of.name));
  }
  CheckLimits(*feature, concept_of, problems);
  if (std::string why = WhyImpossible(wanted, concept_of); !why.empty()) {
    problems->Add(feature->line, why);
  }
  feature->unit = UnitOf(wanted.aggregate, concept_of.unit);
  CheckUnit(entry, *feature, concept_of, problems);
  ReadBefore(entry, concepts, feature, problems);
  std::tie(feature->low, feature->high) =
      RangeOf(wanted.aggregate, concept_of.low, concept_of.high);
  if (TellsOfOneValue(wanted.aggregate)) {
    feature->reference_low = concept_of.reference_low;
    feature->reference_high = concept_of.reference_high;
  }
  if (IsOneOfTheValues(wanted.aggregate)) feature->words = concept_of.words;
  if (feature->label.empty()) feature->label = concept_of.label;
  if (feature->group.empty()) feature->group = concept_of.group;
  return true;
}

bool ReadDerived(const Json& entry, ContractFeature* feature, Problems* problems) {
  feature->expression = problems->Text(entry, "expression");
  for (const char* key : {"concept", "aggregate", "window"}) {
    if (const Json* extra = entry.Find(key)) {
      problems->Add(extra->line(),
                    format("'{}' has an expression and so no '{}'; remove one", feature->id, key));
    }
  }
  feature->unit = entry.Find("unit") == nullptr ? "1" : problems->Text(entry, "unit");
  feature->low = -std::numeric_limits<double>::infinity();
  feature->high = std::numeric_limits<double>::infinity();
  if (feature->label.empty()) feature->label = feature->id;
  if (feature->group.empty()) feature->group = "derived";
  return !feature->expression.empty();
}

void ReadLevels(const Json& entry, ContractFeature* feature, Problems* problems) {
  feature->levels = problems->Texts(entry, "levels");
  if (entry.Find("levels") == nullptr) return;
  auto sorted = feature->levels;
  std::sort(sorted.begin(), sorted.end());
  if (sorted.size() < 2 || std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    problems->Add(entry["levels"].line(), "'levels' must list at least two different texts");
  }
  feature->low = 0;
  feature->high = static_cast<double>(feature->levels.size()) - 1;
  feature->unit = "{level}";
  feature->words = feature->levels;
}

// What a gold table tells of each row.
bool ReadColumn(const Json& entry, ContractFeature* feature, Problems* problems) {
  feature->column = problems->Text(entry, "column");
  for (const char* key : {"concept", "expression", "aggregate", "window"}) {
    if (const Json* extra = entry.Find(key)) {
      problems->Add(extra->line(), format("'{}' is a column of a table and has no '{}'; remove one",
                                          feature->id, key));
    }
  }
  feature->unit = entry.Find("unit") == nullptr ? "1" : problems->Text(entry, "unit");
  feature->low = -std::numeric_limits<double>::infinity();
  feature->high = std::numeric_limits<double>::infinity();
  ReadLevels(entry, feature, problems);
  std::string encode = problems->Text(entry, "encode", false);
  feature->one_hot = encode == "one_hot";
  if (!encode.empty() && (feature->levels.empty() || (encode != "place" && !feature->one_hot))) {
    problems->Add(entry["encode"].line(),
                  "'encode' is one_hot or place (the default), and only for a column with levels");
  }
  if (feature->label.empty()) feature->label = feature->id;
  if (feature->group.empty()) feature->group = "Row";
  return !feature->column.empty();
}

}  // namespace

std::string_view WordOf(const ContractFeature& feature, double value) {
  int place = PlaceOfWord(value, feature.words.size());
  return place < 0 ? std::string_view() : feature.words[static_cast<size_t>(place)];
}

std::vector<std::string> LevelColumns(const ContractFeature& feature) {
  std::vector<std::string> names;
  if (!feature.one_hot) return names;
  for (const auto& level : feature.levels) {
    std::string name = feature.id + "_is_";
    for (char c : level) {
      bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      bool upper = c >= 'A' && c <= 'Z';
      name += word ? c : upper ? static_cast<char>(c - 'A' + 'a') : '_';
    }
    names.push_back(std::move(name));
  }
  return names;
}

void AddUnknown(int line, std::string_view what, std::string_view word,
                const std::vector<std::string>& known, Problems* problems) {
  std::string nearest = base::NearestWord(word, known);
  problems->Add(line, nearest.empty()
                          ? format("unknown {} '{}'; known are: {}", what, word,
                                   known.empty() ? "none" : base::Join(known, ", "))
                          : format("unknown {} '{}'; did you mean '{}'?", what, word, nearest));
}

bool ReadFeature(const Json& entry, const AggregateOverWindow& defaults,
                 const events::Concepts& concepts, ContractFeature* feature, Problems* problems) {
  problems->CheckKeys(entry, kFeatureKeys);
  if (!entry.is_object()) return false;
  feature->line = entry.line();
  feature->id = problems->Text(entry, "id");
  if (!feature->id.empty() && !IsIdentifier(feature->id)) {
    problems->Add(entry["id"].line(),
                  format("'{}' cannot be a name; use a-z, 0-9 and _, a letter first", feature->id));
  }
  feature->label = problems->Text(entry, "label", false);
  feature->group = problems->Text(entry, "group", false);
  feature->description = problems->Text(entry, "description", false);
  if (entry.Find("owner") != nullptr) feature->owner = problems->Text(entry, "owner");
  feature->inner = entry["inner"].AsBool();
  std::string policy = problems->Text(entry, "null_policy", false);
  if (!policy.empty() && policy != "missing") {
    problems->Add(entry["null_policy"].line(),
                  "null_policy can only be `missing`: an absent value stays absent");
  }
  bool usable = false;
  if (entry.Find("column") != nullptr) {
    usable = ReadColumn(entry, feature, problems);
  } else if (entry.Find("score") != nullptr) {
    ReadBefore(entry, concepts, feature, problems);
    usable = ReadScore(entry, concepts, feature, problems);
  } else if (entry.Find("expression") != nullptr) {
    usable = ReadDerived(entry, feature, problems);
  } else if (entry.Find("concept") != nullptr) {
    usable = ReadMeasured(entry, defaults, concepts, feature, problems);
  } else {
    problems->Add(entry.line(),
                  format("'{}' needs a concept, a column, an expression or a score", feature->id));
    return false;
  }
  ReadPair(entry, "range", &feature->low, &feature->high, problems);
  if (entry.Find("words") != nullptr)
    feature->words = events::ReadWords(entry, feature->low, feature->high, problems);
  ReadPair(entry, "reference", &feature->reference_low, &feature->reference_high, problems);
  if (entry.Find("range") != nullptr &&
      !(std::fabs(feature->low) < kValueLimit && std::fabs(feature->high) < kValueLimit)) {
    problems->Add(entry["range"].line(), "a range must stay below 2^40 (about 1.1e12)");
  }
  return usable && !feature->id.empty();
}

}  // namespace codman::features
