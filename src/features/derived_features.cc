#include <cmath>

#include "base/text.h"
#include "features/declaration_internal.h"

namespace codman::features {
namespace {

using base::Problems;

// Orders derived features so that each comes after those it reads; a cycle is a problem told once.
class Ordering {
 public:
  Ordering(Declaration* declaration, Problems* problems)
      : declaration_(*declaration),
        problems_(*problems),
        state_(declaration->features.size(), kNew) {}

  void Visit(int place) {
    const DeclaredFeature& feature = declaration_.features[place];
    if (feature.contract.expression.empty() || state_[place] == kDone) return;
    path_.push_back(place);
    if (state_[place] == kOpen) {
      TellCycle(place);
    } else {
      state_[place] = kOpen;
      for (int read : feature.program.Reads()) Visit(read);
      if (state_[place] == kOpen) declaration_.derived_in_order.push_back(place);
      state_[place] = kDone;
    }
    path_.pop_back();
  }

 private:
  enum State { kNew, kOpen, kDone };

  void TellCycle(int place) {
    size_t begin = 0;
    while (path_[begin] != place) ++begin;
    std::vector<std::string> names;
    for (size_t i = begin; i < path_.size(); ++i) {
      names.push_back(declaration_.features[path_[i]].contract.id);
    }
    problems_.Add(declaration_.features[place].expression_line,
                  format("cyclic definition: {}; a feature cannot be computed from itself",
                         base::Join(names, " -> ")));
  }

  Declaration& declaration_;
  Problems& problems_;
  std::vector<State> state_;
  std::vector<int> path_;
};

void CompileOne(DeclaredFeature* feature, const Declaration& declaration, Problems* problems) {
  std::vector<std::string> names;
  for (const DeclaredFeature& other : declaration.features) {
    bool visible = other.block == -1 || other.block == feature->block;
    if (visible && &other != feature) names.push_back(other.contract.id);
  }
  auto find = [&](std::string_view name) -> std::optional<NamedInput> {
    int place = declaration.Find(name, feature->block);
    if (place < 0) return {};
    return NamedInput{place, declaration.features[place].contract.unit};
  };
  ContractFeature& contract = feature->contract;
  auto compiled = CompileExpression(contract.expression, find, names);
  if (!compiled.ok()) {
    problems->Add(feature->expression_line,
                  format("feature '{}': {}", contract.id, compiled.error().message()));
    return;
  }
  if (std::string why = compiled->why_not_unit(contract.unit); !why.empty()) {
    problems->Add(feature->expression_line,
                  format("feature '{}': unit mismatch: {}", contract.id, why));
  }
  if (compiled->range && std::isinf(contract.low) && std::isinf(contract.high)) {
    std::tie(contract.low, contract.high) = *compiled->range;
  }
  feature->program = std::move(compiled->program);
}

}  // namespace

int Declaration::Find(std::string_view id, int from_block) const {
  for (size_t i = 0; i < features.size(); ++i) {
    bool visible = features[i].block == -1 || features[i].block == from_block;
    if (visible && features[i].contract.id == id) return static_cast<int>(i);
  }
  return -1;
}

void CompileDerived(Declaration* declaration, Problems* problems) {
  for (DeclaredFeature& feature : declaration->features) {
    if (!feature.contract.expression.empty()) CompileOne(&feature, *declaration, problems);
  }
  Ordering ordering(declaration, problems);
  for (size_t i = 0; i < declaration->features.size(); ++i) ordering.Visit(static_cast<int>(i));
}

}  // namespace codman::features
