#include "api/routes.h"
#include "base/text.h"

namespace codman::api {
namespace {

Json VersionJson(Call* call, const registry::ModelVersion& version) {
  Json json = registry::ToJson(version);
  for (const auto& task : *call->context().tasks) {
    if (task.name == version.task) json.Set("label", task.label);
  }
  return json;
}

Result<registry::ModelVersion> VersionOf(Call* call) {
  return call->context().registry->Get(call->Parameter("task"), call->Parameter("version"));
}

// A change that happened: audited before the answer, then the live models are read anew.
void Finish(Call* call, const std::string& action, const std::string& version,
            const std::string& reason) {
  auto recorded = call->context().audit->Record(
      {.actor = call->actor.name,
       .role = call->actor.role,
       .address = call->remote,
       .action = action,
       .object = format("model {} {}", call->Parameter("task"), version),
       .reason = reason,
       .outcome = "done",
       .request_id = call->request_id});
  if (!recorded.ok()) return call->Fail(recorded.error());
  auto refreshed = call->context().service->Refresh();
  if (!refreshed.ok()) return call->Fail(refreshed.error());
  call->SendJson(Json::Object({{"live", version}}));
}

}  // namespace

std::optional<Json> BodyWithReason(Call* call) {
  auto body = call->Body();
  if (!body.ok()) {
    call->FailStatus(400, body.error().message());
    return {};
  }
  if (base::Trim((*body)["reason"].AsString()).empty()) {
    call->FailFields({{"reason", "say why: it is kept in the model's history"}});
    return {};
  }
  return std::move(*body);
}

void GetModels(Call* call) {
  auto versions = call->context().registry->List(net::QueryParameter(call->query, "task"));
  if (!versions.ok()) return call->Fail(versions.error());
  Json list = Json::Array();
  for (const auto& version : *versions) list.Add(VersionJson(call, version));
  call->SendJson(Json::Object({{"models", list}}));
}

void GetTaskModels(Call* call) {
  auto task = registry::FindTask(*call->context().tasks, call->Parameter("task"));
  if (!task.ok()) return call->Fail(task.error());
  auto versions = call->context().registry->List((*task)->name);
  auto history = call->context().registry->History((*task)->name);
  if (!versions.ok()) return call->Fail(versions.error());
  if (!history.ok()) return call->Fail(history.error());
  Json list = Json::Array(), champions = Json::Object(), moves = Json::Array();
  for (const auto& version : *versions) {
    list.Add(VersionJson(call, version));
    if (version.state == "champion") champions.Set(version.variant, version.version);
  }
  for (const auto& move : *history) moves.Add(registry::ToJson(move));
  call->SendJson(Json::Object(
      {{"task", (*task)->name}, {"champions", champions}, {"versions", list}, {"history", moves}}));
}

void GetModel(Call* call) {
  auto version = VersionOf(call);
  if (!version.ok()) return call->Fail(version.error());
  Json answer = Json::Object({{"model", VersionJson(call, *version)}});
  for (const char* name : {"manifest.json", "evaluation.json"}) {
    auto text = call->context().registry->ReadFile(*version, name);
    if (!text.ok()) return call->Fail(text.error());
    auto document = base::ParseJson(*text);
    if (!document.ok()) return call->Fail(document.error());
    answer.Set(std::string(name) == "manifest.json" ? "manifest" : "report", std::move(*document));
  }
  auto card = call->context().registry->ReadFile(*version, "card.md");
  if (!card.ok()) return call->Fail(card.error());
  answer.Set("card", *card);
  call->SendJson(answer);
}

void GetModelReport(Call* call) {
  auto version = VersionOf(call);
  if (!version.ok()) return call->Fail(version.error());
  auto page = call->context().registry->ReadFile(*version, "report.html");
  if (!page.ok()) return call->Fail(page.error());
  // The page is self-contained: it has its own styles within, and nothing else.
  call->ReplaceHeader(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'");
  call->Send("text/html; charset=utf-8", std::move(*page));
}

void PostActivate(Call* call) {
  auto body = BodyWithReason(call);
  if (!body) return;
  std::string reason = (*body)["reason"].AsString(), version = call->Parameter("version");
  auto done = call->context().registry->Activate(call->Parameter("task"), version, call->actor.name,
                                                 reason);
  if (!done.ok()) return call->Fail(done.error());
  Finish(call, "model.activate", version, reason);
}

void PostRollback(Call* call) {
  auto body = BodyWithReason(call);
  if (!body) return;
  std::string reason = (*body)["reason"].AsString();
  auto live = call->context().registry->Rollback(
      call->Parameter("task"), (*body)["variant"].AsString(), call->actor.name, reason);
  if (!live.ok()) return call->Fail(live.error());
  Finish(call, "model.rollback", *live, reason);
}

}  // namespace codman::api
