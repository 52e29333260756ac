#include <algorithm>

#include "api/query.h"
#include "api/routes.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/metrics.h"
#include "base/text.h"

namespace codman::api {

serving::Explain ExplainOf(const std::string& query) {
  std::string wanted = TextOf(query, "explain");
  if (wanted == "all") return serving::Explain::kAll;
  return wanted == "none" ? serving::Explain::kNone : serving::Explain::kTop10;
}

std::vector<serving::FieldError> UnknownMembers(const Json& body,
                                                const std::vector<std::string>& known) {
  std::vector<serving::FieldError> errors;
  for (const auto& [name, value] : body.members()) {
    if (name == "variant" && !value.is_string() && !value.is_null())
      errors.push_back({name, "must be a text"});
    if (std::find(known.begin(), known.end(), name) == known.end())
      errors.push_back({name, format("is not known here; known are: {}", base::Join(known, ", "))});
  }
  return errors;
}

KeptAnswer Complete(Call* call, const serving::ServedModel& model, serving::Prediction prediction) {
  KeptAnswer kept{.id = base::ToHex(base::RandomBytes(16))};
  kept.answer = Json::Object({{"id", kept.id}});
  for (auto& [name, value] : prediction.answer.members()) kept.answer.Set(name, std::move(value));
  kept.answer.Set("predicted_at", base::FormatTime(base::NowUs()));
  const auto& version = model.loaded.version;
  kept.record = {.actor = call->actor.name,
                 .role = call->actor.role,
                 .address = call->remote,
                 .action = "predict",
                 .object = format("model {} {}", version.task, version.version),
                 .outcome = "answered",
                 .request_id = call->request_id};
  kept.document = Json::Object({{"answer", kept.answer},
                                {"vector", Json::Array(prediction.vector)},
                                {"model_manifest", version.manifest_sha256}});
  base::GetCounter("codman_predictions_total", {{"task", version.task},
                                                {"version", version.version},
                                                {"band", kept.answer["band"].AsString()}})
      .Increment();
  return kept;
}

void PostPredict(Call* call) {
  static base::Histogram latency =
      base::GetHistogram("codman_prediction_duration_seconds", {},
                         {0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1});
  int64_t began_us = base::MonotonicUs();
  auto task = registry::FindTask(*call->context().tasks, call->Parameter("task"));
  if (!task.ok()) return call->Fail(task.error());
  auto body = call->Body();
  if (!body.ok()) return call->FailStatus(400, body.error().message());
  auto unknown = UnknownMembers(*body, {"features", "variant"});
  if (!unknown.empty()) return call->FailFields(unknown);
  auto model = call->context().service->Live(**task, (*body)["variant"].AsString());
  if (!model.ok()) return call->Fail(model.error());
  auto prediction = serving::Predict(**model, **task, (*body)["features"], ExplainOf(call->query));
  if (!prediction.errors.empty()) return call->FailFields(prediction.errors);
  auto kept = Complete(call, **model, std::move(prediction));
  auto appended = call->context().journal->Append(
      kept.id, kept.record, kept.document,
      [held = call->shared_from_this(), answer = std::move(kept.answer),
       began_us](Result<> durable) {
        if (!durable.ok()) return held->Fail(durable.error());
        latency.Observe(double(base::MonotonicUs() - began_us) * 1e-6);
        held->SendJson(answer);
      });
  if (!appended.ok()) call->Fail(appended.error());
}

}  // namespace codman::api
