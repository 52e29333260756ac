#include "serving/prediction_service.h"

#include "base/clock.h"
#include "base/text.h"
#include "serving/lazy_model_internal.h"

namespace codman::serving {

PredictionService::PredictionService(const std::vector<registry::Task>* tasks,
                                     registry::Registry* registry)
    : tasks_(tasks), registry_(registry) {}
PredictionService::~PredictionService() = default;

Result<> PredictionService::Refresh() {
  {
    std::lock_guard lock(mutex_);
    // What failed may have been restored; what only a replay wanted need not stay in memory.
    std::erase_if(versions_, [](const auto& entry) {
      return entry.second->failed() || entry.second.use_count() == 1;
    });
  }
  Models live, by_task;
  for (const auto& task : *tasks_) {
    for (const auto& variant : task.variants) {
      auto champion = TRY(registry_->Champion(task.name, variant.name));
      if (!champion) continue;
      auto model = ModelOf(*std::move(champion));
      if (variant.name == task.live) by_task[task.name] = model;
      live[task.name + "/" + variant.name] = std::move(model);
    }
  }
  std::lock_guard lock(mutex_);
  live_ = std::move(live);
  by_task_ = std::move(by_task);
  return {};
}

void PredictionService::LoadLive() {
  Models live;
  {
    std::lock_guard lock(mutex_);
    live = live_;
  }
  for (const auto& [place, model] : live) model->Get(*registry_);
}

std::shared_ptr<LazyModel> PredictionService::ModelOf(registry::ModelVersion version) {
  double horizon_hours = 0;
  if (auto known = registry::FindTask(*tasks_, version.task); known.ok())
    horizon_hours = double((*known)->horizon_us) / double(base::kHourUs);
  std::lock_guard lock(mutex_);
  auto& model = versions_[version.task + "/" + version.version];
  if (model == nullptr) model = std::make_shared<LazyModel>(std::move(version), horizon_hours);
  return model;
}

std::shared_ptr<const ServedModel> PredictionService::Find(std::string_view task) const {
  std::shared_ptr<LazyModel> model;
  {
    std::lock_guard lock(mutex_);
    auto found = by_task_.find(task);
    if (found == by_task_.end()) return nullptr;
    model = found->second;
  }
  const auto& loaded = model->Get(*registry_);
  return loaded.ok() ? *loaded : nullptr;
}

Result<std::shared_ptr<const ServedModel>> PredictionService::Live(
    const registry::Task& task, const std::string& variant) const {
  std::string wanted = variant.empty() ? task.live : variant;
  TRY(task.FindVariant(wanted));
  std::shared_ptr<LazyModel> model;
  {
    std::lock_guard lock(mutex_);
    auto found = live_.find(task.name + "/" + wanted);
    if (found == live_.end()) return NoneLive(task, wanted);
    model = found->second;
  }
  const auto& loaded = model->Get(*registry_);
  if (loaded.ok()) return loaded;
  return base::Unavailable(format(
      "the live model {} of task {} cannot be loaded: {}. Restore its folder, or put another "
      "version live: codman models activate {} VERSION --reason …",
      model->version().version, task.name, loaded.error().ToString(), task.name));
}

Error PredictionService::NoneLive(const registry::Task& task, const std::string& variant) const {
  std::string others;
  for (const auto& other : task.variants) {
    if (live_.contains(task.name + "/" + other.name))
      others += format("{}'{}'", others.empty() ? " (live: " : ", ", other.name);
  }
  return base::NotFound(
      format("task {} has no live model of the variant '{}'{}; train one: codman train {} "
             "--activate --reason …",
             task.name, variant, others.empty() ? "" : others + ")", task.name));
}

Result<std::shared_ptr<const ServedModel>> PredictionService::Version(const std::string& task,
                                                                      const std::string& version) {
  std::shared_ptr<LazyModel> model;
  {
    std::lock_guard lock(mutex_);
    auto found = versions_.find(task + "/" + version);
    if (found != versions_.end() && found->second->failed()) {
      versions_.erase(found);  // its folder may have been restored
    } else if (found != versions_.end()) {
      model = found->second;
    }
  }
  if (model == nullptr) model = ModelOf(TRY(registry_->Get(task, version)));
  return model->Get(*registry_);
}

}  // namespace codman::serving
