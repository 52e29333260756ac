// Something that learns a Model from rows. Learning is deterministic: equal rows, labels and
// settings give equal bytes, for any number of threads.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "columns/matrix.h"
#include "models/model.h"

namespace codman::models {

// Rows and what is to be learnt of them. Borrows everything.
struct TrainingData {
  columns::MatrixSource* rows = nullptr;
  // One a row: 0/1 for binary, 0 … num_classes − 1 for multiclass. A NaN label is refused.
  std::span<const double> labels;
  std::span<const double> weights;  // one a row, or empty for equal weights
  Objective objective = Objective::kBinary;
  int num_classes = 2;  // of a multiclass objective
};

struct LearnOptions {
  // Of the family; unknown names are refused with the nearest known one. Families that can take
  // `monotone`: {feature: 1 | −1}, the direction in which the margin may move with the feature.
  Json settings;
  uint64_t seed = 0;
  int num_threads = 0;  // 0 = as many as the rows are worth; never changes the result
  // Called now and then with done in [0, 1]; false asks to stop, which gives
  // Unavailable("stopped").
  std::function<bool(double done)> progress;
};

class Learner {
 public:
  virtual ~Learner() = default;
  virtual std::string_view name() const = 0;
  virtual std::string_view description() const = 0;
  virtual bool Learns(Objective objective) const = 0;
  // Refuses, naming the cause: an objective it does not learn, no rows, a label that is NaN or no
  // class, a class without a row, an unknown setting.
  virtual Result<std::unique_ptr<Model>> Fit(const TrainingData& data,
                                             const LearnOptions& options) const = 0;
  // From the bytes of a weights file written by the same family.
  virtual Result<std::unique_ptr<Model>> Load(std::string_view weights) const = 0;
};

}  // namespace codman::models
