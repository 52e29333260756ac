#include "api/routes.h"
#include "base/clock.h"

namespace codman::api {

void GetStatus(Call* call) {
  auto lake = call->context().lake_status();
  if (!lake.ok()) return call->Fail(lake.error());
  auto versions = call->context().registry->List();
  if (!versions.ok()) return call->Fail(versions.error());
  Json models = Json::Array();
  bool synthetic_only = true;
  for (const auto& version : *versions) {
    if (version.state != "champion") continue;
    synthetic_only = synthetic_only && version.synthetic;
    Json json = registry::ToJson(version);
    for (const auto& task : *call->context().tasks) {
      if (task.name == version.task) json.Set("label", task.label);
    }
    models.Add(std::move(json));
  }
  int64_t today_us = base::NowUs() / base::kDayUs * base::kDayUs;
  Json predictions = Json::Object({{"today", call->context().journal->since(today_us)},
                                   {"total", call->context().journal->total()}});
  call->SendJson(Json::Object({{"version", call->context().version},
                               {"synthetic_only", synthetic_only && models.size() > 0},
                               {"data", (*lake)["data"]},
                               {"tables", (*lake)["tables"]},
                               {"predictions", predictions},
                               {"models", models}}));
}

}  // namespace codman::api
