// The models that answer. Champions are held in memory and swapped whole, so an activation drops no
// request. Thread-safe.
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

class PredictionService {
 public:
  PredictionService(const std::vector<registry::Task>* tasks, registry::Registry* registry)
      : tasks_(tasks), registry_(registry) {}

  // Loads the champions anew where they changed. One that cannot be loaded (altered, of another
  // program's version) is logged and stops no other.
  Result<> Refresh();
  // The live model of a task and variant ("" = the task's live variant). NotFound says what to
  // train; Unavailable, why the champion could not be loaded.
  Result<std::shared_ptr<const ServedModel>> Live(const registry::Task& task,
                                                  const std::string& variant) const;
  // Of the live variant, by the task's name; null where there is none.
  std::shared_ptr<const ServedModel> Find(std::string_view task) const;
  // Any version, for replay.
  Result<std::shared_ptr<const ServedModel>> Version(const std::string& task,
                                                     const std::string& version);

 private:
  using Models = std::map<std::string, std::shared_ptr<const ServedModel>, std::less<>>;

  const std::vector<registry::Task>* tasks_;
  registry::Registry* registry_;
  mutable std::mutex mutex_;
  Models live_;                                         // "task/variant"
  Models by_task_;                                      // of the live variant
  Models versions_;                                     // "task/version"
  std::map<std::string, Error, std::less<>> unloaded_;  // "task/variant"
};

}  // namespace codman::serving
