#include <cmath>

#include "api/query.h"
#include "api/routes.h"
#include "base/clock.h"

namespace codman::api {
namespace {

// Of an amount or a class there is neither band nor alert.
Json ListEntry(const serving::PredictionRow& row) {
  bool risk = !row.band.empty();
  return Json::Object({{"id", row.id},
                       {"task", row.task},
                       {"variant", row.variant},
                       {"version", row.version},
                       {"risk", row.risk},
                       {"band", risk ? Json(row.band) : Json()},
                       {"alert", risk ? Json(row.alert) : Json()},
                       {"predicted_at", base::FormatTime(row.time_us)}});
}

serving::PredictionFilter FilterOf(const std::string& query) {
  serving::PredictionFilter filter{.task = TextOf(query, "task"),
                                   .variant = TextOf(query, "variant"),
                                   .version = TextOf(query, "version"),
                                   .band = TextOf(query, "band"),
                                   .alert = BooleanOf(query, "alert"),
                                   .from_us = TimeOf(query, "from", 0),
                                   .until_us = TimeOf(query, "until", INT64_MAX),
                                   .id_prefix = TextOf(query, "id"),
                                   .before_id = TextOf(query, "before")};
  filter.limit = static_cast<size_t>(IntegerOf(query, "limit"));
  return filter;
}

}  // namespace

void GetPredictions(Call* call) {
  auto filter = FilterOf(call->query);
  auto rows = call->context().journal->Search(filter);
  if (!rows.ok()) return call->Fail(rows.error());
  Json list = Json::Array();
  for (const auto& row : *rows) list.Add(ListEntry(row));
  Json answer = Json::Object({{"predictions", list}});
  if (rows->size() == filter.limit) answer.Set("next_before", rows->back().id);
  call->SendJson(answer);
}

void GetPrediction(Call* call) {
  auto entry = call->context().journal->Find(call->Parameter("id"));
  if (!entry.ok()) return call->Fail(entry.error());
  call->Send("application/json", std::move(entry->answer));
}

// The number that an answer led with: a risk, an amount, the probability of its class.
Json HeadlineThen(const Json& answer) {
  if (const Json* risk = answer.Find("risk")) return *risk;
  if (const Json* value = answer.Find("value")) return *value;
  for (const auto& entry : answer["classes"].items()) {
    if (entry["class"].AsString() == answer["class"].AsString()) return entry["risk"];
  }
  return {};
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
  auto [margin, risk, led] = serving::HeadlineOf(**model, vector);
  Json risk_then = HeadlineThen(answer);
  Json margin_then = answer.Find("margin") != nullptr ? answer["margin"] : risk_then;
  bool same_model =
      (*model)->loaded.version.manifest_sha256 == entry->document["model_manifest"].AsString();
  bool equal = same_model && margin == margin_then.AsDouble() && risk == risk_then.AsDouble();
  call->SendJson(Json::Object({{"id", entry->id},
                               {"equal", equal},
                               {"same_model", same_model},
                               {"margin", margin},
                               {"risk", risk},
                               {"margin_then", margin_then},
                               {"risk_then", risk_then}}));
}

}  // namespace codman::api
