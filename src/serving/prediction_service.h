// The models that answer. The table of champions is swapped whole, so an activation drops no
// request; a champion is loaded when it is first asked for, or by LoadLive before. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "registry/registry.h"
#include "registry/task.h"
#include "serving/answer.h"
#include "serving/request_values.h"
#include "serving/served_model.h"

namespace codman::serving {

class LazyModel;

class PredictionService {
 public:
  PredictionService(const std::vector<registry::Task>* tasks, registry::Registry* registry);
  ~PredictionService();

  // Looks up who is live now. What could not be loaded before is tried again when it is asked for.
  Result<> Refresh();
  // Loads what is live and is not loaded yet, so that no request waits for it. One that cannot be
  // loaded (altered, of another program's version) is logged and stops no other.
  void LoadLive();
  // The live model of a task and variant ("" = the task's live variant). NotFound says what to
  // train; Unavailable, why the champion could not be loaded.
  Result<std::shared_ptr<const ServedModel>> Live(const registry::Task& task,
                                                  const std::string& variant) const;
  // Of the live variant, by the task's name; null where there is none that can be loaded.
  std::shared_ptr<const ServedModel> Find(std::string_view task) const;
  // Any version, for replay.
  Result<std::shared_ptr<const ServedModel>> Version(const std::string& task,
                                                     const std::string& version);

 private:
  using Models = std::map<std::string, std::shared_ptr<LazyModel>, std::less<>>;

  std::shared_ptr<LazyModel> ModelOf(registry::ModelVersion version);
  // Names what is live instead. The mutex is held.
  Error NoneLive(const registry::Task& task, const std::string& variant) const;

  const std::vector<registry::Task>* tasks_;
  registry::Registry* registry_;
  mutable std::mutex mutex_;  // of what stands below
  Models live_;               // "task/variant"
  Models by_task_;            // of the live variant
  Models versions_;           // "task/version"
};

}  // namespace codman::serving
