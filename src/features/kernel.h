// The feature kernel: computes a plan's columns for one subject as of a time. Batch, stream and
// form use this same code; equal inputs give equal bits.
//
// Rules (design: features.md 1). The vector at t uses records with known_time <= t. A window w
// covers event_time in (t − w, t]; `change` over w is last − newest value with event_time in (t −
// 2w, t − w]. Of records with the same key only the newest known counts; a void record (retraction,
// conflict) leaves the key without a value. Missing is NaN. Of equal event times the record
// received later (known_time, then seq) is "last".
//
// sum, mean, sd, slope are exact: each value is
// rounded once, half to even, to a multiple of 2^-20 of the canonical unit, summed in 128-bit
// integers, and rounded once to double at the end; neither order nor deletion changes a bit. slope
// and sd use event_time in integer µs relative to t. sd: sample (n − 1), NaN for n < 2. slope: per
// hour, NaN for n < 2 or one distinct time. hours_since: (t − event_time of last)/h. count, any
// and distinct of an empty window are 0, sum is NaN. any is 1 where a value in the window is not 0.
// Zero has one sign: -0.0 is kept as 0. A value that is not finite or not below 2^40, or an event
// time outside ±2^62 µs, counts as void: checked input has neither.
//
// A concept that a feature wants `before` another one ("diagnoses before icu_admission") is held
// back: its records count from the next record of that other one on, and only those that had
// happened by then.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "features/feature_set.h"

namespace codman::features {

// One measured value of one subject, as the kernel needs it.
struct Observation {
  int64_t event_time_us = 0;
  int64_t known_time_us = 0;
  int64_t received_seq = 0;
  // Identity of the record within (subject, concept): equal keys are versions of one record.
  uint64_t key = 0;
  int32_t concept_index = 0;  // in the Concepts the feature set was loaded with
  bool is_void = false;       // the key has no value from here on
  double value = 0;           // canonical unit
};

class SubjectState;

class Plan {
 public:
  ~Plan();
  const std::vector<InputColumn>& columns() const;
  std::vector<std::string> column_names() const;
  // The features that a form may give: the base list, then the blocks' own.
  const std::vector<ContractFeature>& contract() const;
  // Index of a contract feature, or -1.
  int FindContract(std::string_view id) const;
  // Which concepts the plan reads, ascending.
  const std::vector<int>& concepts_used() const;

  // The vector of values given by name: values[i] belongs to contract()[i], NaN where not given.
  // Derived features that are not given are computed from those that are; columns that need history
  // are NaN. `out` has columns().size() entries.
  void ComputeFromForm(std::span<const double> values, std::span<double> out) const;
  // The other way round: what a form could have told of a vector; NaN for what it did not, and for
  // derived features, which are computed anew. `values` has contract().size() entries.
  void TellForm(std::span<const double> vector, std::span<double> values) const;
  // Whether there are columns that need history, which no form can fill.
  bool NeedsHistory() const;

  struct Impl;
  const Impl& impl() const { return *impl_; }
  explicit Plan(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
};

// The history of one subject, as much of it as the plan's windows need. Not thread-safe; one per
// subject and thread.
class SubjectState {
 public:
  explicit SubjectState(std::shared_ptr<const Plan> plan);
  ~SubjectState();
  SubjectState(SubjectState&&) noexcept;
  SubjectState& operator=(SubjectState&&) noexcept;

  // Records arrive in (known_time, received_seq) order; event times may be late by any amount.
  // Observations of concepts that the plan does not use are ignored.
  void Add(const Observation& observation);
  // The vector as of t: every record with known_time <= t has been added and none later. Times do
  // not go back. `out` has plan.columns().size() entries. Of what lies before t, only what a later
  // Compute may need is kept.
  void Compute(int64_t t_us, std::span<double> out);
  // Forgets everything, keeps the memory: the next subject.
  void Reset();
  int64_t num_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace codman::features
