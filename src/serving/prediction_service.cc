#include "serving/prediction_service.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"

namespace codman::serving {
namespace {

Error CannotLoad(const std::string& task, const std::string& version, const Error& why) {
  return base::Unavailable(format(
      "the live model {} of task {} cannot be loaded: {}. Restore its folder, or put another "
      "version live: codman models activate {} VERSION --reason …",
      version, task, why.ToString(), task));
}

}  // namespace

Result<> PredictionService::Refresh() {
  Models live, by_task;
  std::map<std::string, Error, std::less<>> unloaded;
  for (const auto& task : *tasks_) {
    for (const auto& variant : task.variants) {
      auto champion = TRY(registry_->Champion(task.name, variant.name));
      if (!champion) continue;
      const std::string place = task.name + "/" + variant.name;
      auto served = Version(task.name, champion->version);
      if (!served.ok()) {
        auto failure = CannotLoad(task.name, champion->version, served.error());
        base::Log(base::LogLevel::kError, "serving", failure.ToString());
        unloaded.emplace(place, std::move(failure));
        continue;
      }
      if (variant.name == task.live) by_task[task.name] = *served;
      live[place] = *std::move(served);
    }
  }
  std::lock_guard lock(mutex_);
  live_ = std::move(live);
  by_task_ = std::move(by_task);
  unloaded_ = std::move(unloaded);
  return {};
}

std::shared_ptr<const ServedModel> PredictionService::Find(std::string_view task) const {
  std::lock_guard lock(mutex_);
  auto found = by_task_.find(task);
  return found == by_task_.end() ? nullptr : found->second;
}

Result<std::shared_ptr<const ServedModel>> PredictionService::Live(
    const registry::Task& task, const std::string& variant) const {
  std::string wanted = variant.empty() ? task.live : variant;
  TRY(task.FindVariant(wanted));
  std::lock_guard lock(mutex_);
  auto failed = unloaded_.find(task.name + "/" + wanted);
  if (failed != unloaded_.end()) return failed->second;
  auto found = live_.find(task.name + "/" + wanted);
  if (found == live_.end()) {
    return base::NotFound(
        format("task {} has no live model of the variant '{}'; train one: codman train {} "
               "--activate --reason …",
               task.name, wanted, task.name));
  }
  return found->second;
}

Result<std::shared_ptr<const ServedModel>> PredictionService::Version(const std::string& task,
                                                                      const std::string& version) {
  {
    std::lock_guard lock(mutex_);
    auto found = versions_.find(task + "/" + version);
    if (found != versions_.end()) return found->second;
  }
  auto loaded = TRY(registry_->Load(TRY(registry_->Get(task, version))));
  double horizon_hours = 0;
  if (auto known = registry::FindTask(*tasks_, task); known.ok())
    horizon_hours = double((*known)->horizon_us) / double(base::kHourUs);
  auto served = TRY(Prepare(std::move(loaded), horizon_hours));
  std::lock_guard lock(mutex_);
  versions_[task + "/" + version] = served;
  return served;
}

}  // namespace codman::serving
