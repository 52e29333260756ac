// Keeps trained models: signed folders of non-executable files, their states and history.
//
// States: candidate → champion (one per task and variant) → retired. Every move has an actor, a
// time and a reason. A folder is verified (every file's hash, the manifest's Ed25519 signature)
// each time it is loaded. Thread-safe.
#pragma once

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
#include "storage/database.h"

namespace codman::registry {

// What training hands over: the files of the folder by name, and what the tables keep.
struct NewModel {
  std::string task, variant, source, actor;
  bool synthetic = false;
  std::map<std::string, std::string>
      files;      // weights.*, calibration.json, features.yaml, evaluation.json, card.md, …
  Json manifest;  // hashes of task, features, data snapshot, seed, learner, threshold, …
  Json metrics, parameters;  // for lists and comparison
};

struct ModelVersion {
  std::string task, variant, version, state, source, created_at, created_by, path, manifest_sha256;
  bool synthetic = false;
  Json metrics, parameters;
};

struct Transition {
  std::string task, variant, version, from_state, to_state, at, actor, reason;
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
  Result<std::vector<Transition>> History(const std::string& task) const;  // newest first

  // Makes it the champion of its variant; the champion before it is retired. A reason is required.
  Result<> Activate(const std::string& task, const std::string& version, const std::string& actor,
                    const std::string& reason);
  // Puts the champion before the present one back. Gives the version that is live now.
  Result<std::string> Rollback(const std::string& task, const std::string& variant,
                               const std::string& actor, const std::string& reason);

  // Checks signature and hashes, then loads. Refuses an altered folder naming the file.
  Result<LoadedModel> Load(const ModelVersion& version) const;
  // Bytes of one file of a folder (card.md, evaluation.json, report.html).
  Result<std::string> ReadFile(const ModelVersion& version, const std::string& name) const;
  std::string public_key_hex() const;

 private:
  Registry(storage::Database* database, std::string root, std::string signing_key);
  Result<ModelVersion> WriteAndInsert(const NewModel& model);
  Result<> Move(const ModelVersion& version, const std::string& to, const std::string& actor,
                const std::string& reason);
  Result<Json> VerifyFolder(const ModelVersion& version) const;

  storage::Database* database_;
  std::string root_, signing_key_;
};

Json ToJson(const ModelVersion& version);
Json ToJson(const Transition& transition);

}  // namespace codman::registry
