#include "training/run_record.h"

#include "base/clock.h"
#include "base/text.h"
#include "lakehouse/lineage.h"

namespace codman::training {
namespace {

registry::TrainingJob JobOf(const TrainingRequest& request) {
  const auto& variant = *request.variant;
  bool own_learner = request.learner.empty() || request.learner == variant.learner;
  Json config = Json::Object({{"learner", own_learner ? variant.learner : request.learner},
                              {"settings", own_learner ? variant.settings : Json()},
                              {"feature_set", variant.feature_set},
                              {"blocks", Json::Array(variant.blocks)},
                              {"seed", request.task->seed},
                              {"refit", request.task->refit},
                              {"task_hash", request.task->hash},
                              {"source_hash", request.source->hash}});
  if (own_learner && !variant.search.empty()) config.Set("search", variant.search.declared);
  if (!request.override_reason.empty()) config.Set("override_reason", request.override_reason);
  return {.task = request.task->name,
          .variant = variant.name,
          .source = request.source->name,
          .actor = request.actor,
          .config = std::move(config)};
}

Json ResultsOf(const TrainingResult& result) {
  Json results = Json::Object(
      {{"metrics", result.version.metrics}, {"parameters", result.version.parameters}});
  for (const char* count : {"rows", "subjects", "events"}) results.Set(count, result.report[count]);
  if (const Json* search = result.report.Find("search")) results.Set("search", *search);
  return results;
}

}  // namespace

Result<TrainingResult> RecordJob(const TrainingPlace& place, const TrainingRequest& request,
                                 const std::function<Result<TrainingResult>(int64_t job)>& train) {
  const auto& jobs = place.registry->jobs();
  int64_t id = TRY(jobs.Begin(JobOf(request)));
  auto result = train(id);
  if (result.ok()) {
    TRY(jobs.Complete(id, result->version.version, ResultsOf(*result)));
    return result;
  }
  auto noted = jobs.Fail(id, result.error());
  if (noted.ok()) return result;
  return std::move(result).While(
      format("run {}, whose failure could not be recorded: {}", id, noted.error().ToString()));
}

Result<> RecordLineage(const TrainingPlace& place, const TrainingRequest& request,
                       const TrainedFrom& from) {
  if (place.database == nullptr) return {};
  auto events = TRY(place.lake.Newest("silver.events"));
  lakehouse::LineageRun record{
      .job = format("train {}/{}", request.task->name, request.variant->name),
      .inputs = {{"silver.events", events.version, events.num_rows()}},
      .outputs = {{.table = format("model {}/{}", request.task->name, from.version),
                   .version = 0,
                   .rows = from.rows}},
      .sql_hash = from.feature_set_hash,
      .start_us = base::NowUs() - (base::MonotonicUs() - from.began_us),
      .end_us = base::NowUs(),
      .outcome = "complete"};
  return TRY(lakehouse::Lineage::Open(place.database)).Record(record);
}

}  // namespace codman::training
