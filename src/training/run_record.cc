#include "training/run_record.h"

#include "base/clock.h"
#include "base/text.h"
#include "lakehouse/lineage.h"

namespace codman::training {
namespace {

registry::TrainingJob JobOf(const TrainingRequest& request, const JobPurpose& purpose) {
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
  for (const auto& [name, value] : purpose.options.members()) config.Set(name, value);
  return {.task = request.task->name,
          .variant = variant.name,
          .source = request.source->name,
          .actor = request.actor,
          .kind = purpose.kind,
          .config = std::move(config)};
}

}  // namespace

Json MetricsOf(const Json& report) {
  Json metrics = Json::Object();
  auto take = [&](const Json& from, std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (const Json* value = from.Find(name); value != nullptr && !value->is_null())
        metrics.Set(name, *value);
    }
  };
  take(report["discrimination"], {"auroc", "auprc"});
  take(report["regression"], {"r2", "rmse", "mae"});
  take(report["interval"], {"coverage", "mean_width"});
  take(report["multiclass"], {"macro_auroc", "accuracy", "balanced_accuracy", "brier"});
  if (const Json& calibration = report["calibration"]; !calibration.is_null())
    metrics.Set("calibration_slope", calibration["slope"]).Set("brier", report["brier"]["value"]);
  for (const auto& other : report["comparators"].items()) {
    if (other["name"].AsString() == "form_only") metrics.Set("form_only_auroc", other["auroc"]);
  }
  if (!report["utility"].is_null()) metrics.Set("utility", report["utility"]["value"]);
  return metrics;
}

Json ResultsOf(const Json& report) {
  Json results = Json::Object({{"metrics", MetricsOf(report)}});
  for (const char* count : {"rows", "subjects", "events"}) results.Set(count, report[count]);
  for (const char* part : {"search", "ablation", "learning_curve", "repeated"}) {
    if (const Json* found = report.Find(part)) results.Set(part, *found);
  }
  return results;
}

Json ResultsOf(const TrainingResult& trained) {
  Json results = ResultsOf(trained.report);
  results.Set("metrics", trained.version.metrics);
  return results.Set("parameters", trained.version.parameters);
}

Result<> RecordJob(const TrainingPlace& place, const TrainingRequest& request,
                   const JobPurpose& purpose,
                   const std::function<Result<JobOutcome>(int64_t job)>& job) {
  const auto& jobs = place.registry->jobs();
  int64_t id = TRY(jobs.Begin(JobOf(request, purpose)));
  auto outcome = job(id);
  if (outcome.ok()) return jobs.Complete(id, outcome->version, outcome->results);
  auto noted = jobs.Fail(id, outcome.error());
  if (noted.ok()) return outcome.error();
  return Error(outcome.error())
      .While(
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
