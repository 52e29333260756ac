#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "features/kernel.h"
#include "features/plan_internal.h"

namespace codman::features {
namespace {

bool NeedsSums(Aggregate aggregate) {
  return aggregate == Aggregate::kMean || aggregate == Aggregate::kSd ||
         aggregate == Aggregate::kSlope || aggregate == Aggregate::kSum;
}

bool NeedsMoments(Aggregate aggregate) {
  return aggregate == Aggregate::kSd || aggregate == Aggregate::kSlope;
}

bool NeedsExtremes(Aggregate aggregate) {
  return aggregate == Aggregate::kMin || aggregate == Aggregate::kMax ||
         aggregate == Aggregate::kWorst || aggregate == Aggregate::kAny;
}

class Builder {
 public:
  Builder(const Declaration& declaration, const events::Concepts& concepts)
      : declaration_(declaration),
        concepts_(concepts),
        contract_of_(declaration.features.size(), -1) {}

  std::unique_ptr<Plan::Impl> Build(const std::vector<int>& wanted_blocks) {
    AddFeatures(-1);
    for (int block : wanted_blocks) AddFeatures(block);
    ShowContract(-1);
    for (int block : wanted_blocks) {
      ShowContract(block);
      for (const DeclaredColumn& column : declaration_.blocks[block].columns) ShowColumn(column);
    }
    AddDerived();
    for (auto& [concept_index, concept_plan] : by_concept_)
      FinishConcept(concept_index, concept_plan);
    OpenGates();
    for (const ColumnPlan& shown : plan_->shown) {
      plan_->value_of_column.push_back(shown.index + (shown.is_contract ? plan_->num_slots : 0));
    }
    return std::move(plan_);
  }

 private:
  // The slot of an aggregate; equal wishes share one.
  int SlotFor(int concept_index, const AggregateOverWindow& what) {
    auto key = std::tuple(concept_index, what.window_us, what.aggregate);
    auto [found, is_new] = slots_.emplace(key, plan_->num_slots);
    if (!is_new) return found->second;
    int slot = plan_->num_slots++;
    ConceptPlan& concept_plan = by_concept_[concept_index];
    auto same = [&](const WindowPlan& window) { return window.window_us == what.window_us; };
    auto window = std::find_if(concept_plan.windows.begin(), concept_plan.windows.end(), same);
    if (window == concept_plan.windows.end()) {
      window = concept_plan.windows.insert(window, WindowPlan{.window_us = what.window_us});
    }
    if (what.aggregate == Aggregate::kHoursSince) {
      window->hours_since_slots.push_back(slot);
    } else {
      window->slots.push_back({what.aggregate, slot});
    }
    window->sums |= NeedsSums(what.aggregate);
    concept_plan.moments |= NeedsMoments(what.aggregate);
    window->extremes |= NeedsExtremes(what.aggregate);
    window->change |= what.aggregate == Aggregate::kChange;
    return slot;
  }

  void AddFeatures(int block) {
    for (size_t i = 0; i < declaration_.features.size(); ++i) {
      const DeclaredFeature& feature = declaration_.features[i];
      if (feature.block != block) continue;
      const ContractFeature& contract = feature.contract;
      contract_of_[i] = static_cast<int>(plan_->contract.size());
      plan_->contract_by_id[contract.id] = contract_of_[i];
      plan_->contract.push_back(contract);
      if (contract.before_index >= 0 && contract.concept_index >= 0) {
        by_concept_[contract.concept_index].before_index = contract.before_index;
        by_concept_[contract.before_index];  // read, though no feature may show it
      }
      plan_->slot_of_contract.push_back(
          contract.concept_index < 0
              ? -1
              : SlotFor(contract.concept_index, {contract.aggregate, contract.window_us}));
    }
  }

  void ShowContract(int block) {
    for (size_t i = 0; i < declaration_.features.size(); ++i) {
      if (declaration_.features[i].block != block) continue;
      const ContractFeature& feature = declaration_.features[i].contract;
      if (feature.inner) continue;
      auto names = LevelColumns(feature);
      for (int level = 0; level < static_cast<int>(names.size()); ++level) {
        plan_->columns.push_back({names[static_cast<size_t>(level)], contract_of_[i], level});
        plan_->shown.push_back({true, contract_of_[i], level});
      }
      if (!names.empty()) continue;
      plan_->columns.push_back({feature.id, contract_of_[i]});
      plan_->shown.push_back({true, contract_of_[i]});
    }
  }

  void ShowColumn(const DeclaredColumn& column) {
    const ContractFeature& feature = declaration_.features[column.feature].contract;
    plan_->columns.push_back({column.name, contract_of_[column.feature]});
    plan_->shown.push_back({false, SlotFor(feature.concept_index, column.what)});
  }

  void AddDerived() {
    for (int place : declaration_.derived_in_order) {
      if (contract_of_[place] < 0) continue;  // of a block that is not wanted
      Program program = declaration_.features[place].program;
      program.Renumber(contract_of_);
      plan_->derived.push_back({contract_of_[place], std::move(program)});
    }
  }

