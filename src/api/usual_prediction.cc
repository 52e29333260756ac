#include <string_view>

#include "api/caller.h"
#include "api/identifiers.h"
#include "api/prediction_desk.h"
#include "base/clock.h"

namespace codman::api {
namespace {

constexpr std::string_view kFolder = "/api/v1/predict/";

// The words that schemas.yaml knows; anything else is for the full check of the query.
std::optional<serving::Explain> ExplainOfUsual(std::string_view query) {
  if (query.empty() || query == "explain=top10") return serving::Explain::kTop10;
  if (query == "explain=none") return serving::Explain::kNone;
  if (query == "explain=all") return serving::Explain::kAll;
  return {};
}

}  // namespace

bool SubmitUsual(ApiContext* context, PredictionDesk* desk, const net::HttpRequest& request,
                 net::Responder* responder) {
  if (request.method != "POST" || !request.path.starts_with(kFolder)) return false;
  std::string_view task = request.path.substr(kFolder.size());
  auto explain = ExplainOfUsual(request.query);
  if (!explain || task == "batch" || !request.Header("idempotency-key").empty()) return false;
  // Handed in by swapping: what an earlier request used is used again.
  thread_local WantedPrediction wanted;
  wanted.model = context->service->Find(task);
  if (wanted.model == nullptr || HasWrongContentType(request)) return false;
  auto actor = Authenticate(*context->sessions, request);
  if (!actor) return false;
  wanted.values.resize(wanted.model->features.size());
  if (!serving::ReadUsualBody(*wanted.model, request.body, wanted.values)) return false;
  wanted.began_us = base::MonotonicUs();
  wanted.explain = *explain;
  wanted.actor = std::move(actor->name);
  wanted.role = std::move(actor->role);
  wanted.remote = request.remote;
  TakeRequestId(request.Header("x-request-id"), &wanted.request_id);
  TakeTrace(request.Header("traceparent"), &wanted.trace);
  wanted.settled = nullptr;
  wanted.responder = std::move(*responder);
  desk->Submit(&wanted);
  return true;
}

}  // namespace codman::api
