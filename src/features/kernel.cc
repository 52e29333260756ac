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
  std::vector<Window> windows;       // parallel to the plan's
  std::vector<Observation> waiting;  // held back until the concept they must precede is told
  bool blank = true;                 // no record since the last Reset and the slots say so
  bool has_news = false;             // a record came, changed or went since the last Compute
  int64_t quiet_until = 0;  // without news the windows hold the same records at every t before

  // True where the record has a value.
  bool Keep(const Observation& observation) {
    bool usable = !observation.is_void && std::fabs(observation.value) < kValueLimit &&
                  observation.event_time_us > -kTimeLimit && observation.event_time_us < kTimeLimit;
    has_news = true;
    if (!usable) {
      history.Remove(observation.key);
      return false;
    }
    blank = false;
    // + 0.0: a negative zero must not show in an extreme's bits.
    history.Put(observation.key, observation.event_time_us, observation.value + 0.0);
    return true;
  }

  // Takes in what waited and had happened before this time, in the order of knowledge.
  void LetPass(int64_t before_us) {
    auto happened = [&](const Observation& held) { return held.event_time_us < before_us; };
    for (const Observation& held : waiting) {
      if (happened(held)) Keep(held);
    }
    std::erase_if(waiting, happened);
  }
};

}  // namespace

struct SubjectState::Impl {
  explicit Impl(std::shared_ptr<const Plan> compiled) : plan(std::move(compiled)) {
    const Plan::Impl& parts = plan->impl();
    for (const ConceptPlan& concept_plan : parts.concepts) {
      concepts.push_back({History(concept_plan.sums, concept_plan.moments),
                          std::vector<Window>(concept_plan.windows.size()),
                          {}});
    }
    FillBlankSlots();
    values.resize(blank_slots.size() + parts.contract.size(), kMissing);
    std::copy(blank_slots.begin(), blank_slots.end(), values.begin());
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
  }

  std::span<double> slots() { return std::span(values).first(blank_slots.size()); }
  std::span<double> contract() { return std::span(values).subspan(blank_slots.size()); }

  // An hour without news and without a record that enters or leaves a window: only the clock runs.
  void ComputeClock(const ConceptPlan& concept_plan, const ConceptState& state, int64_t t) {
    for (size_t i = 0; i < state.windows.size(); ++i) {
      state.windows[i].ComputeClock(state.history, concept_plan.windows[i], t, slots());
    }
  }

  void ComputeConcept(const ConceptPlan& concept_plan, ConceptState* state, int64_t t) {
    History& history = state->history;
    history.Settle();
    int64_t end = history.end();
    if (end > history.begin() && history.time(end - 1) > t) {
      end = history.FirstAfter(t, history.begin());
    }
    state->quiet_until = end < history.end() ? history.time(end) : kNever;
    for (size_t i = 0; i < state->windows.size(); ++i) {
      Window& window = state->windows[i];
      window.Compute(history, concept_plan.windows[i], concept_plan.worst, t, end, slots());
      int64_t until = window.SameUntil(history, concept_plan.windows[i]);
      state->quiet_until = std::min(state->quiet_until, until);
    }
    history.MarkSeen();
    state->has_news = false;
    auto forgettable = [&](int64_t reach) { return reach != kNoWindow && t > reach - kTimeLimit; };
    if (forgettable(concept_plan.reach_us)) history.Forget(t - concept_plan.reach_us);
    if (forgettable(concept_plan.sums_reach_us)) history.ForgetSums(t - concept_plan.sums_reach_us);
  }

  std::shared_ptr<const Plan> plan;
  std::vector<ConceptState> concepts;  // parallel to the plan's
  std::vector<double> blank_slots;
  std::vector<double> values;  // the slots, then the contract features: what a column shows
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
  const ConceptPlan& concept_plan = impl_->plan->impl().concepts[static_cast<size_t>(place)];
  if (concept_plan.before_index >= 0) {
    state.waiting.push_back(observation);
    return;
  }
  if (!state.Keep(observation)) return;
  for (int held : concept_plan.lets_pass) {
    impl_->concepts[static_cast<size_t>(held)].LetPass(observation.event_time_us);
  }
}

void SubjectState::Compute(int64_t t_us, std::span<double> out) {
  const Plan::Impl& parts = impl_->plan->impl();
  CHECK(t_us >= impl_->last_t && out.size() == parts.columns.size());
  impl_->last_t = t_us;
  for (size_t i = 0; i < impl_->concepts.size(); ++i) {
    ConceptState& state = impl_->concepts[i];
    if (state.blank) continue;
    if (state.has_news || t_us >= state.quiet_until) {
      impl_->ComputeConcept(parts.concepts[i], &state, t_us);
    } else {
      impl_->ComputeClock(parts.concepts[i], state, t_us);
    }
  }
  std::span<double> contract = impl_->contract();
  for (size_t i = 0; i < contract.size(); ++i) {
    int slot = parts.slot_of_contract[i];
    if (slot >= 0) contract[i] = impl_->values[static_cast<size_t>(slot)];
  }
  for (const DerivedPlan& derived : parts.derived) {
    contract[static_cast<size_t>(derived.contract)] = derived.program.Run(contract);
  }
  const double* values = impl_->values.data();
  const int* place = parts.value_of_column.data();
  for (size_t i = 0; i < out.size(); ++i) out[i] = values[place[i]];
}

void SubjectState::Reset() {
  for (ConceptState& state : impl_->concepts) {
    state.waiting.clear();
    if (state.blank) continue;
    state.history.Clear();
    for (Window& window : state.windows) window.Clear();
    state.blank = true;
    state.has_news = false;
  }
  std::copy(impl_->blank_slots.begin(), impl_->blank_slots.end(), impl_->values.begin());
  impl_->last_t = std::numeric_limits<int64_t>::min();
}

int64_t SubjectState::num_bytes() const {
  auto bytes = static_cast<int64_t>(
      sizeof(Impl) + (impl_->blank_slots.capacity() + impl_->values.capacity()) * sizeof(double));
  for (const ConceptState& state : impl_->concepts) {
    bytes += static_cast<int64_t>(sizeof(ConceptState) + state.windows.capacity() * sizeof(Window));
    bytes += static_cast<int64_t>(state.waiting.capacity() * sizeof(Observation));
    bytes += state.history.num_bytes();
  }
  return bytes;
}

}  // namespace codman::features
