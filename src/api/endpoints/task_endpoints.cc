#include <algorithm>
#include <cmath>

#include "api/routes.h"
#include "base/clock.h"
#include "base/text.h"

namespace codman::api {
namespace {

using features::ContractFeature;

double HorizonHours(const registry::Task& task) {
  return double(task.horizon_us) / double(base::kHourUs);
}

Json FeatureJson(const ContractFeature& feature) {
  auto finite = [](double value) { return std::isfinite(value) ? Json(value) : Json(); };
  Json json = Json::Object({{"id", feature.id},
                            {"label", feature.label},
                            {"unit", feature.unit},
                            {"low", finite(feature.low)},
                            {"high", finite(feature.high)},
                            {"description", feature.description},
                            {"derived", !feature.expression.empty()},
                            {"levels", Json::Array(feature.words)},
                            {"process", feature.process}});
  bool has_reference = feature.reference_low != feature.reference_high;
  json.Set("reference_low", has_reference ? Json(feature.reference_low) : Json());
  json.Set("reference_high", has_reference ? Json(feature.reference_high) : Json());
  return json;
}

// Contract features by group, in order of first appearance; derived ones last.
Json Groups(const std::vector<ContractFeature>& contract) {
  Json groups = Json::Array();
  auto add = [&](const std::string& name, const ContractFeature& feature) {
    for (auto& group : groups.items()) {
      if (group["name"].AsString() == name) {
        group.members()[1].second.Add(FeatureJson(feature));
        return;
      }
    }
    groups.Add(Json::Object({{"name", name}, {"features", Json::Array({FeatureJson(feature)})}}));
  };
  for (const auto& feature : contract) {
    if (feature.inner) continue;
    if (feature.expression.empty()) add(feature.group.empty() ? "Other" : feature.group, feature);
  }
  for (const auto& feature : contract) {
    if (!feature.expression.empty()) add("Derived", feature);
  }
  return groups;
}

Json VariantJson(Call* call, const registry::Task& task, const registry::TaskVariant& variant) {
  Json json = Json::Object(
      {{"name", variant.name}, {"description", variant.description}, {"ready", false}});
  auto live = call->context().service->Live(task, variant.name);
  if (!live.ok()) return json;
  const auto& version = (*live)->loaded.version;
  json.Set("ready", true)
      .Set("version", version.version)
      .Set("trained_on", version.source)
      .Set("synthetic", version.synthetic);
  return json;
}

// What a form asks for a model of the task.
Json FormJson(const registry::Task& task, const serving::ServedModel& served) {
  const auto& loaded = served.loaded;
  const Json* samples = loaded.features.Find("samples");
  return Json::Object({{"name", task.name},
                       {"question", task.question},
                       {"label", task.label},
                       {"horizon_hours", HorizonHours(task)},
                       {"objective", models::NameOf(loaded.model->objective())},
                       {"classes", loaded.manifest["classes"]},
                       {"unit", loaded.manifest["unit"].AsString()},
                       {"variant", loaded.version.variant},
                       {"version", loaded.version.version},
                       {"threshold", loaded.threshold},
                       {"synthetic", loaded.version.synthetic},
                       {"groups", Groups(served.plan->contract())},
                       {"samples", samples == nullptr ? Json::Array() : *samples}});
}

}  // namespace

void GetTasks(Call* call) {
  Json tasks = Json::Array();
  for (const auto& task : *call->context().tasks) {
    Json variants = Json::Array();
    for (const auto& variant : task.variants) variants.Add(VariantJson(call, task, variant));
    tasks.Add(Json::Object({{"name", task.name},
                            {"question", task.question},
                            {"label", task.label},
                            {"horizon_hours", HorizonHours(task)},
                            {"live", task.live},
                            {"variants", variants}}));
  }
  call->SendJson(Json::Object({{"tasks", tasks}}));
}

void GetTask(Call* call) {
  auto task = registry::FindTask(*call->context().tasks, call->Parameter("name"));
  if (!task.ok()) return call->Fail(task.error());
  auto live = call->context().service->Live(**task, net::QueryParameter(call->query, "variant"));
  if (!live.ok()) return call->Fail(live.error());
  call->SendJson(FormJson(**task, **live));
}

// A version that waits is tried under a variant of its own, so that neither the history of what
// served nor any comparison takes its answers for those of the champion.
Result<std::shared_ptr<const serving::ServedModel>> TrialModel(Call* call) {
  const auto* task = TRY(registry::FindTask(*call->context().tasks, call->Parameter("task")));
  auto& registry = *call->context().registry;
  auto loaded = TRY(registry.Load(TRY(registry.Get(task->name, call->Parameter("version")))));
  if (loaded.version.state != "champion") loaded.version.variant += kTrialSuffix;
  return serving::Prepare(std::move(loaded), HorizonHours(*task));
}

void GetForm(Call* call) {
  auto task = registry::FindTask(*call->context().tasks, call->Parameter("task"));
  if (!task.ok()) return call->Fail(task.error());
  auto model = TrialModel(call);
  if (!model.ok()) return call->Fail(model.error());
  call->SendJson(FormJson(**task, **model));
}

}  // namespace codman::api
