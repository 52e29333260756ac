#include "api/routes.h"
#include "base/clock.h"
#include "lakehouse/lake_catalog.h"

namespace codman::api {

void GetStatus(Call* call) {
  auto& context = call->context();
  auto engine = context.engine();
  if (!engine.ok()) return call->Fail(engine.error());
  auto data = lakehouse::CountLake(context.lake, *engine);
  if (!data.ok()) return call->Fail(data.error());
  auto tables = lakehouse::ListTables(context.lake);
  if (!tables.ok()) return call->Fail(tables.error());
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
  auto today = call->context().journal->since(today_us), total = call->context().journal->total();
  if (!today.ok()) return call->Fail(today.error());
  if (!total.ok()) return call->Fail(total.error());
  Json predictions = Json::Object({{"today", *today}, {"total", *total}});
  call->SendJson(Json::Object({{"version", call->context().version},
                               {"synthetic_only", synthetic_only && models.size() > 0},
                               {"data", *data},
                               {"tables", *tables},
                               {"predictions", predictions},
                               {"models", models}}));
}

}  // namespace codman::api
