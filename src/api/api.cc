#include "api/api.h"

#include "api/assets.h"
#include "api/call.h"
#include "api/idempotency.h"
#include "api/identifiers.h"
#include "api/prediction_desk.h"
#include "api/query.h"
#include "api/route_table.h"
#include "api/routes.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"

namespace codman::api {
namespace {

bool SendAsset(const net::HttpRequest& request, Call* call) {
  if (request.method != "GET" && request.method != "HEAD") return false;
  const Asset* asset = FindAsset(request.path);
  if (asset == nullptr) return false;
  call->Send(asset->content_type, std::string(asset->content));
  return true;
}

void NoteAccess(const Route& route, const Call& call) {
  if (*route.audit == 0) return;
  governance::AuditRecord record{.actor = call.actor.name,
                                 .role = call.actor.role,
                                 .address = call.remote,
                                 .action = route.audit,
                                 .object = route.path,
                                 .request_id = call.request_id,
                                 .trace = call.trace};
  auto noted = const_cast<Call&>(call).context().journal->Note(record);
  if (!noted.ok()) base::Log(base::LogLevel::kError, "audit", noted.error().ToString());
}

}  // namespace

Api::Api(ApiContext context)
    : context_(std::move(context)),
      keys_(std::make_unique<IdempotencyKeys>()),
      desk_(std::make_unique<PredictionDesk>(context_.journal)),
      worker_([this] { Work(); }) {}

Api::~Api() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  worker_.join();
}

net::RequestRules Api::Rules(std::string_view method, std::string_view path) {
  return RulesOf(method, path);
}

void Api::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !slow_.empty(); });
    if (slow_.empty()) return;
    auto work = std::move(slow_.front());
    slow_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

void Api::Handle(const net::HttpRequest& request, net::Responder responder) {
  static base::Counter requests = base::GetCounter("codman_http_requests_total");
  requests.Increment();
  if (SubmitUsual(&context_, desk_.get(), request, &responder)) return;
  auto call = std::make_shared<Call>(&context_, desk_.get(), keys_.get(), std::move(responder));
  call->method = request.method;
  call->path = request.path;
  call->query = request.query;
  call->body = request.body;
  call->cookie = request.Header("cookie");
  call->idempotency_key = request.Header("idempotency-key");
  call->remote = request.remote;
  TakeRequestId(request.Header("x-request-id"), &call->request_id);
  TakeTrace(request.Header("traceparent"), &call->trace);
  call->AddHeader("X-Request-Id", call->request_id);
  RouteMatch match = FindRoute(request.method, request.path);
  if (match.route != nullptr) {
    call->parameters = std::move(match.parameters);
    return Dispatch(*match.route, request, call);
  }
  if (!match.methods.empty()) {
    call->AddHeader("Allow", match.methods);
    return call->FailStatus(405, "this path takes " + match.methods);
  }
  if (SendAsset(request, call.get())) return;
  call->FailStatus(404, "there is nothing here; see /openapi.json for the paths");
}

// Access, content type, query, audit, then the endpoint: here or on the worker.
void Api::Dispatch(const Route& route, const net::HttpRequest& request,
                   const std::shared_ptr<Call>& call) {
  if (route.access == Access::kSignedIn) {
    auto actor = Authenticate(*context_.sessions, request);
    if (!actor)
      return call->FailStatus(401,
                              "send the key (curl -H @<home>/secrets/auth_header) or open the "
                              "sign-in link that codman serve prints");
    call->actor = *actor;
  }
  if (HasWrongContentType(request))
    return call->FailStatus(415, "send Content-Type: application/json");
  if (auto fits = CheckQuery(route, request.query); !fits.ok())
    return call->FailStatus(400, fits.error().message());
  NoteAccess(route, *call);
  if (!route.slow) return route.handle(call.get());
  std::lock_guard lock(mutex_);
  slow_.push_back([call, handle = route.handle] { handle(call.get()); });
  wake_.notify_one();
}

}  // namespace codman::api
