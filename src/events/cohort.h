// Who is predicted, when, and with what label, declared as criteria over events: predicates, a
// trigger, windows with counts, a label. The terms are those of ACES (Xu et al. 2024, "ACES:
// Automatic Cohort Extraction System for Event-Stream Datasets"). The part of a task that says so:
//
//   predicates:
//     admission: {concept: icu_admission}              # an event of the concept, or of a class
//     low: {concept: map, below: 65, unit: "mm[Hg]"}   # of codes, that meets all its conditions
//     shock: {any_of: [low, pressor]}                  # an event of any of these
//   trigger: admission                                 # one row for each of its times
//   windows:
//     input: {from: trigger, to: trigger + 24h, has: {low: {at_most: 2}}}
//     target: {from: input.end, to: next discharge}
//   predict_at: input.end
//   label: {window: target, predicate: shock, at_least: 1}
//
// A window is open at its start and closed at its end unless it says start_inclusive: true or
// end_inclusive: false: neighbours share no event, and what happens at the prediction time itself
// lies before it. Reading knows no data: names of concepts are checked by ResolveConcepts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/problems.h"
#include "events/concepts.h"

namespace codman::events {

// An event's value must satisfy this: value `op` bound.
struct ValueCondition {
  std::string op;  // of SQL: "<", ">", ">=", "<=", "="
  double bound = 0;
};

struct CohortPredicate {
  std::string name;
  std::string concept_name, code;  // one of the two, or `any_of`
  std::vector<int> any_of;         // predicates declared above
  std::vector<ValueCondition> conditions;
  std::string unit;  // of the bounds as declared; "" = the canonical one
  int line = 0;
};

// A predicate that every event satisfies but markers, facts of the stay and labels.
constexpr int kAnyEvent = -1;

struct WindowEnd {
  // kNext: the first event of a predicate after the window's start; kPrevious: the last one before
  // its end.
  enum Anchor { kTrigger, kRecordStart, kRecordEnd, kWindowStart, kWindowEnd, kNext, kPrevious };
  Anchor anchor = kTrigger;
  int index = 0;  // of the window or predicate
  int64_t offset_us = 0;
};

struct CountRule {
  int predicate = 0;
  std::optional<int64_t> at_least, at_most;
};

struct CohortWindow {
  std::string name;
  WindowEnd from, to;
  bool start_inclusive = false, end_inclusive = true;
  std::vector<CountRule> has;
  // Ends at or before the prediction time, so it is judged by what was known then. Else it looks
  // into the future and counts everything known in the snapshot.
  bool known_at_prediction = false;
  int line = 0;
};

struct Cohort {
  static constexpr int kPredictionTimes = -2;  // as trigger: the source's prediction times

  std::vector<CohortPredicate> predicates;
  int trigger = kPredictionTimes;
  std::vector<CohortWindow> windows;  // each refers to earlier ones only
  int64_t predict_after_us = 0;       // prediction time - time of the trigger, >= 0
  int label_window = 0;
  CountRule label;   // 1 where the count is as it says, else 0
  std::string text;  // the declaration as data: equal texts mean the same rows
  std::string file;

  // "low", "any_event".
  std::string NameOf(int predicate) const;
};

// Reads `declared`; what is wrong is added to `problems`, and the result is then of no use.
// `has_prediction_times`: the rows are the source's prediction times, so there is no trigger.
Cohort ReadCohort(const Json& declared, bool has_prediction_times, const std::string& file,
                  base::Problems* problems);

// Checks concepts, codes, units and bounds, and turns the bounds into canonical units.
void ResolveConcepts(const Concepts& concepts, Cohort* cohort, base::Problems* problems);

}  // namespace codman::events
