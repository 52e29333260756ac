// A registered version, loaded when it is first asked for: a program with many live models answers
// for one before it has read the others. Thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "base/result.h"
#include "registry/registry.h"
#include "serving/served_model.h"

namespace codman::serving {

class LazyModel {
 public:
  // `horizon_hours` is the task's.
  LazyModel(registry::ModelVersion version, double horizon_hours)
      : version_(std::move(version)), horizon_hours_(horizon_hours) {}

  const registry::ModelVersion& version() const { return version_; }
  // The first call loads, others wait for it. A failure stays and is logged once.
  const Result<std::shared_ptr<const ServedModel>>& Get(const registry::Registry& registry);
  // Whether it was tried in vain.
  bool failed() const { return failed_; }

 private:
  registry::ModelVersion version_;
  double horizon_hours_;
  std::once_flag once_;
  std::atomic<bool> failed_ = false;
  Result<std::shared_ptr<const ServedModel>> loaded_ = std::shared_ptr<const ServedModel>();
};

}  // namespace codman::serving
