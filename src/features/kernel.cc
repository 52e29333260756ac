#include "features/kernel.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "features/exact_internal.h"
#include "features/history_internal.h"
#include "features/plan_internal.h"
#include "features/window_internal.h"

namespace codman::features {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

struct ConceptState {
  History history;
  std::vector<Window> windows;  // parallel to the plan's
  bool blank = true;            // no record since the last Reset and the slots say so
};

}  // namespace

struct SubjectState::Impl {
  explicit Impl(std::shared_ptr<const Plan> compiled) : plan(std::move(compiled)) {
    const Plan::Impl& parts = plan->impl();
    for (const ConceptPlan& concept_plan : parts.concepts) {
      concepts.push_back({History(concept_plan.sums, concept_plan.moments),
                          std::vector<Window>(concept_plan.windows.size())});
    }
    contract.resize(parts.contract.size(), kMissing);
    FillBlankSlots();
  }

  // What the slots hold where no record is: the windows themselves say it.
  void FillBlankSlots() {
    const Plan::Impl& parts = plan->impl();
    blank_slots.resize(static_cast<size_t>(parts.num_slots), kMissing);
    History nothing(false);
    for (const ConceptPlan& concept_plan : parts.concepts) {
      for (const WindowPlan& window : concept_plan.windows) {
        Window().Compute(nothing, window, concept_plan.worst, 0, 0, blank_slots);
      }
    }
    slots = blank_slots;
  }

  void ComputeConcept(const ConceptPlan& concept_plan, ConceptState* state, int64_t t) {
    History& history = state->history;
    history.Settle();
    int64_t end = history.end();
    if (end > history.begin() && history.time(end - 1) > t) {
      end = history.FirstAfter(t, history.begin());
    }
    for (size_t i = 0; i < state->windows.size(); ++i) {
      state->windows[i].Compute(history, concept_plan.windows[i], concept_plan.worst, t, end,
                                slots);
    }
    history.MarkSeen();
    auto forgettable = [&](int64_t reach) { return reach != kNoWindow && t > reach - kTimeLimit; };
    if (forgettable(concept_plan.reach_us)) history.Forget(t - concept_plan.reach_us);
    if (forgettable(concept_plan.sums_reach_us)) history.ForgetSums(t - concept_plan.sums_reach_us);
  }

  std::shared_ptr<const Plan> plan;
  std::vector<ConceptState> concepts;  // parallel to the plan's
  std::vector<double> slots, blank_slots;
  std::vector<double> contract;
  int64_t last_t = std::numeric_limits<int64_t>::min();
};

SubjectState::SubjectState(std::shared_ptr<const Plan> plan)
    : impl_(std::make_unique<Impl>(std::move(plan))) {}
SubjectState::~SubjectState() = default;
SubjectState::SubjectState(SubjectState&&) noexcept = default;
SubjectState& SubjectState::operator=(SubjectState&&) noexcept = default;

void SubjectState::Add(const Observation& observation) {
  const std::vector<int>& places = impl_->plan->impl().place_of_concept;
  auto concept_index = static_cast<size_t>(observation.concept_index);
  if (observation.concept_index < 0 || concept_index >= places.size()) return;
  int place = places[concept_index];
  if (place < 0) return;
  ConceptState& state = impl_->concepts[static_cast<size_t>(place)];
  bool usable = !observation.is_void && std::fabs(observation.value) < kValueLimit &&
                observation.event_time_us > -kTimeLimit && observation.event_time_us < kTimeLimit;
  if (!usable) return state.history.Remove(observation.key);
  state.blank = false;
  // + 0.0: a negative zero must not show in an extreme's bits.
  state.history.Put(observation.key, observation.event_time_us, observation.value + 0.0);
}

void SubjectState::Compute(int64_t t_us, std::span<double> out) {
  const Plan::Impl& parts = impl_->plan->impl();
  CHECK(t_us >= impl_->last_t && out.size() == parts.columns.size());
  impl_->last_t = t_us;
  for (size_t i = 0; i < impl_->concepts.size(); ++i) {
    ConceptState& state = impl_->concepts[i];
    if (!state.blank) impl_->ComputeConcept(parts.concepts[i], &state, t_us);
  }
  std::vector<double>& contract = impl_->contract;
  for (size_t i = 0; i < contract.size(); ++i) {
    int slot = parts.slot_of_contract[i];
    if (slot >= 0) contract[i] = impl_->slots[static_cast<size_t>(slot)];
  }
  for (const DerivedPlan& derived : parts.derived) {
    contract[static_cast<size_t>(derived.contract)] = derived.program.Run(contract);
  }
  for (size_t i = 0; i < out.size(); ++i) {
    auto index = static_cast<size_t>(parts.shown[i].index);
    out[i] = parts.shown[i].is_contract ? contract[index] : impl_->slots[index];
  }
}

void SubjectState::Reset() {
  for (ConceptState& state : impl_->concepts) {
    if (state.blank) continue;
    state.history.Clear();
    for (Window& window : state.windows) window.Clear();
    state.blank = true;
  }
  impl_->slots = impl_->blank_slots;
  impl_->last_t = std::numeric_limits<int64_t>::min();
}

int64_t SubjectState::num_bytes() const {
  auto bytes = static_cast<int64_t>(
      sizeof(Impl) + (2 * impl_->slots.capacity() + impl_->contract.capacity()) * sizeof(double));
  for (const ConceptState& state : impl_->concepts) {
    bytes += static_cast<int64_t>(sizeof(ConceptState) + state.windows.capacity() * sizeof(Window));
    bytes += state.history.num_bytes();
  }
  return bytes;
}

}  // namespace codman::features
