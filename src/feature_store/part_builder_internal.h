// A part of a training matrix in the making: some subjects, their rows, their vectors. Private to
// feature_store.
#pragma once

#include <memory>
#include <vector>

#include "feature_store/cohort_rows_internal.h"
#include "feature_store/parquet_matrix_internal.h"
#include "feature_store/subject_history_internal.h"
#include "features/kernel.h"

namespace codman::feature_store {

class PartBuilder {
 public:
  // `num_threads` 0: all cores.
  PartBuilder(const std::shared_ptr<const features::Plan>& plan, const RowRule& rule,
              int num_threads, PartWriter* writer);

  // Appends the subject's rows; a part that is full is computed and written.
  Result<> Add(SubjectHistory history);
  // Computes and writes what has gathered.
  Result<> Finish();

  PredictionRows& rows() { return rows_; }
  void set_cohort(CohortRows cohort) { cohort_ = std::move(cohort); }

 private:
  struct Span {
    int64_t first, count;
  };

  void AddRow(const SubjectHistory& history, const SubjectHistory::Told& at);
  void Compute();

  RowRule rule_;
  CohortRows cohort_;
  size_t width_;
  PartWriter* writer_;
  std::vector<features::SubjectState> states_;  // one a thread
  PredictionRows rows_;
  std::vector<SubjectHistory> histories_;
  std::vector<Span> spans_;
  std::vector<double> values_;
  int64_t part_first_ = 0;
};

}  // namespace codman::feature_store
