// A feature set file as data: read, checked, all names resolved. Everything a plan is built from.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/problems.h"
#include "base/result.h"
#include "events/concepts.h"
#include "features/aggregate_internal.h"
#include "features/expression.h"
#include "features/feature_set.h"

namespace codman::features {

struct DeclaredFeature {
  ContractFeature contract;
  int block = -1;  // -1: of the base list
  int expression_line = 0;
  Program program;  // of a derived one; its inputs are places in Declaration::features
};

struct DeclaredColumn {
  std::string name;
  int feature = 0;  // place in Declaration::features; always a measured one
  AggregateOverWindow what;
};

struct Block {
  std::string name;
  std::vector<DeclaredColumn> columns;
};

struct Declaration {
  std::string name, description, owner;
  std::vector<DeclaredFeature>
      features;                       // the base list, then the blocks' own, in the file's order
  std::vector<int> derived_in_order;  // places of derived features, each after those it reads
  std::vector<Block> blocks;

  // Place in `features`, or -1. A feature of a block is seen only from that block (-1: from the
  // base list).
  int Find(std::string_view id, int from_block) const;
};

// Errors name file:line and the cure, all at once.
Result<Declaration> ReadDeclaration(const std::string& file, const Json& document,
                                    const events::Concepts& concepts);

// The steps of ReadDeclaration that have a file of their own; they report to `problems` and go on.
// One entry of `features`; false where it cannot be used.
bool ReadFeature(const Json& entry, const AggregateOverWindow& defaults,
                 const events::Concepts& concepts, ContractFeature* feature,
                 base::Problems* problems);
// An entry with `score`: a derived feature whose arguments the score itself names.
bool ReadScore(const Json& entry, const events::Concepts& concepts, ContractFeature* feature,
               base::Problems* problems);
// The inner features that such an entry stands for; none of another.
std::vector<ContractFeature> InputsOfScore(const Json& entry, const events::Concepts& concepts,
                                           const ContractFeature& feature);
// A concept is held back for all features of a set, or for none.
void CheckHeldConcepts(const Declaration& declaration, const events::Concepts& concepts,
                       base::Problems* problems);
// Names of the inputs of a one-hot feature, by level: "insulin_is_steady"; none of another.
std::vector<std::string> LevelColumns(const ContractFeature& feature);
// Compiles the expressions and puts the derived features in order.
void CompileDerived(Declaration* declaration, base::Problems* problems);

// Adds "unknown <what> '<word>'" with the nearest candidate or all of them.
void AddUnknown(int line, std::string_view what, std::string_view word,
                const std::vector<std::string>& known, base::Problems* problems);

}  // namespace codman::features
