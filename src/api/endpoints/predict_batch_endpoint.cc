#include "api/batch_rows.h"
#include "api/idempotency.h"
#include "api/identifiers.h"
#include "api/prediction_desk.h"
#include "api/routes.h"
#include "base/clock.h"
#include "base/text.h"

namespace codman::api {
namespace {

constexpr size_t kRowsAtOnce = 256;  // bounds the memory of a batch

struct Asked {
  std::shared_ptr<const serving::ServedModel> model;
  BatchRows rows;
};

// The answer's bytes and where the journal has its rows.
struct Answered {
  std::string text;
  std::vector<AnsweredRow> rows;
  uint64_t last_seq = 0;
  int64_t refused = 0;
};

std::vector<serving::FieldError> FaultsOf(const Json& body) {
  auto faults = UnknownMembers(body, {"task", "variant", "rows"});
  const Json& rows = body["rows"];
  if (!body["task"].is_string()) faults.push_back({"task", "name one, as /api/v1/tasks lists"});
  if (!rows.is_array() || rows.size() == 0 || rows.size() > kMaxRows)
    faults.push_back({"rows", format("must be an array of 1 to {} patients", kMaxRows)});
  for (size_t i = 0; i < rows.items().size() && i < kMaxRows; ++i) {
    if (!rows.items()[i].is_object())
      faults.push_back({format("rows[{}]", i), "must be an object of named values"});
  }
  return faults;
}

Result<std::shared_ptr<const serving::ServedModel>> ModelOf(const ApiContext& context,
                                                            const std::string& name,
                                                            const std::string& variant) {
  const auto* task = TRY(registry::FindTask(*context.tasks, name));
  return context.service->Live(*task, variant);
}

// Without a tree of the whole body, where it is usual.
bool ReadUsual(Call* call, Asked* asked) {
  UsualBatch batch;
  if (!ReadUsualBatch(call->body, &batch)) return false;
  auto model = ModelOf(call->context(), std::string(batch.task), std::string(batch.variant));
  if (!model.ok() || !ReadRows(**model, batch.rows, &asked->rows)) return false;
  asked->model = *model;
  return true;
}

// False where the call is refused and answered.
bool ReadByTree(Call* call, Asked* asked) {
  asked->rows = {};
  auto body = call->Body();
  if (!body.ok()) {
    call->FailStatus(400, body.error().message());
    return false;
  }
  auto faults = FaultsOf(*body);
  if (!faults.empty()) {
    call->FailFields(faults);
    return false;
  }
  auto model = ModelOf(call->context(), (*body)["task"].AsString(), (*body)["variant"].AsString());
  if (!model.ok()) {
    call->Fail(model.error());
    return false;
  }
  asked->model = *model;
  ReadRows(**model, (*body)["rows"], &asked->rows);
  return true;
}

void AppendRefusal(const std::string& refusal, Answered* answered) {
  answered->text.append(answered->rows.empty() ? "" : ",").append(refusal);
  answered->rows.push_back({.refusal = refusal});
  ++answered->refused;
}

// Computes the good rows of [first, last) together, then writes and journals all in their order.
Result<> AnswerRows(Call* call, const Asked& asked, const WantedPrediction& who, size_t first,
                    size_t last, serving::AnswerBatch* batch, Answered* answered) {
  const serving::ServedModel& model = *asked.model;
  const size_t width = model.features.size();
  batch->Start(model);
  for (size_t i = first; i < last; ++i) {
    if (!asked.rows.refusals[i].empty()) continue;
    auto given = std::span(asked.rows.values).subspan(i * width, width);
    auto values = batch->AddRow(who.explain);
    std::copy(given.begin(), given.end(), values.begin());
  }
  batch->Compute();
  const int64_t now_us = base::NowUs();
  std::string line, id, now = base::FormatTime(now_us);
  AppendAuditLine(model, who, &line);
  size_t row = 0;
  for (size_t i = first; i < last; ++i) {
    if (!asked.rows.refusals[i].empty()) {
      AppendRefusal(asked.rows.refusals[i], answered);
      continue;
    }
    id.clear();
    AppendRandomHex(16, &id);
    answered->text.append(answered->rows.empty() ? "" : ",");
    size_t begin = answered->text.size();
    batch->AppendAnswer(row, id, now, &answered->text);
    serving::JournalRecord record = RecordOf(model, *batch, row++);
    record.id = id;
    record.time_us = now_us;
    record.audit_line = line;
    record.answer = std::string_view(answered->text).substr(begin);
    answered->last_seq = TRY(call->context().journal->Append(record));
    answered->rows.push_back({.seq = answered->last_seq, .refusal = ""});
    model.CountAnswer(batch->band(row - 1));
  }
  return {};
}

void Finish(Answered* answered) {
  auto total = static_cast<int64_t>(answered->rows.size());
  answered->text +=
      format(R"(],"answered":{},"refused":{}}})", total - answered->refused, answered->refused);
}

// A repeated request: the journalled answers again, between the refusals.
void AnswerAgain(Call* call, const std::vector<AnsweredRow>& rows) {
  uint64_t first = UINT64_MAX, last = 0;
  for (const auto& row : rows) {
    if (row.seq == 0) continue;
    first = std::min(first, row.seq);
    last = std::max(last, row.seq);
  }
  Answered answered{.text = R"({"predictions":[)"};
  auto refuse_up_to_next = [&] {
    while (answered.rows.size() < rows.size() && rows[answered.rows.size()].seq == 0)
      AppendRefusal(rows[answered.rows.size()].refusal, &answered);
  };
  refuse_up_to_next();
  auto add = [&](const serving::JournalEntry& entry) -> Result<> {
    bool wanted = answered.rows.size() < rows.size() && rows[answered.rows.size()].seq == entry.seq;
    if (!wanted) return {};
    answered.text.append(answered.rows.empty() ? "" : ",").append(entry.answer);
    answered.rows.push_back({.seq = entry.seq, .refusal = ""});
    refuse_up_to_next();
    return {};
  };
  if (last > 0) {
    auto read = call->context().journal->Read(first, last, add);
    if (!read.ok()) return call->Fail(read.error());
  }
  Finish(&answered);
  call->Send("application/json", std::move(answered.text));
}

// The answer goes out when its last row is durable.
void SendWhenDurable(Call* call, const std::shared_ptr<Answered>& answered,
                     const IdempotencyKeys::Claim& claim) {
  auto send = [held = call->shared_from_this(), answered, claim](const Result<>& durable) {
    if (!durable.ok()) {
      held->keys().Drop(claim);
      return held->Fail(durable.error());
    }
    held->keys().Settle(claim, answered->rows);
    held->Send("application/json", std::move(answered->text));
  };
  if (answered->last_seq == 0) return send({});
  call->context().journal->WhenDurable(answered->last_seq, send);
}

}  // namespace

void PostPredictBatch(Call* call) {
  WantedPrediction who{.explain = ExplainOf(call->query),
                       .actor = call->actor.name,
                       .role = call->actor.role,
                       .remote = call->remote,
                       .request_id = call->request_id,
                       .trace = call->trace};
  Asked asked;
  if (!ReadUsual(call, &asked) && !ReadByTree(call, &asked)) return;
  IdempotencyKeys::Claim claim;
  auto before = call->keys().Take(*call, &claim);
  if (!before.ok()) return call->Fail(before.error());
  if (!before->empty()) return AnswerAgain(call, *before);
  auto answered = std::make_shared<Answered>();
  answered->text = R"({"predictions":[)";
  serving::AnswerBatch batch;
  for (size_t first = 0; first < asked.rows.size(); first += kRowsAtOnce) {
    size_t last = std::min(first + kRowsAtOnce, asked.rows.size());
    auto done = AnswerRows(call, asked, who, first, last, &batch, answered.get());
    if (done.ok()) continue;
    call->keys().Drop(claim);
    return call->Fail(done.error());
  }
  Finish(answered.get());
  SendWhenDurable(call, answered, claim);
}

}  // namespace codman::api
