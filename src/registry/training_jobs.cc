#include "registry/training_jobs.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "registry/document_difference.h"

namespace codman::registry {
namespace {

using storage::Rows;

// This process: its number alone may be given to another one later. A child that was forked is a
// process of its own.
std::string ThisProcess() {
  static const int64_t began_us = base::NowUs();
  return format("{}/{}", getpid(), began_us);
}

Result<TrainingJob> JobOf(const Rows& rows, size_t i) {
  TrainingJob job{.id = rows.Int(i, "id"),
                  .task = rows.Text(i, "task"),
                  .variant = rows.Text(i, "variant"),
                  .source = rows.Text(i, "source"),
                  .actor = rows.Text(i, "actor"),
                  .kind = rows.Text(i, "kind"),
                  .status = rows.Text(i, "status"),
                  .version = rows.Text(i, "version"),
                  .started_at = rows.Text(i, "started_at"),
                  .ended_at = rows.Text(i, "ended_at"),
                  .error = rows.Text(i, "error"),
                  .held_out_look = rows.Int(i, "held_out_look")};
  job.config = TRY(base::ParseJson(rows.Text(i, "config")));
  if (!rows.IsNull(i, "results")) job.results = TRY(base::ParseJson(rows.Text(i, "results")));
  return job;
}

constexpr char kFilter[] =
    " from training_jobs where ? in ('', task) and ? in ('', status) and ? in ('', variant) "
    "and ? in ('', kind)";

}  // namespace

Result<int64_t> TrainingJobs::Begin(const TrainingJob& job) const {
  Rows rows = TRY(
      database_->Query("insert into training_jobs (task, variant, source, actor, kind, status, "
                       "started_at, config, process) "
                       "values (?, ?, ?, ?, ?, 'running', ?, ?, ?) returning id",
                       {job.task, job.variant, job.source, job.actor, job.kind,
                        base::FormatTime(base::NowUs()), job.config.ToString(), ThisProcess()}));
  return rows.Int(0, "id");
}

Result<int64_t> TrainingJobs::CountLook(int64_t id, const std::string& held_out) const {
  Rows rows =
      TRY(database_->Query("update training_jobs set held_out = ?, held_out_look = 1 + coalesce(("
                           "select max(other.held_out_look) from training_jobs as other "
                           "where other.task = training_jobs.task and "
                           "other.source = training_jobs.source and other.held_out = ? and "
                           "other.id <> training_jobs.id), 0) where id = ? returning held_out_look",
                           {held_out, held_out, id}));
  if (rows.size() == 0) return base::NotFound(format("there is no run {} to count", id));
  return rows.Int(0, "held_out_look");
}

Result<> TrainingJobs::Complete(int64_t id, const std::string& version, const Json& results) const {
  TRY(
      database_->Execute("update training_jobs set status = 'done', ended_at = ?, version = ?, "
                         "results = ? where id = ?",
                         {base::FormatTime(base::NowUs()), version, results.ToString(), id}));
  return {};
}

Result<> TrainingJobs::Fail(int64_t id, const Error& error) const {
  TRY(database_->Execute(
      "update training_jobs set status = 'failed', ended_at = ?, error = ? where id = ?",
      {base::FormatTime(base::NowUs()), error.ToString(), id}));
  return {};
}

Result<> TrainingJobs::CloseInterrupted() const {
  TRY(
      database_->Execute("update training_jobs set status = 'interrupted', error = 'the program "
                         "ended before the run did' where status = 'running' and process <> ?",
                         {ThisProcess()}));
  return {};
}

Result<std::vector<TrainingJob>> TrainingJobs::List(const TrainingJobFilter& filter) const {
  Rows rows = TRY(database_->Query(
      format("select *{} order by id desc limit ? offset ?", kFilter),
      {filter.task, filter.status, filter.variant, filter.kind, filter.limit, filter.offset}));
  std::vector<TrainingJob> jobs;
  for (size_t i = 0; i < rows.size(); ++i) jobs.push_back(TRY(JobOf(rows, i)));
  return jobs;
}

Result<int64_t> TrainingJobs::Count(const TrainingJobFilter& filter) const {
  Rows rows = TRY(database_->Query(format("select count(*) as n{}", kFilter),
                                   {filter.task, filter.status, filter.variant, filter.kind}));
  return rows.Int(0, "n");
}

Result<TrainingJob> TrainingJobs::Get(int64_t id) const {
  Rows rows = TRY(database_->Query("select * from training_jobs where id = ?", {id}));
  if (rows.size() == 0)
    return base::NotFound(format("there is no run {}; see: codman runs list", id));
  return JobOf(rows, 0);
}

Json ToJson(const TrainingJob& job) {
  auto given = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  return Json::Object(
      {{"id", job.id},
       {"task", job.task},
       {"variant", job.variant},
       {"source", job.source},
       {"kind", job.kind},
       {"status", job.status},
       {"version", given(job.version)},
       {"actor", job.actor},
       {"started_at", job.started_at},
       {"ended_at", given(job.ended_at)},
       {"config", job.config},
       {"results", job.results},
       {"error", given(job.error)},
       {"held_out_look", job.held_out_look == 0 ? Json() : Json(job.held_out_look)}});
}

Json CompareRuns(const TrainingJob& a, const TrainingJob& b) {
  return Json::Object(
      {{"a", ToJson(a)},
       {"b", ToJson(b)},
       {"config", DifferingMembers(a.config, b.config)},
       {"parameters", DifferingMembers(a.results["parameters"], b.results["parameters"])},
       {"metrics", NumberDifferences(a.results["metrics"], b.results["metrics"])}});
}

}  // namespace codman::registry
