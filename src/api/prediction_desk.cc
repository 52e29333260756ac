#include "api/prediction_desk.h"

#include <algorithm>

#include "api/answers.h"
#include "api/identifiers.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/text.h"

namespace codman::api {
namespace {

constexpr size_t kRowsAtOnce = 256;  // bounds the memory of a batch
constexpr size_t kKeptSlots = 1024;  // of hands, between bursts

void ObserveLatency(int64_t began_us) {
  static base::Histogram latency =
      base::GetHistogram("codman_prediction_duration_seconds", {},
                         {0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1});
  latency.Observe(double(base::MonotonicUs() - began_us) * 1e-6);
}

}  // namespace

// Where a reply stands in its round's text, and what is needed if it cannot be given.
struct PredictionDesk::Reply {
  net::Responder responder;
  std::shared_ptr<const serving::ServedModel> model;
  int thread = 0;
  size_t fields_at = 0, body_at = 0, end = 0;
  int64_t began_us = 0;
  uint64_t seq = 0;
  serving::Band band = serving::Band::kLow;
  std::string request_id;
  std::function<void(uint64_t)> settled;
};

struct PredictionDesk::Round {
  std::string text;
  std::vector<Reply> replies;
  std::optional<Error> failed;  // the journal took no more

  void Refuse(Reply* reply, const Error& error) const {
    if (reply->settled) reply->settled(0);
    reply->responder.Send(WithSecurityHeaders(
        ProblemOf(error, "/api/v1/predict/" + reply->model->loaded.version.task, reply->request_id),
        reply->request_id));
  }

  void SendOf(int thread) {
    for (Reply& reply : replies) {
      if (reply.thread != thread) continue;
      std::string_view all(text);
      reply.responder.SendPrepared({all.substr(reply.fields_at, reply.body_at - reply.fields_at),
                                    all.substr(reply.body_at, reply.end - reply.body_at)});
    }
  }
};

PredictionDesk::PredictionDesk(serving::Journal* journal) : journal_(journal) {
  journal_->SetProducer([this] { Produce(); });
}

PredictionDesk::~PredictionDesk() { journal_->SetProducer(nullptr); }

void PredictionDesk::Submit(WantedPrediction* wanted) {
  {
    std::lock_guard lock(mutex_);
    if (num_waiting_ == waiting_.size()) waiting_.emplace_back();
    std::swap(waiting_[num_waiting_++], *wanted);
  }
  journal_->Announce();
}

void PredictionDesk::Produce() {
  size_t count = 0;
  {
    std::lock_guard lock(mutex_);
    std::swap(waiting_, working_);
    count = std::exchange(num_waiting_, 0);
  }
  if (count == 0) return;
  auto round = std::make_shared<Round>();
  round->replies.reserve(count);
  order_.clear();
  for (size_t i = 0; i < count; ++i) order_.push_back(&working_[i]);
  std::stable_sort(order_.begin(), order_.end(),
                   [](auto* a, auto* b) { return a->model.get() < b->model.get(); });
  std::span<WantedPrediction*> rest(order_);
  while (!rest.empty()) {
    size_t run = 1;
    while (run < rest.size() && run < kRowsAtOnce && rest[run]->model == rest[0]->model) ++run;
    AnswerRun(rest.first(run), round.get());
    rest = rest.subspan(run);
  }
  if (working_.size() > kKeptSlots) working_.resize(kKeptSlots);
  if (round->failed) return Deliver(round, *round->failed);
  journal_->WhenDurable(round->replies.back().seq,
                        [round](const Result<>& durable) { Deliver(round, durable); });
}

// One batch: rows of one model.
void PredictionDesk::AnswerRun(std::span<WantedPrediction*> run, Round* round) {
  const serving::ServedModel& model = *run[0]->model;
  batch_.Start(model);
  for (WantedPrediction* wanted : run) {
    auto values = batch_.AddRow(wanted->explain);
    std::copy(wanted->values.begin(), wanted->values.end(), values.begin());
  }
  batch_.Compute();
  int64_t now_us = base::NowUs();
  std::string now = base::FormatTime(now_us);
  for (size_t row = 0; row < run.size(); ++row) AppendReply(run[row], row, now_us, now, round);
}

void PredictionDesk::AppendReply(WantedPrediction* wanted, size_t row, int64_t now_us,
                                 const std::string& now, Round* round) {
  Reply reply{.responder = *std::move(wanted->responder),
              .model = std::move(wanted->model),
              .fields_at = round->text.size(),
              .began_us = wanted->began_us,
              .band = batch_.band(row),
              .request_id = wanted->request_id,
              .settled = std::move(wanted->settled)};
  reply.thread = reply.responder.thread();
  wanted->responder.reset();
  wanted->settled = nullptr;
  id_.clear();
  AppendRandomHex(16, &id_);
  AppendFields(wanted->request_id, &round->text);
  reply.body_at = round->text.size();
  batch_.AppendAnswer(row, id_, now, &round->text);
  reply.end = round->text.size();
  line_.clear();
  AppendAuditLine(*reply.model, *wanted, &line_);
  serving::JournalRecord record = RecordOf(*reply.model, batch_, row);
  record.id = id_;
  record.time_us = now_us;
  record.audit_line = line_;
  record.answer = std::string_view(round->text).substr(reply.body_at);
  auto seq = journal_->Append(record);
  if (seq.ok())
    reply.seq = *seq;
  else
    round->failed = seq.error();
  round->replies.push_back(std::move(reply));
}

void PredictionDesk::Deliver(const std::shared_ptr<Round>& round, const Result<>& durable) {
  if (!durable.ok()) {
    for (Reply& reply : round->replies) round->Refuse(&reply, durable.error());
    return;
  }
  // One reply of each io thread: through it the thread is told to send all of its own.
  std::vector<const Reply*> firsts;
  for (Reply& reply : round->replies) {
    ObserveLatency(reply.began_us);
    reply.model->CountAnswer(reply.band);
    if (reply.settled) reply.settled(reply.seq);
    auto same = [&](const Reply* first) { return first->thread == reply.thread; };
    if (std::none_of(firsts.begin(), firsts.end(), same)) firsts.push_back(&reply);
  }
  for (const Reply* first : firsts)
    first->responder.Post([round, thread = first->thread] { round->SendOf(thread); });
}

void AppendAuditLine(const serving::ServedModel& model, const WantedPrediction& wanted,
                     std::string* line) {
  line->append(R"({"actor":)");
  base::AppendJsonString(line, wanted.actor);
  line->append(R"(,"role":)");
  base::AppendJsonString(line, wanted.role);
  line->append(R"(,"address":")").append(wanted.remote);
  line->append(R"(","action":"predict","object":")").append(model.object);
  line->append(R"(","outcome":"answered","request_id":")").append(wanted.request_id);
  if (!wanted.trace.empty()) line->append(R"(","trace":")").append(wanted.trace);
  line->append("\"}");
}

serving::JournalRecord RecordOf(const serving::ServedModel& model,
                                const serving::AnswerBatch& batch, size_t row) {
  const auto& version = model.loaded.version;
  return {.vector = batch.vector(row),
          .manifest_sha256 = version.manifest_sha256,
          .task = version.task,
          .variant = version.variant,
          .version = version.version,
          .band = model.is_binary ? serving::NameOf(batch.band(row)) : "",
          .alert = batch.alert(row),
          .risk = batch.risk(row)};
}

}  // namespace codman::api
