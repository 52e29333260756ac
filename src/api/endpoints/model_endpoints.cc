#include <algorithm>

#include "api/query.h"
#include "api/routes.h"
#include "base/clock.h"
#include "base/text.h"
#include "registry/version_diff.h"
#include "serving/shadow_comparison.h"

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

Result<> RecordChange(Call* call, const std::string& action, const std::string& version,
                      const std::string& reason) {
  TRY(call->context().audit->Record(
      {.actor = call->actor.name,
       .role = call->actor.role,
       .address = call->remote,
       .action = action,
       .object = format("model {} {}", call->Parameter("task"), version),
       .reason = reason,
       .outcome = "done",
       .request_id = call->request_id}));
  return {};
}

// A change of what is live: audited before the answer, then the live models are read anew.
void Finish(Call* call, const std::string& action, const std::string& version,
            const std::string& reason) {
  auto recorded = RecordChange(call, action, version, reason);
  if (!recorded.ok()) return call->Fail(recorded.error());
  auto refreshed = call->context().service->Refresh();
  if (!refreshed.ok()) return call->Fail(refreshed.error());
  call->context().service->LoadLive();
  call->SendJson(Json::Object({{"live", version}}));
}

// A change of a version's state that leaves what is live: the reason, the change, the audit record,
// the version as it is now.
void ChangeState(Call* call, const std::string& action,
                 const std::function<Result<>(const std::string& reason)>& change) {
  auto body = BodyWithReason(call);
  if (!body) return;
  std::string reason = (*body)["reason"].AsString();
  auto changed = change(reason);
  if (!changed.ok()) return call->Fail(changed.error());
  auto recorded = RecordChange(call, action, call->Parameter("version"), reason);
  if (!recorded.ok()) return call->Fail(recorded.error());
  auto version = VersionOf(call);
  if (!version.ok()) return call->Fail(version.error());
  call->SendJson(Json::Object({{"model", VersionJson(call, *version)}}));
}

// How many approvals the task file asks for.
Result<int> ApprovalsNeeded(Call* call) {
  return TRY(registry::FindTask(*call->context().tasks, call->Parameter("task")))->approvals;
}

// Who approved this version, and how many must.
Result<Json> ApprovalsJson(Call* call, const registry::ModelVersion& version) {
  Json given = Json::Array();
  for (const auto& approval :
       TRY(call->context().registry->Approvals(version.task, version.version)))
    given.Add(registry::ToJson(approval));
  // A model may outlive its task file: then one approval is what an activation asks for.
  auto needed = ApprovalsNeeded(call);
  return Json::Object({{"given", given}, {"needed", needed.ok() ? *needed : 1}});
}

}  // namespace

// As schemas.yaml says.
constexpr int64_t kLongestReason = 2000;

