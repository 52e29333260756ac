#include <atomic>

#include "api/routes.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"

namespace codman::api {
namespace {

constexpr size_t kMaxRows = 10000;

// The answers on their way: sent when the last one is durable.
struct Pending {
  std::shared_ptr<Call> call;
  Json predictions;
  int64_t answered = 0, refused = 0;
  std::atomic<int64_t> left;
  Result<> durable;  // the first failure; written by the committer thread only

  void Settle() {
    if (!durable.ok()) return call->Fail(durable.error());
    call->SendJson(Json::Object(
        {{"predictions", std::move(predictions)}, {"answered", answered}, {"refused", refused}}));
  }
};

Json ErrorsOf(const std::vector<serving::FieldError>& errors) {
  Json list = Json::Array();
  for (const auto& error : errors)
    list.Add(Json::Object({{"field", error.field}, {"message", error.message}}));
  return Json::Object({{"errors", list}});
}

// One row: its prediction appended to the journal, or its errors in the answer.
Result<> AnswerRow(const serving::ServedModel& model, const registry::Task& task, const Json& row,
                   serving::Explain explain, const std::shared_ptr<Pending>& pending) {
  auto prediction = serving::Predict(model, task, row, explain);
  if (!prediction.errors.empty()) {
    pending->predictions.Add(ErrorsOf(prediction.errors));
    ++pending->refused;
    --pending->left;
    return {};
  }
  Call* call = pending->call.get();
  auto kept = Complete(call, model, std::move(prediction));
  pending->predictions.Add(kept.answer);
  ++pending->answered;
  return call->context().journal->Append(kept.id, kept.record, kept.document,
                                         [pending](Result<> durable) {
                                           if (!durable.ok()) pending->durable = durable;
                                           if (--pending->left == 0) pending->Settle();
                                         });
}

}  // namespace

void PostPredictBatch(Call* call) {
  auto body = call->Body();
  if (!body.ok()) return call->FailStatus(400, body.error().message());
  auto explain = ExplainOf(call->query);
  auto unknown = UnknownMembers(*body, {"task", "variant", "rows"});
  const Json& rows = (*body)["rows"];
  if (!(*body)["task"].is_string()) unknown.push_back({"task", "name one, as /api/v1/tasks lists"});
  if (!rows.is_array() || rows.size() == 0 || rows.size() > kMaxRows)
    unknown.push_back({"rows", format("must be an array of 1 to {} patients", kMaxRows)});
  for (size_t i = 0; i < rows.items().size() && i < kMaxRows; ++i) {
    if (!rows.items()[i].is_object())
      unknown.push_back({format("rows[{}]", i), "must be an object of named values"});
  }
  if (!unknown.empty()) return call->FailFields(unknown);
  auto task = registry::FindTask(*call->context().tasks, (*body)["task"].AsString());
  if (!task.ok()) return call->Fail(task.error());
  auto model = call->context().service->Live(**task, (*body)["variant"].AsString());
  if (!model.ok()) return call->Fail(model.error());
  auto pending = std::make_shared<Pending>();
  pending->call = call->shared_from_this();
  pending->predictions = Json::Array();
  // One more than the rows: nothing is sent before the last of them has been taken up.
  pending->left = static_cast<int64_t>(rows.size()) + 1;
  for (const auto& row : rows.items()) {
    auto taken = AnswerRow(**model, **task, row, explain, pending);
    if (!taken.ok()) return call->Fail(taken.error());
  }
  if (--pending->left == 0) pending->Settle();
}

}  // namespace codman::api
