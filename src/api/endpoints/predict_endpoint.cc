#include <algorithm>

#include "api/routes.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/metrics.h"
#include "base/text.h"

namespace codman::api {
namespace {

Result<serving::Explain> ExplainOf(const std::string& query) {
  std::string wanted = net::QueryParameter(query, "explain");
  if (wanted.empty() || wanted == "top10") return serving::Explain::kTop10;
  if (wanted == "all") return serving::Explain::kAll;
  if (wanted == "none") return serving::Explain::kNone;
  return base::InvalidInput("'explain' must be top10, all or none");
}

std::vector<serving::FieldError> UnknownMembers(const Json& body) {
  std::vector<serving::FieldError> errors;
  for (const auto& [name, value] : body.members()) {
    if (name == "variant" && !value.is_string() && !value.is_null())
      errors.push_back({name, "must be a text"});
    if (name != "features" && name != "variant")
      errors.push_back({name, "is not known here; send features and, if wanted, variant"});
  }
  return errors;
}

Json VectorJson(const std::vector<double>& vector) { return Json::Array(vector); }

}  // namespace

void PostPredict(Call* call) {
  static base::Histogram latency =
      base::GetHistogram("codman_prediction_duration_seconds", "From request to journalled answer",
                         {}, {0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1});
  int64_t began_us = base::MonotonicUs();
  auto task = registry::FindTask(*call->context().tasks, call->Parameter("task"));
  if (!task.ok()) return call->Fail(task.error());
  auto body = call->Body();
  if (!body.ok()) return call->FailStatus(400, body.error().message());
  auto explain = ExplainOf(call->query);
  if (!explain.ok()) return call->Fail(explain.error());
  auto unknown = UnknownMembers(*body);
  if (!unknown.empty()) return call->FailFields(unknown);
  auto model = call->context().service->Live(**task, (*body)["variant"].AsString());
  if (!model.ok()) return call->Fail(model.error());
  auto prediction = serving::Predict(**model, **task, (*body)["features"], *explain);
  if (!prediction.errors.empty()) return call->FailFields(prediction.errors);

  Json answer = Json::Object({{"id", base::ToHex(base::RandomBytes(16))}});
  for (auto& [name, value] : prediction.answer.members()) answer.Set(name, std::move(value));
  answer.Set("predicted_at", base::FormatTime(base::NowUs()));
  std::string id = answer["id"].AsString();
  const auto& version = (*model)->loaded.version;
  governance::AuditRecord record{.actor = call->actor.name,
                                 .role = call->actor.role,
                                 .address = call->remote,
                                 .action = "predict",
                                 .object = format("model {} {}", version.task, version.version),
                                 .outcome = "answered",
                                 .request_id = call->request_id};
  Json document = Json::Object({{"answer", answer},
                                {"vector", VectorJson(prediction.vector)},
                                {"model_manifest", version.manifest_sha256}});
  base::GetCounter(
      "codman_predictions_total", "Predictions answered",
      {{"task", version.task}, {"version", version.version}, {"band", answer["band"].AsString()}})
      .Increment();
  auto kept = call->shared_from_this();
  auto appended = call->context().journal->Append(
      id, record, document, [kept, answer = std::move(answer), began_us](Result<> durable) {
        if (!durable.ok()) return kept->Fail(durable.error());
        latency.Observe(double(base::MonotonicUs() - began_us) * 1e-6);
        kept->SendJson(answer);
      });
  if (!appended.ok()) call->Fail(appended.error());
}

namespace {

Json ListEntry(const serving::JournalEntry& entry) {
  const Json& answer = entry.document["answer"];
  return Json::Object({{"id", entry.id},
                       {"task", answer["task"]},
                       {"variant", answer["variant"]},
                       {"version", answer["model"]["version"]},
                       {"risk", answer["risk"]},
                       {"band", answer["band"]},
                       {"alert", answer["alert"]},
                       {"predicted_at", answer["predicted_at"]}});
}

}  // namespace

void GetPredictions(Call* call) {
  std::string limit_text = net::QueryParameter(call->query, "limit");
  auto limit = limit_text.empty() ? std::optional<int64_t>(50) : base::ParseInt(limit_text);
  if (!limit || *limit < 1 || *limit > 1000)
    return call->Fail(base::InvalidInput("'limit' must be a number from 1 to 1000"));
  auto entries = call->context().journal->Recent(static_cast<size_t>(*limit),
                                                 net::QueryParameter(call->query, "before"));
  Json list = Json::Array();
  for (const auto& entry : entries) list.Add(ListEntry(entry));
  Json answer = Json::Object({{"predictions", list}});
  if (static_cast<int64_t>(entries.size()) == *limit) answer.Set("next_before", entries.back().id);
  call->SendJson(answer);
}

void GetPrediction(Call* call) {
  auto entry = call->context().journal->Find(call->Parameter("id"));
  if (!entry.ok()) return call->Fail(entry.error());
  call->SendJson(entry->document["answer"]);
}

void GetReplay(Call* call) {
  auto entry = call->context().journal->Find(call->Parameter("id"));
  if (!entry.ok()) return call->Fail(entry.error());
  const Json& answer = entry->document["answer"];
  auto model = call->context().service->Version(answer["task"].AsString(),
                                                answer["model"]["version"].AsString());
  if (!model.ok()) return call->Fail(model.error());
  std::vector<double> vector;
  for (const auto& value : entry->document["vector"].items())
    vector.push_back(value.is_null() ? std::nan("") : value.AsDouble());
  double margin = serving::MarginOf(**model, vector),
         risk = (*model)->loaded.calibrator.Apply(margin);
  bool same_model =
      (*model)->loaded.version.manifest_sha256 == entry->document["model_manifest"].AsString();
  bool equal =
      same_model && margin == answer["margin"].AsDouble() && risk == answer["risk"].AsDouble();
  call->SendJson(Json::Object({{"id", entry->id},
                               {"equal", equal},
                               {"same_model", same_model},
                               {"margin", margin},
                               {"risk", risk},
                               {"margin_then", answer["margin"]},
                               {"risk_then", answer["risk"]}}));
}

}  // namespace codman::api
