// Runs of training, and of judging alone: what was asked, how it ended. Table training_jobs.
//
// A row is there from the start of a run, so that one that failed or was killed is seen too. One
// process owns a home: what another process left running has ended with it. Thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "storage/database.h"

namespace codman::registry {

struct TrainingJob {
  int64_t id = 0;
  std::string task, variant, source, actor;
  std::string kind = "train";  // "folds" and "transfer" judge and register nothing
  std::string status;          // running, done, failed, interrupted
  std::string version;         // of the model it registered; "" where none
  std::string started_at, ended_at, error;
  // The how-manieth run this is that judged on the same held-out patients; 0: it did not get there.
  int64_t held_out_look = 0;
  Json config;   // learner, settings, seed, feature set, hashes
  Json results;  // metrics, parameters, counts
};

struct TrainingJobFilter {
  std::string task, status, variant, kind;  // "" = any
  int64_t limit = 50, offset = 0;
};

class TrainingJobs {
 public:
  explicit TrainingJobs(storage::Database* database) : database_(database) {}

  // Gives the id. Takes task, variant, source, actor, kind and config.
  Result<int64_t> Begin(const TrainingJob& job) const;
  // The run is about to judge on held-out rows: counts it among the runs of the same task and
  // source that judged on the same rows, by a hash of these, and gives the count. A run counts
  // once, and also where it fails afterwards.
  Result<int64_t> CountLook(int64_t id, const std::string& held_out) const;
  Result<> Complete(int64_t id, const std::string& version, const Json& results) const;
  Result<> Fail(int64_t id, const Error& error) const;
  // Runs of processes that are no more become "interrupted".
  Result<> CloseInterrupted() const;

  Result<std::vector<TrainingJob>> List(const TrainingJobFilter& filter) const;  // newest first
  Result<int64_t> Count(const TrainingJobFilter& filter) const;                  // of all pages
  Result<TrainingJob> Get(int64_t id) const;

 private:
  storage::Database* database_;
};

Json ToJson(const TrainingJob& job);
// {"a", "b", "config", "parameters": [{name, a, b}], "metrics": [{name, a, b, difference}]}: config
// and parameters where they differ, metrics all.
Json CompareRuns(const TrainingJob& a, const TrainingJob& b);

}  // namespace codman::registry