std::optional<Json> BodyWithReason(Call* call, std::string_view other) {
  auto body = call->Body();
  if (!body.ok()) {
    call->FailStatus(400, body.error().message());
    return {};
  }
  std::vector<std::string> known = {"reason"};
  if (!other.empty()) known.emplace_back(other);
  if (auto unknown = UnknownMembers(*body, known); !unknown.empty()) {
    call->FailFields(unknown);
    return {};
  }
  const std::string& reason = (*body)["reason"].AsString();
  if (base::Trim(reason).empty()) {
    call->FailFields({{"reason", "say why: it is kept in the model's history"}});
    return {};
  }
  auto characters = std::count_if(reason.begin(), reason.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // not the rest of a UTF-8 sequence
  });
  if (characters > kLongestReason) {
    call->FailFields({{"reason", format("is longer than {} characters", kLongestReason)}});
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
  Json challengers = Json::Object();
  for (const auto& version : *versions) {
    list.Add(VersionJson(call, version));
    if (version.state == "champion") champions.Set(version.variant, version.version);
    if (version.state == "challenger") challengers.Set(version.variant, version.version);
  }
  for (const auto& move : *history) moves.Add(registry::ToJson(move));
  call->SendJson(Json::Object({{"task", (*task)->name},
                               {"approvals", (*task)->approvals},
                               {"champions", champions},
                               {"challengers", challengers},
                               {"versions", list},
                               {"history", moves}}));
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
  auto approvals = ApprovalsJson(call, *version);
  if (!approvals.ok()) return call->Fail(approvals.error());
  answer.Set("approvals", *approvals);
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

void GetModelDiff(Call* call) {
  std::string a = TextOf(call->query, "a"), b = TextOf(call->query, "b");
  if (a.empty() || b.empty())
    return call->FailStatus(400, "name the two versions to compare: ?a=…&b=…");
  auto diff = registry::DiffVersions(*call->context().registry, call->Parameter("task"), a, b);
  if (!diff.ok()) return call->Fail(diff.error());
  call->SendJson(*diff);
}

void GetLiveModels(Call* call) {
  auto task = registry::FindTask(*call->context().tasks, call->Parameter("task"));
  if (!task.ok()) return call->Fail(task.error());
  int64_t at = TimeOf(call->query, "at", base::NowUs());
  auto moves = call->context().registry->LiveAt((*task)->name, at);
  if (!moves.ok()) return call->Fail(moves.error());
  Json live = Json::Array();
  for (const auto& move : *moves) live.Add(registry::ToJson(move));
  call->SendJson(
      Json::Object({{"task", (*task)->name}, {"at", base::FormatTime(at)}, {"live", live}}));
}

void GetShadow(Call* call) {
  auto task = registry::FindTask(*call->context().tasks, call->Parameter("task"));
  if (!task.ok()) return call->Fail(task.error());
  std::string variant = TextOf(call->query, "variant");
  if (variant.empty()) variant = (*task)->live;
  const ApiContext& context = call->context();
  auto comparison = serving::CompareInShadow({.task = (*task)->name, .variant = variant},
                                             *context.registry, context.service, context.journal);
  if (!comparison.ok()) return call->Fail(comparison.error());
  call->SendJson(*comparison);
}

void PostApprove(Call* call) {
  // A key is nobody: with it one person would count as two.
  if (call->actor.role == "service") {
    return call->FailStatus(403,
                            "an approval comes from a person: sign in by the link that codman "
                            "serve prints, or use codman models approve");
  }
  ChangeState(call, "model.approve", [call](const std::string& reason) -> Result<> {
    int needed = TRY(ApprovalsNeeded(call));
    return call->context().registry->Approve(call->Parameter("task"), call->Parameter("version"),
                                             call->actor.name, reason, needed);
  });
}

void PostChallenge(Call* call) {
  ChangeState(call, "model.challenge", [call](const std::string& reason) {
    return call->context().registry->Challenge(call->Parameter("task"), call->Parameter("version"),
                                               call->actor.name, reason);
  });
}

void PostRetire(Call* call) {
  ChangeState(call, "model.retire", [call](const std::string& reason) {
    return call->context().registry->Retire(call->Parameter("task"), call->Parameter("version"),
                                            call->actor.name, reason);
  });
}

void PostActivate(Call* call) {
  auto body = BodyWithReason(call);
  if (!body) return;
  std::string reason = (*body)["reason"].AsString(), version = call->Parameter("version");
  auto needed = ApprovalsNeeded(call);
  if (!needed.ok()) return call->Fail(needed.error());
  auto done = call->context().registry->Activate(call->Parameter("task"), version, call->actor.name,
                                                 reason, *needed);
  if (!done.ok()) return call->Fail(done.error());
  Finish(call, "model.activate", version, reason);
}

void PostRollback(Call* call) {
  auto body = BodyWithReason(call, "variant");
  if (!body) return;
  std::string reason = (*body)["reason"].AsString();
  auto live = call->context().registry->Rollback(
      call->Parameter("task"), (*body)["variant"].AsString(), call->actor.name, reason);
  if (!live.ok()) return call->Fail(live.error());
  Finish(call, "model.rollback", *live, reason);
}

}  // namespace codman::api
