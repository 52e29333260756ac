#include "events/concepts.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/problems.h"
#include "base/text.h"
#include "base/yaml.h"

namespace codman::events {
namespace {

using base::Problems;

const std::vector<std::string> kConceptKeys = {
    "name",      "label", "group",     "codes",   "unit",    "conversions", "range",   "top_code",
    "ambiguous", "worst", "reference", "latency", "outcome", "source",      "members", "words"};

// Numbers of codes lie below it (code_classes.h).
constexpr double kHighestNumber = 549755813888;

std::optional<std::pair<double, double>> ReadPair(const Json& entry, const char* key,
                                                  Problems* problems) {
  const Json& pair = entry[key];
  if (pair.is_null()) return {};
  if (pair.size() != 2 || !pair.items()[0].is_number() || !pair.items()[1].is_number() ||
      pair.items()[0].AsDouble() > pair.items()[1].AsDouble()) {
    problems->Add(pair, format("'{}' must be two numbers, the lower one first: [10, 350]", key));
    return {};
  }
  return std::pair(pair.items()[0].AsDouble(), pair.items()[1].AsDouble());
}

std::vector<Conversion> ReadConversions(const Json& entry, Problems* problems) {
  std::vector<Conversion> conversions;
  for (const auto& item : entry["conversions"].items()) {
    problems->CheckKeys(item, {"unit", "factor", "divide", "offset"});
    Conversion conversion{problems->Text(item, "unit"), problems->Number(item, "factor", 1),
                          problems->Number(item, "offset", 0)};
    if (const Json* divisor = item.Find("divide")) conversion.factor = 1 / divisor->AsDouble(1);
    if (conversion.factor == 0 || !std::isfinite(conversion.factor)) {
      problems->Add(item, "a conversion factor must be a number other than 0");
    }
    conversions.push_back(conversion);
  }
  return conversions;
}

Worst ReadWorst(const Json& entry, Problems* problems) {
  std::string worst = problems->Text(entry, "worst", false);
  if (worst == "high") return Worst::kHigh;
  if (worst == "low") return Worst::kLow;
  if (!worst.empty()) problems->Add(entry["worst"], "'worst' must be high or low");
  return Worst::kNone;
}

std::vector<CodeRange> ReadMembers(const Json& entry, Problems* problems) {
  std::vector<CodeRange> members;
  for (const auto& text : problems->Texts(entry, "members")) {
    auto range = ParseCodeRange(text);
    if (!range.ok()) problems->Add(entry["members"], range.error().message());
    if (range.ok()) members.push_back(*range);
  }
  return members;
}

Concept ReadConcept(const std::string& file, const Json& entry, Problems* problems) {
  problems->CheckKeys(entry, kConceptKeys);
  Concept read;
  read.file = file;
  read.line = entry.line();
  read.name = problems->Text(entry, "name");
  read.label = problems->Text(entry, "label", false);
  if (read.label.empty()) read.label = read.name;
  read.group = problems->Text(entry, "group", false);
  read.codes = problems->Texts(entry, "codes");
  read.members = ReadMembers(entry, problems);
  read.unit = problems->Text(entry, "unit", read.members.empty());
  if (read.unit.empty()) read.unit = "1";
  read.conversions = ReadConversions(entry, problems);
  auto range = ReadPair(entry, "range", problems);
  if (!range && !read.members.empty()) range = {0, kHighestNumber};
  if (!range)
    problems->Add(entry,
                  format("concept '{}' has no plausible range: add range: [low, high]", read.name));
  std::tie(read.low, read.high) = range.value_or(std::pair(0.0, 0.0));
  std::tie(read.reference_low, read.reference_high) =
      ReadPair(entry, "reference", problems).value_or(std::pair(0.0, 0.0));
  read.ambiguous = ReadPair(entry, "ambiguous", problems);
  if (const Json* top = entry.Find("top_code")) read.top_code = top->AsDouble();
  read.worst = ReadWorst(entry, problems);
  read.outcome = entry["outcome"].AsBool();
  read.words = ReadWords(entry, read.low, read.high, problems);
  if (const Json* latency = entry.Find("latency")) {
    auto parsed = base::ParseDuration(latency->AsString());
    if (!parsed) problems->Add(*latency, "'latency' must be a duration such as 30m or 2h");
    read.latency_us = parsed.value_or(0);
  }
  return read;
}

// The canonical text of what can change an answer.
std::string AnswerText(const Concept& c) {
  std::string text = format("{}|{}|{}|{}|{}|{}|", c.name, c.unit, c.low, c.high,
                            c.top_code.value_or(c.high), static_cast<int>(c.worst));
  if (c.ambiguous) text += format("{}-{}|", c.ambiguous->first, c.ambiguous->second);
  for (const auto& code : c.codes) text += code + ",";
  for (const auto& k : c.conversions) text += format("|{}*{}+{}", k.unit, k.factor, k.offset);
  for (const auto& m : c.members) text += format("|{}//{}..{}", m.system, m.first, m.last);
  return text + format("|{}|{}\n", c.latency_us, c.outcome);
}

}  // namespace

std::vector<std::string> ReadWords(const Json& entry, double low, double high, Problems* problems) {
  auto words = problems->Texts(entry, "words");
  auto last = static_cast<double>(words.size()) - 1;
  if (entry.Find("words") != nullptr && (words.size() < 2 || low != 0 || high != last)) {
    problems->Add(entry["words"],
                  format("'words' says what 0, 1, … mean, all of them: {} words need the range "
                         "[0, {}]",
                         words.size(), last));
  }
  return words;
}

Result<Concepts> Concepts::FromDocuments(const std::vector<std::pair<std::string, Json>>& files) {
  Concepts concepts;
  Problems all("");
  for (const auto& [file, document] : files) {
    Problems problems(file);
    problems.CheckKeys(document, {"concepts", "interactions", "source", "description"});
    for (const auto& entry : document["concepts"].items()) {
      concepts.all_.push_back(ReadConcept(file, entry, &problems));
    }
    for (const auto& line : problems.lines()) all.Add(base::InvalidInput(line));
  }
  auto by_name = [](const Concept& a, const Concept& b) { return a.name < b.name; };
  std::stable_sort(concepts.all_.begin(), concepts.all_.end(), by_name);
  std::string answers;
  for (int i = 0; i < concepts.size(); ++i) {
    const Concept& added = concepts.all_[i];
    auto twice = [&](const std::string& what, int other) {
      all.Add(base::InvalidInput(format("{}:{}: '{}' is already declared at {}:{}; remove one",
                                        added.file, added.line, what, concepts[other].file,
                                        concepts[other].line)));
    };
    auto [named, is_new] = concepts.by_name_.emplace(added.name, i);
    if (!is_new) twice(added.name, named->second);
    for (const auto& code : added.codes) {
      auto [coded, new_code] = concepts.by_code_.emplace(code, i);
      if (!new_code) twice(code, coded->second);
    }
    answers += AnswerText(added);
  }
  for (const auto& [file, document] : files) {
    Problems problems(file);
    concepts.ReadInteractions(document, &problems);
    for (const auto& line : problems.lines()) all.Add(base::InvalidInput(line));
  }
  TRY(all.ToResult());
  for (const auto& pair : concepts.interactions_) {
    answers += format("{} with {}\n", pair.first, pair.second);
  }
  concepts.hash_ = base::Sha256Hex(answers);
  return concepts;
}

void Concepts::ReadInteractions(const Json& document, Problems* problems) {
  for (const auto& entry : document["interactions"].items()) {
    problems->CheckKeys(entry, {"between", "harm", "source"});
    auto names = problems->Texts(entry, "between");
    Interaction pair{-1, -1, problems->Text(entry, "harm")};
    if (names.size() == 2) {
      pair.first = Find(names[0]);
      pair.second = Find(names[1]);
    }
    if (pair.first < 0 || pair.second < 0) {
      problems->Add(entry, "'between' must name two concepts: between: [anticoagulant, nsaid]");
    } else {
      interactions_.push_back(pair);
    }
  }
}

Result<Concepts> Concepts::Load(const std::string& folder) {
  std::vector<std::pair<std::string, Json>> files;
  for (const auto& name : TRY(base::ListFolder(folder))) {
    if (!base::EndsWith(name, ".yaml")) continue;
    std::string path = folder + "/" + name;
    files.emplace_back(path, TRY(base::ReadYaml(path)));
  }
  return FromDocuments(files);
}

int Concepts::Find(std::string_view name) const {
  auto found = by_name_.find(std::string(name));
  return found == by_name_.end() ? -1 : found->second;
}

int Concepts::FindByCode(std::string_view code) const {
  auto found = by_code_.find(std::string(code));
  return found == by_code_.end() ? -1 : found->second;
}

std::vector<int> Concepts::ClassesOf(std::string_view code) const {
  std::vector<int> classes;
  CodeParts parts = SplitCode(code);
  for (int i = 0; i < size(); ++i) {
    const auto& members = all_[i].members;
    auto holds = [&](const CodeRange& range) { return range.Holds(parts.system, parts.code); };
    if (std::any_of(members.begin(), members.end(), holds)) classes.push_back(i);
  }
  return classes;
}

const char* NameOf(Reason reason) {
  constexpr std::array<const char*, 12> kNames = {
      "unparsable",         "missing_subject",     "missing_time",     "unknown_unit",
      "ambiguous_unit",     "out_of_range",        "type_mismatch",    "future_time",
      "duplicate_conflict", "unknown_code_strict", "phi_in_free_text", "schema_drift"};
  return kNames[static_cast<size_t>(reason)];
}

Checked ToCanonical(const Concept& concept_of, double value, std::string_view unit) {
  if (!std::isfinite(value)) return {value, Reason::kTypeMismatch, "finite"};
  if (unit != concept_of.unit) {
    auto conversion = std::find_if(concept_of.conversions.begin(), concept_of.conversions.end(),
                                   [&](const Conversion& c) { return c.unit == unit; });
    if (conversion == concept_of.conversions.end()) return {value, Reason::kUnknownUnit, "unit"};
    value = value * conversion->factor + conversion->offset;
  } else if (concept_of.ambiguous && value >= concept_of.ambiguous->first &&
             value <= concept_of.ambiguous->second) {
    return {value, Reason::kAmbiguousUnit, "unit"};
  }
  if (value < concept_of.low || value > concept_of.high)
    return {value, Reason::kOutOfRange, "range"};
  if (concept_of.top_code && value > *concept_of.top_code) value = *concept_of.top_code;
  return {value, {}, {}};
}

}  // namespace codman::events
