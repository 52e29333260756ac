// Keeps trained models: signed folders of non-executable files, their states and history.
//
// States: candidate → approved → champion (one per task and variant) → retired, and challenger.
// Every move has an actor, a time and a reason. A folder is verified (every file's hash, the
// manifest's Ed25519 signature) each time it is loaded, approved or put in service. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "governance/secrets.h"
#include "models/model.h"
#include "registry/calibration.h"
#include "registry/model_version.h"
#include "registry/training_jobs.h"
#include "registry/version_states.h"
#include "storage/database.h"

namespace codman::registry {

// What training hands over: the files of the folder by name, and what the tables keep.
struct NewModel {
  std::string task, variant, source, actor;
  bool synthetic = false;
  bool fixture = false;  // made for tests: kept, loaded, but never approved nor put in service
  std::map<std::string, std::string>
      files;      // weights.*, calibration.json, features.yaml, evaluation.json, card.md, …
  Json manifest;  // hashes of task, features, data snapshot, seed, learner, threshold, …
  Json metrics, parameters;  // for lists and comparison
};

// A verified folder, ready to answer.
struct LoadedModel {
  ModelVersion version;
  Json manifest;
  Json features;  // features.yaml: {feature_set, blocks, concepts, columns}
  std::shared_ptr<const models::Model> model;
  Calibration calibration;
  double threshold = 0.5;
};

class Registry {
 public:
  static Result<std::unique_ptr<Registry>> Open(storage::Database* database,
                                                const std::string& root,
                                                const governance::Secrets& secrets);

  // Writes the folder (complete or not at all) and registers it as candidate. Gives
  // "<variant>-<n>", unique in the task.
  Result<ModelVersion> Register(const NewModel& model);
  Result<std::vector<ModelVersion>> List(const std::string& task = "") const;  // newest first
  Result<ModelVersion> Get(const std::string& task, const std::string& version) const;
  Result<std::optional<ModelVersion>> Champion(const std::string& task,
                                               const std::string& variant) const;
  Result<std::optional<ModelVersion>> Challenger(const std::string& task,
                                                 const std::string& variant) const;
  Result<std::vector<Transition>> History(const std::string& task) const;  // newest first
  // Of one version, or of the whole task; oldest first.
  Result<std::vector<Approval>> Approvals(const std::string& task,
                                          const std::string& version = "") const;
  // The move that put in service what answered at that time, of each variant or of one; nothing
  // where nothing was live.
  Result<std::vector<Transition>> LiveAt(const std::string& task, int64_t time_us) const;
  Result<std::optional<Transition>> LiveAt(const std::string& task, const std::string& variant,
                                           int64_t time_us) const;

  // Every change requires a reason and a folder as it was signed, and refuses a fixture.
  // `approvals` is what the task file asks for; see CheckApprovals.
  //
  // Counts one person's approval; the last one needed makes a candidate approved.
  Result<> Approve(const std::string& task, const std::string& version, const std::string& actor,
                   const std::string& reason, int approvals);
  // Makes it the champion of its variant; the champion before it is retired.
  Result<> Activate(const std::string& task, const std::string& version, const std::string& actor,
                    const std::string& reason, int approvals);
  // Makes it the challenger of its variant; the challenger before it is retired.
  Result<> Challenge(const std::string& task, const std::string& version, const std::string& actor,
                     const std::string& reason);
  // Takes a version that is not live out of the way.
  Result<> Retire(const std::string& task, const std::string& version, const std::string& actor,
                  const std::string& reason);
  // Puts the champion before the present one back, at once: what was live needs no new approval.
  // Gives the version that is live now.
  Result<std::string> Rollback(const std::string& task, const std::string& variant,
                               const std::string& actor, const std::string& reason);

  // Checks signature and hashes, then loads. Refuses an altered folder naming the file.
  Result<LoadedModel> Load(const ModelVersion& version) const;
  // The manifest of a folder that is as it was signed; DataQuality naming the altered file.
  Result<Json> Verify(const ModelVersion& version) const;
  // Bytes of one file of a folder (card.md, evaluation.json, report.html).
  Result<std::string> ReadFile(const ModelVersion& version, const std::string& name) const;
  std::string public_key_hex() const;

  // Runs of training, in the same database.
  const TrainingJobs& jobs() const { return jobs_; }

 private:
  Registry(storage::Database* database, std::string root, std::string signing_key);
  Result<ModelVersion> WriteAndInsert(const NewModel& model);
  Result<ModelVersion> Servable(const std::string& task, const std::string& version) const;

  storage::Database* database_;
  VersionStates states_;
  TrainingJobs jobs_;
  std::string root_, signing_key_;
};

}  // namespace codman::registry
