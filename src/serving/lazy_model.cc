#include "base/log.h"
#include "base/text.h"
#include "serving/lazy_model_internal.h"

namespace codman::serving {

const Result<std::shared_ptr<const ServedModel>>& LazyModel::Get(
    const registry::Registry& registry) {
  std::call_once(once_, [&] {
    auto loaded = registry.Load(version_);
    loaded_ = loaded.ok() ? Prepare(*std::move(loaded), horizon_hours_) : loaded.error();
    failed_ = !loaded_.ok();
    if (failed_) {
      base::Log(base::LogLevel::kError, "serving",
                format("model {} of task {} cannot be loaded: {}", version_.version, version_.task,
                       loaded_.error().ToString()));
    }
  });
  return loaded_;
}

}  // namespace codman::serving
