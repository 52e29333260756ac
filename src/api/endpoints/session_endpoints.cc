#include "api/routes.h"
#include "base/text.h"

namespace codman::api {
namespace {

Json SessionJson(const Session& session) {
  return Json::Object({{"actor", session.actor}, {"csrf", session.csrf}});
}

}  // namespace

void PostSession(Call* call) {
  auto body = call->Body();
  if (!body.ok()) return call->FailStatus(400, body.error().message());
  auto token = call->context().sessions->SignIn((*body)["code"].AsString());
  if (!token.ok()) return call->Fail(token.error());
  call->AddHeader("Set-Cookie", "codman_session=" + *token +
                                    "; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200");
  call->SendJson(SessionJson(*call->context().sessions->Find(*token)));
}

void GetSession(Call* call) {
  for (auto part : base::Split(call->cookie, ';')) {
    part = base::Trim(part);
    if (!part.starts_with("codman_session=")) continue;
    auto session = call->context().sessions->Find(part.substr(15));
    if (session) return call->SendJson(SessionJson(*session));
  }
  call->SendJson(Json::Object({{"actor", call->actor.name}, {"csrf", ""}}));
}

}  // namespace codman::api
