#include <unordered_map>

#include "base/text.h"
#include "features/declaration_internal.h"

namespace codman::features {
namespace {

using base::Problems;

class Reader {
 public:
  Reader(const Json& document, const events::Concepts& concepts, Problems* problems)
      : document_(document), concepts_(concepts), problems_(*problems) {}

  Declaration Read() {
    problems_.CheckKeys(document_,
                        {"name", "description", "owner", "defaults", "features", "blocks"});
    read_.name = problems_.Text(document_, "name");
    read_.description = problems_.Text(document_, "description", false);
    read_.owner = problems_.Text(document_, "owner", false);
    ReadDefaults();
    ReadFeatures(document_, -1, false);
    if (document_["features"].size() == 0) {
      problems_.Add(document_, "'features' is missing or empty; list at least one feature");
    }
    const Json& blocks = document_["blocks"];
    if (!blocks.is_null() && !blocks.is_array()) problems_.Add(blocks, "'blocks' must be a list");
    for (const Json& block : blocks.items()) ReadBlockHead(block);
    // Expansions may name features of their block, so those are read first.
    for (size_t i = 0; i < read_.blocks.size(); ++i) {
      ReadExpansions(blocks.items()[i], static_cast<int>(i));
    }
    CheckHeldConcepts(read_, concepts_, &problems_);
    CompileDerived(&read_, &problems_);
    return std::move(read_);
  }

 private:
  void ReadDefaults() {
    const Json* defaults = document_.Find("defaults");
    if (defaults == nullptr) return;
    problems_.CheckKeys(*defaults, {"aggregate", "window", "null_policy"});
    if (std::string text = problems_.Text(*defaults, "aggregate", false); !text.empty()) {
      auto aggregate = ParseAggregate(text);
      if (!aggregate) problems_.Add((*defaults)["aggregate"], ParseColumn(text).error().message());
      defaults_.aggregate = aggregate.value_or(Aggregate::kLast);
    }
    if (std::string text = problems_.Text(*defaults, "window", false); !text.empty()) {
      auto window = ParseWindow(text);
      if (!window.ok()) problems_.Add((*defaults)["window"], window.error().message());
      if (window.ok()) defaults_.window_us = *window;
    }
    std::string policy = problems_.Text(*defaults, "null_policy", false);
    if (!policy.empty() && policy != "missing") {
      problems_.Add((*defaults)["null_policy"],
                    "null_policy can only be `missing`: an absent value stays absent");
    }
  }

  void ReadFeatures(const Json& owner, int block, bool process) {
    const Json& list = owner["features"];
    if (!list.is_null() && !list.is_array()) problems_.Add(list, "'features' must be a list");
    for (const Json& entry : list.items()) {
      DeclaredFeature feature;
      feature.block = block;
      feature.contract.process = process;
      feature.contract.owner = read_.owner;
      feature.expression_line = entry["expression"].line();
      if (!ReadFeature(entry, defaults_, concepts_, &feature.contract, &problems_)) continue;
      if (!feature.contract.one_hot) ClaimName(feature.contract.id, entry.line());
      for (const auto& name : LevelColumns(feature.contract)) ClaimName(name, entry.line());
      for (auto& input : InputsOfScore(entry, concepts_, feature.contract)) {
        ClaimName(input.id, entry.line());
        read_.features.push_back({.contract = std::move(input), .block = block});
      }
      if (const Json* score = entry.Find("score")) feature.expression_line = score->line();
      read_.features.push_back(std::move(feature));
    }
  }

  // Column names and ids share one space: blocks can be combined freely.
  void ClaimName(const std::string& name, int line) {
    auto [first, is_new] = lines_.emplace(name, line);
    if (is_new) return;
    problems_.Add(line, format("'{}' is already declared in line {}; rename or remove one", name,
                               first->second));
  }

  void ReadBlockHead(const Json& block) {
    problems_.CheckKeys(block, {"name", "description", "process", "features", "expand"});
    std::string name = problems_.Text(block, "name");
    for (const Block& other : read_.blocks) {
      if (other.name == name) {
        problems_.Add(block, format("block '{}' is declared twice; rename or remove one", name));
      }
    }
    const Json* process = block.Find("process");
    if (process != nullptr && !process->is_bool()) {
      problems_.Add(*process, "'process' must be true or false");
    }
    auto index = static_cast<int>(read_.blocks.size());
    read_.blocks.push_back({name, {}});
    ReadFeatures(block, index, process != nullptr && process->AsBool());
  }

  void ReadExpansions(const Json& block, int index) {
    const Json& expand = block["expand"];
    if (!expand.is_null() && !expand.is_array()) problems_.Add(expand, "'expand' must be a list");
    for (const Json& expansion : expand.items()) {
      problems_.CheckKeys(expansion, {"features", "columns"});
      auto columns = ReadColumns(expansion);
      problems_.Texts(expansion, "features");
      for (const Json& feature : expansion["features"].items()) {
        Expand(feature, expansion, columns, index);
      }
      if (expansion["features"].size() == 0 || expansion["columns"].size() == 0) {
        problems_.Add(expansion, "an expansion needs `features: [...]` and `columns: [...]`");
      }
    }
  }

  struct NamedColumn {
    std::string text;
    AggregateOverWindow what;
    int line;
  };

  std::vector<NamedColumn> ReadColumns(const Json& expansion) {
    problems_.Texts(expansion, "columns");
    std::vector<NamedColumn> columns;
    for (const Json& column : expansion["columns"].items()) {
      auto parsed = ParseColumn(column.AsString());
      if (parsed.ok()) {
        columns.push_back({column.AsString(), *parsed, column.line()});
      } else {
        problems_.Add(column, parsed.error().message());
      }
    }
    return columns;
  }

  void Expand(const Json& name, const Json& expansion, const std::vector<NamedColumn>& columns,
              int block) {
    // A list shared by an anchor carries its own lines; the expansion is where the mistake is made.
    int line = expansion.line();
    int place = read_.Find(name.AsString(), block);
    if (place < 0) {
      std::vector<std::string> known;
      for (const auto& feature : read_.features) known.push_back(feature.contract.id);
      return AddUnknown(line, "feature", name.AsString(), known, &problems_);
    }
    const ContractFeature& feature = read_.features[place].contract;
    if (feature.concept_index < 0) {
      return problems_.Add(
          line, format("'{}' is {} and keeps no history; expand measured features", feature.id,
                       feature.column.empty() ? "derived" : "a column of a table"));
    }
    for (const NamedColumn& column : columns) {
      std::string why = WhyImpossible(column.what, concepts_[feature.concept_index]);
      if (!why.empty()) problems_.Add(column.line, why);
      std::string full_name = feature.id + "_" + column.text;
      ClaimName(full_name, line);
      read_.blocks[block].columns.push_back({full_name, place, column.what});
    }
  }

  const Json& document_;
  const events::Concepts& concepts_;
  Problems& problems_;
  AggregateOverWindow defaults_;
  Declaration read_;
  std::unordered_map<std::string, int> lines_;
};

}  // namespace

Result<Declaration> ReadDeclaration(const std::string& file, const Json& document,
                                    const events::Concepts& concepts) {
  Problems problems(file);
  Declaration declaration = Reader(document, concepts, &problems).Read();
  TRY(problems.ToResult());
  return declaration;
}

}  // namespace codman::features
