#include "api/routes.h"
#include "base/clock.h"
#include "base/metrics.h"

namespace codman::api {
namespace {

// One part of the program: asked, timed.
Json Ask(const char* name, const Result<>& answer, int64_t began_us) {
  return Json::Object({{"name", name},
                       {"status", answer.ok() ? "ok" : "failed"},
                       {"latency_ms", double(base::MonotonicUs() - began_us) / 1000}});
}

// One that is live and cannot be loaded is a failure, none that is live is not.
std::string StatusOfChampions(const ApiContext& context) {
  int live = 0;
  for (const auto& task : *context.tasks) {
    for (const auto& variant : task.variants) {
      auto served = context.service->Live(task, variant.name);
      if (!served.ok() && served.error().kind() == ErrorKind::kUnavailable) return "failed";
      live += served.ok() ? 1 : 0;
    }
  }
  return live > 0 ? "ok" : "none live";
}

}  // namespace

void GetHealth(Call* call) {
  Json services = Json::Array();
  int64_t began_us = base::MonotonicUs();
  auto models = call->context().registry->List();
  services.Add(Ask("registry", models.ok() ? Result<>() : Result<>(models.error()), began_us));
  began_us = base::MonotonicUs();
  services.Add(Ask("journal", call->context().journal->last_commit(), began_us));
  began_us = base::MonotonicUs();
  std::string champions = StatusOfChampions(call->context());
  Json live_models = Ask("models", Result<>(), began_us);
  live_models.Set("status", champions);
  services.Add(std::move(live_models));
  int good = 0;
  for (const auto& service : services.items()) good += service["status"].AsString() == "ok" ? 1 : 0;
  double score = double(good) / double(services.size());
  bool ready_wanted = call->path == "/health/ready";
  call->SendJson(Json::Object({{"status", score == 1 ? "ok" : "degraded"},
                               {"score", score},
                               {"version", call->context().version},
                               {"services", services}}),
                 ready_wanted && !models.ok() ? 503 : 200);
}

void GetLive(Call* call) { call->SendJson(Json::Object({{"status", "ok"}})); }

void GetMetrics(Call* call) {
  call->Send("text/plain; version=0.0.4; charset=utf-8", base::MetricsText());
}

void GetOpenApi(Call* call) { call->SendJson(OpenApiDocument(call->context())); }

}  // namespace codman::api
