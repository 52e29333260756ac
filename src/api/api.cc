#include "api/api.h"

#include <algorithm>
#include <map>

#include "api/assets.h"
#include "api/call.h"
#include "api/query.h"
#include "api/routes.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"

namespace codman::api {
namespace {

constexpr char kCookie[] = "codman_session=";

// "/models/{task}" against "/models/sepsis": fills the parameters.
bool Matches(std::string_view pattern, std::string_view path,
             std::map<std::string, std::string>* parameters) {
  auto wanted = base::Split(pattern, '/'), given = base::Split(path, '/');
  if (wanted.size() != given.size()) return false;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].starts_with('{')) {
      if (given[i].empty()) return false;
      (*parameters)[std::string(wanted[i].substr(1, wanted[i].size() - 2))] =
          net::DecodeUrl(given[i]);
    } else if (wanted[i] != given[i]) {
      return false;
    }
  }
  return true;
}

net::HttpResponse SecurityHeaders() {
  net::HttpResponse head;
  head.headers = {
      {"Content-Security-Policy",
       "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
      {"Cache-Control", "no-store"}};
  return head;
}

std::string_view SessionCookie(const net::HttpRequest& request) {
  for (auto part : base::Split(request.Header("cookie"), ';')) {
    part = base::Trim(part);
    if (part.starts_with(kCookie)) return part.substr(sizeof kCookie - 1);
  }
  return {};
}

// Who asks; nobody where neither key nor session is good, or a changing request lacks the session's
// CSRF token.
std::optional<Actor> Authenticate(const ApiContext& context, const net::HttpRequest& request) {
  if (context.sessions->IsApiKey(request.Header("authorization")))
    return Actor{"api key", "service"};
  auto session = context.sessions->Find(SessionCookie(request));
  if (!session) return {};
  bool reads = request.method == "GET" || request.method == "HEAD";
  if (!reads && !base::EqualInConstantTime(request.Header("x-csrf-token"), session->csrf))
    return {};
  return Actor{session->actor, "admin"};
}

bool HasWrongContentType(const net::HttpRequest& request) {
  std::string type = base::ToLower(request.Header("content-type"));
  return request.method == "POST" && !type.empty() && !type.starts_with("application/json");
}

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
                                 .request_id = call.request_id};
  auto noted = const_cast<Call&>(call).context().journal->Note(record);
  if (!noted.ok()) base::Log(base::LogLevel::kError, "audit", noted.error().ToString());
}

}  // namespace

Api::Api(ApiContext context) : context_(std::move(context)), worker_([this] { Work(); }) {}

Api::~Api() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  worker_.join();
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
  auto call = std::make_shared<Call>(&context_, SecurityHeaders(), std::move(responder));
  call->method = request.method;
  call->path = request.path;
  call->query = request.query;
  call->body = request.body;
  call->cookie = request.Header("cookie");
  call->remote = request.remote;
  call->request_id = base::ToHex(base::RandomBytes(8));
  call->AddHeader("X-Request-Id", call->request_id);
  std::string_view path;  // of the first route that fits
  std::string methods;    // of its routes
  for (const auto& route : Routes()) {
    std::map<std::string, std::string> parameters;
    // "/models/{task}/rollback" is that path alone, not a version of the name "rollback".
    if (!path.empty() && path != route.path) continue;
    if (!Matches(route.path, request.path, &parameters)) continue;
    path = route.path;
    methods += format("{}{}", methods.empty() ? "" : ", ", route.method);
    bool head_of_get = request.method == "HEAD" && std::string_view(route.method) == "GET";
    if (request.method != route.method && !head_of_get) continue;
    call->parameters = std::move(parameters);
    if (route.access == Access::kSignedIn) {
      auto actor = Authenticate(context_, request);
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
    return;
  }
  if (!methods.empty()) {
    call->AddHeader("Allow", methods);
    return call->FailStatus(405, "this path takes " + methods);
  }
  if (SendAsset(request, call.get())) return;
  call->FailStatus(404, "there is nothing here; see /openapi.json for the paths");
}

}  // namespace codman::api
