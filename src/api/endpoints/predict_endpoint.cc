#include <algorithm>

#include "api/idempotency.h"
#include "api/prediction_desk.h"
#include "api/query.h"
#include "api/routes.h"
#include "base/clock.h"
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

namespace {

// A repeated request: the journalled answer again.
void AnswerAgain(Call* call, uint64_t seq) {
  std::string answer;
  auto read =
      call->context().journal->Read(seq, seq, [&](const serving::JournalEntry& entry) -> Result<> {
        answer = entry.answer;
        return {};
      });
  if (!read.ok()) return call->Fail(read.error());
  call->Send("application/json", std::move(answer));
}

// Reads the values, hands them in and answers.
void Submit(Call* call, std::shared_ptr<const serving::ServedModel> model, const Json& features) {
  WantedPrediction wanted{.model = std::move(model),
                          .explain = ExplainOf(call->query),
                          .actor = call->actor.name,
                          .role = call->actor.role,
                          .remote = call->remote,
                          .request_id = call->request_id,
                          .trace = call->trace,
                          .began_us = base::MonotonicUs()};
  wanted.values.resize(wanted.model->features.size());
  std::vector<serving::FieldError> errors;
  serving::ReadFeatures(*wanted.model, features, wanted.values, &errors);
  if (!errors.empty()) return call->FailFields(errors);
  IdempotencyKeys::Claim claim;
  auto before = call->keys().Take(*call, &claim);
  if (!before.ok()) return call->Fail(before.error());
  if (!before->empty()) return AnswerAgain(call, before->front().seq);
  if (!claim.empty()) {
    wanted.settled = [keys = &call->keys(), claim](uint64_t seq) {
      seq > 0 ? keys->Settle(claim, {{.seq = seq, .refusal = ""}}) : keys->Drop(claim);
    };
  }
  wanted.responder = call->TakeResponder();
  call->desk().Submit(&wanted);
}

}  // namespace

// What is not usual (SubmitUsual) comes here: units, variants, keys, and all that is refused.
void PostPredict(Call* call) {
  auto task = registry::FindTask(*call->context().tasks, call->Parameter("task"));
  if (!task.ok()) return call->Fail(task.error());
  auto body = call->Body();
  if (!body.ok()) return call->FailStatus(400, body.error().message());
  auto unknown = UnknownMembers(*body, {"features", "variant"});
  if (!unknown.empty()) return call->FailFields(unknown);
  auto model = call->context().service->Live(**task, (*body)["variant"].AsString());
  if (!model.ok()) return call->Fail(model.error());
  Submit(call, *model, (*body)["features"]);
}

void PostTry(Call* call) {
  // By a program's key any version could serve unseen.
  if (call->actor.role == "service") {
    return call->FailStatus(403,
                            "a version that is not in service is tried by a person: sign in by the "
                            "link that codman serve prints; programs ask /api/v1/predict/{task}");
  }
  auto body = call->Body();
  if (!body.ok()) return call->FailStatus(400, body.error().message());
  auto unknown = UnknownMembers(*body, {"features"});
  if (!unknown.empty()) return call->FailFields(unknown);
  auto model = TrialModel(call);
  if (!model.ok()) return call->Fail(model.error());
  Submit(call, *model, (*body)["features"]);
}

}  // namespace codman::api
