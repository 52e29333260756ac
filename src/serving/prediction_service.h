// One answer: from a request's named values to risk, reasons, versions and warnings.
//
// Champions are held in memory and swapped whole, so an activation drops no request. Thread-safe;
// computing touches no disk.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "events/concepts.h"
#include "features/feature_set.h"
#include "features/kernel.h"
#include "registry/registry.h"
#include "registry/task.h"

namespace codman::serving {

// A field that the request got wrong; all of them are told at once.
struct FieldError {
  std::string field, message;
};

// A model with everything needed to answer: self-contained, from its signed folder alone.
struct ServedModel {
  registry::LoadedModel loaded;
  std::shared_ptr<const events::Concepts> concepts;
  std::shared_ptr<const features::Plan> plan;
  // Which contract feature each model input belongs to.
  std::vector<int> contract_of;
};
Result<std::shared_ptr<const ServedModel>> Prepare(registry::LoadedModel loaded);

enum class Explain { kTop10, kAll, kNone };

struct Prediction {
  Json answer;                     // api.md 2, without id and predicted_at
  std::vector<double> vector;      // the model's input
  std::vector<FieldError> errors;  // where not empty, there is no answer
};

// Computes an answer from {"features": {...}}: values numbers, null, or {"value", "unit"}.
Prediction Predict(const ServedModel& model, const registry::Task& task, const Json& features,
                   Explain explain);

// The margin of a stored vector: replay.
double MarginOf(const ServedModel& model, const std::vector<double>& vector);

class PredictionService {
 public:
  PredictionService(const std::vector<registry::Task>* tasks, registry::Registry* registry)
      : tasks_(tasks), registry_(registry) {}

  // Loads the champions anew where they changed.
  Result<> Refresh();
  // The live model of a task and variant ("" = the task's live variant). NotFound says what to
  // train.
  Result<std::shared_ptr<const ServedModel>> Live(const registry::Task& task,
                                                  const std::string& variant) const;
  // Any version, for replay.
  Result<std::shared_ptr<const ServedModel>> Version(const std::string& task,
                                                     const std::string& version);

 private:
  const std::vector<registry::Task>* tasks_;
  registry::Registry* registry_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const ServedModel>> live_;      // "task/variant"
  std::map<std::string, std::shared_ptr<const ServedModel>> versions_;  // "task/version"
};

// low < half the threshold <= moderate < threshold <= high < 2.5 × threshold <= critical
const char* BandOf(double risk, double threshold);

}  // namespace codman::serving
