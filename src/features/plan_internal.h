// What a plan consists of: which aggregates of which concept go to which slot, which expressions
// follow, and which slot or contract feature each column shows.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "events/concepts.h"
#include "features/declaration_internal.h"
#include "features/kernel.h"

namespace codman::features {

struct SlotPlan {
  Aggregate aggregate;
  int slot;
};

// All aggregates of one concept over one window share its bounds and sums.
struct WindowPlan {
  int64_t window_us = kNoWindow;
  std::vector<SlotPlan> slots;         // what changes only with the records inside
  std::vector<int> hours_since_slots;  // what changes with every t
  bool sums = false, extremes = false, change = false;
};

struct ConceptPlan {
  int concept_index = 0;
  events::Worst worst = events::Worst::kNone;
  bool sums = false, moments = false;  // moments: sums of squares and products as well
  // How far back any window looks, and any that sums; kNoWindow: for ever.
  int64_t reach_us = 0, sums_reach_us = 0;
  std::vector<WindowPlan> windows;
  int before_index = -1;       // the concept whose records let the held ones through, or -1
  std::vector<int> lets_pass;  // places of the concepts that wait for this one
};

struct DerivedPlan {
  int contract = 0;
  Program program;  // its inputs are contract indices
};

struct ColumnPlan {
  bool is_contract = false;
  int index = 0;   // of the contract feature, else of the slot
  int level = -1;  // of a one-hot input
};

struct Plan::Impl {
  std::vector<InputColumn> columns;
  std::vector<ContractFeature> contract;
  std::unordered_map<std::string, int> contract_by_id;
  std::vector<int> concepts_used;
  std::vector<ConceptPlan> concepts;  // parallel to concepts_used
  std::vector<int> place_of_concept;  // by concept index: place in `concepts`, or -1
  std::vector<ColumnPlan> shown;      // parallel to columns
  // The same as places in one row of values: all slots, then the contract features.
  std::vector<int> value_of_column;
  std::vector<int> slot_of_contract;  // -1 for derived ones
  std::vector<DerivedPlan> derived;   // in order of computation
  int num_slots = 0;
};

// The plan for the base list and the wanted blocks, given by their places, in that order.
std::unique_ptr<Plan::Impl> BuildPlan(const Declaration& declaration,
                                      const std::vector<int>& wanted_blocks,
                                      const events::Concepts& concepts);

}  // namespace codman::features
