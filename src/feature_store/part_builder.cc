#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <thread>

#include "feature_store/part_builder_internal.h"

namespace codman::feature_store {
namespace {

struct Judged {
  double label = std::numeric_limits<double>::quiet_NaN();
  uint8_t excluded = kIncluded;
};

Judged JudgeByConcept(const SubjectHistory& history, const RowRule& rule, int64_t time_us) {
  Judged judged;
  if (rule.horizon_us == 0) {
    for (const auto& told : history.labels) {
      if (told.time_us == time_us) judged.label = told.value;
    }
    if (std::isnan(judged.label)) judged.excluded = kNoLabel;
    return judged;
  }
  int64_t onset = std::numeric_limits<int64_t>::max();
  for (const auto& told : history.labels) onset = std::min(onset, told.time_us);
  judged.label = onset > time_us && onset - time_us <= rule.horizon_us ? 1 : 0;
  if (onset <= time_us) judged.excluded = kAfterOutcome;
  return judged;
}

void ComputeSubject(const SubjectHistory& history, const int64_t* times, int64_t count,
                    features::SubjectState* state, size_t width, double* out) {
  state->Reset();
  size_t next = 0;
  for (int64_t i = 0; i < count; ++i) {
    while (next < history.observations.size() &&
           history.observations[next].known_time_us <= times[i]) {
      state->Add(history.observations[next++]);
    }
    state->Compute(times[i], {out + static_cast<size_t>(i) * width, width});
  }
}

}  // namespace

PartBuilder::PartBuilder(const std::shared_ptr<const features::Plan>& plan, const RowRule& rule,
                         int num_threads, PartWriter* writer)
    : rule_(rule), width_(plan->columns().size()), writer_(writer) {
  int threads = num_threads > 0
                    ? num_threads
                    : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  for (int i = 0; i < threads; ++i) states_.emplace_back(plan);
}

Result<> PartBuilder::Add(SubjectHistory history) {
  int64_t first = rows_.size();
  for (const auto& at : PredictionTimesOf(history, rule_)) AddRow(history, at);
  spans_.push_back({first, rows_.size() - first});
  histories_.push_back(std::move(history));
  bool full = (rows_.size() - part_first_) * static_cast<int64_t>(width_) >= kValuesPerPart;
  return full ? Finish() : Result<>();
}

void PartBuilder::AddRow(const SubjectHistory& history, const SubjectHistory::Told& at) {
  Judged judged;
  auto source_row = static_cast<int32_t>(at.value);
  if (rule_.cohort) {
    auto place = static_cast<size_t>(at.value);
    source_row = cohort_.source_row[place];
    judged = {cohort_.label[place], rows_.PlaceOf(cohort_.excluded_because[place])};
  } else {
    judged = JudgeByConcept(history, rule_, at.time_us);
  }
  rows_.subject.push_back(history.subject);
  rows_.time_us.push_back(at.time_us);
  rows_.source_row.push_back(source_row);
  rows_.label.push_back(judged.label);
  rows_.hours.push_back(HoursOfStay(history, at.time_us));
  rows_.excluded.push_back(judged.excluded);
}

Result<> PartBuilder::Finish() {
  int64_t count = rows_.size() - part_first_;
  if (count > 0) {
    values_.resize(static_cast<size_t>(count) * width_);
    Compute();
    TRY(writer_->Write(rows_, part_first_, values_));
  }
  part_first_ = rows_.size();
  histories_.clear();
  spans_.clear();
  return {};
}

// Subjects are independent: threads take one after another, each writes its own rows.
void PartBuilder::Compute() {
  std::atomic<size_t> next{0};
  auto work = [&](features::SubjectState* state) {
    for (size_t i = next++; i < histories_.size(); i = next++) {
      auto [first, rows] = spans_[i];
      if (rows == 0) continue;
      ComputeSubject(histories_[i], rows_.time_us.data() + first, rows, state, width_,
                     values_.data() + static_cast<size_t>(first - part_first_) * width_);
    }
  };
  std::vector<std::thread> threads;
  for (size_t i = 1; i < states_.size(); ++i) threads.emplace_back(work, &states_[i]);
  work(&states_[0]);
  for (auto& thread : threads) thread.join();
}

}  // namespace codman::feature_store