  void FinishConcept(int concept_index, ConceptPlan& concept_plan) {
    concept_plan.concept_index = concept_index;
    concept_plan.worst = concepts_[concept_index].worst;
    bool for_ever = false, sums_for_ever = false;
    for (const WindowPlan& window : concept_plan.windows) {
      int64_t reach = window.window_us * (window.change ? 2 : 1);
      concept_plan.sums |= window.sums;
      concept_plan.reach_us = std::max(concept_plan.reach_us, reach);
      for_ever |= window.window_us == kNoWindow;
      if (!window.sums) continue;
      concept_plan.sums_reach_us = std::max(concept_plan.sums_reach_us, window.window_us);
      sums_for_ever |= window.window_us == kNoWindow;
    }
    if (for_ever) concept_plan.reach_us = kNoWindow;
    if (sums_for_ever) concept_plan.sums_reach_us = kNoWindow;
    plan_->place_of_concept.resize(static_cast<size_t>(concepts_.size()), -1);
    plan_->place_of_concept[concept_index] = static_cast<int>(plan_->concepts.size());
    plan_->concepts_used.push_back(concept_index);
    plan_->concepts.push_back(std::move(concept_plan));
  }

  // Tells each concept which others wait for it.
  void OpenGates() {
    for (size_t place = 0; place < plan_->concepts.size(); ++place) {
      int before = plan_->concepts[place].before_index;
      if (before < 0) continue;
      int gate = plan_->place_of_concept[static_cast<size_t>(before)];
      plan_->concepts[static_cast<size_t>(gate)].lets_pass.push_back(static_cast<int>(place));
    }
  }

  const Declaration& declaration_;
  const events::Concepts& concepts_;
  std::vector<int> contract_of_;  // by place in the declaration
  std::unique_ptr<Plan::Impl> plan_ = std::make_unique<Plan::Impl>();
  std::map<int, ConceptPlan> by_concept_;
  std::map<std::tuple<int, int64_t, Aggregate>, int> slots_;
};

}  // namespace

std::unique_ptr<Plan::Impl> BuildPlan(const Declaration& declaration,
                                      const std::vector<int>& wanted_blocks,
                                      const events::Concepts& concepts) {
  return Builder(declaration, concepts).Build(wanted_blocks);
}

Plan::Plan(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Plan::~Plan() = default;

const std::vector<InputColumn>& Plan::columns() const { return impl_->columns; }
const std::vector<ContractFeature>& Plan::contract() const { return impl_->contract; }
const std::vector<int>& Plan::concepts_used() const { return impl_->concepts_used; }

std::vector<std::string> Plan::column_names() const {
  std::vector<std::string> names;
  for (const InputColumn& column : impl_->columns) names.push_back(column.name);
  return names;
}

int Plan::FindContract(std::string_view id) const {
  auto found = impl_->contract_by_id.find(std::string(id));
  return found == impl_->contract_by_id.end() ? -1 : found->second;
}

bool Plan::NeedsHistory() const {
  return !std::all_of(impl_->shown.begin(), impl_->shown.end(),
                      [](const ColumnPlan& shown) { return shown.is_contract; });
}

void Plan::ComputeFromForm(std::span<const double> values, std::span<double> out) const {
  constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
  CHECK(values.size() == impl_->contract.size() && out.size() == impl_->columns.size());
  std::vector<double> given(values.size());
  // As the kernel keeps them: one NaN, one zero.
  for (size_t i = 0; i < values.size(); ++i) {
    given[i] = std::isfinite(values[i]) ? values[i] + 0.0 : kMissing;
  }
  for (const DerivedPlan& derived : impl_->derived) {
    double& value = given[static_cast<size_t>(derived.contract)];
    if (std::isnan(value)) value = derived.program.Run(given);
  }
  for (size_t i = 0; i < out.size(); ++i) {
    const ColumnPlan& shown = impl_->shown[i];
    out[i] = shown.is_contract ? given[static_cast<size_t>(shown.index)] : kMissing;
    if (shown.level >= 0 && !std::isnan(out[i])) out[i] = out[i] == shown.level ? 1 : 0;
  }
}

void Plan::TellForm(std::span<const double> vector, std::span<double> values) const {
  CHECK(values.size() == impl_->contract.size() && vector.size() == impl_->columns.size());
  std::fill(values.begin(), values.end(), std::numeric_limits<double>::quiet_NaN());
  for (size_t i = 0; i < vector.size(); ++i) {
    const ColumnPlan& shown = impl_->shown[i];
    const auto feature = static_cast<size_t>(shown.index);
    if (!shown.is_contract || !impl_->contract[feature].expression.empty()) continue;
    if (shown.level < 0) values[feature] = vector[i];
    if (shown.level >= 0 && vector[i] == 1) values[feature] = shown.level;
  }
}

}  // namespace codman::features
