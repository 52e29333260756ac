// Predictions on their way from a read request to an answered one: computed together, appended to
// the journal, answered when durable.
//
// Io threads hand requests in and go on. The journal's committer thread takes all that have
// gathered, computes them as one batch, commits them with one fsync, and posts each io thread its
// answers. Whatever happens, every request is answered once.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/api.h"
#include "net/http_server.h"
#include "serving/answer.h"

namespace codman::api {

struct WantedPrediction {
  std::shared_ptr<const serving::ServedModel> model;
  serving::Explain explain = serving::Explain::kTop10;
  std::vector<double> values;  // in the order of the contract
  std::optional<net::Responder> responder;
  std::string actor, role, remote, request_id, trace;
  int64_t began_us = 0;
  // Where set: called once, with the record's place in the log when it is durable, or 0 when there
  // is no answer.
  std::function<void(uint64_t seq)> settled;
};

class PredictionDesk {
 public:
  explicit PredictionDesk(serving::Journal* journal);
  // The HTTP server has stopped.
  ~PredictionDesk();

  // Takes the content and leaves an object whose memory can be used again. Any thread.
  void Submit(WantedPrediction* wanted);

 private:
  struct Reply;
  struct Round;
  void Produce();
  void AnswerRun(std::span<WantedPrediction*> run, Round* round);
  void AppendReply(WantedPrediction* wanted, size_t row, int64_t now_us, const std::string& now,
                   Round* round);
  static void Deliver(const std::shared_ptr<Round>& round, const Result<>& durable);

  serving::Journal* journal_;
  std::mutex mutex_;  // of what stands below
  std::vector<WantedPrediction> waiting_;
  size_t num_waiting_ = 0;

  // The committer thread's own:
  std::vector<WantedPrediction> working_;
  std::vector<WantedPrediction*> order_;
  serving::AnswerBatch batch_;
  std::string id_, line_;
};

// The open part of a prediction's journal record, as governance::LineOf would write it.
void AppendAuditLine(const serving::ServedModel& model, const WantedPrediction& wanted,
                     std::string* line);
serving::JournalRecord RecordOf(const serving::ServedModel& model,
                                const serving::AnswerBatch& batch, size_t row);

// Reads and hands in a request for one prediction that needs no second look: known task, good key,
// plain values. False where it is another one; then nothing has happened.
bool SubmitUsual(ApiContext* context, PredictionDesk* desk, const net::HttpRequest& request,
                 net::Responder* responder);

}  // namespace codman::api
