#include "registry/registry.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/text.h"
#include "models/catalog.h"

namespace codman::registry {
namespace {

constexpr std::array<storage::Migration, 4> kMigrations = {{
    {1, R"(
create table model_versions (
  task text not null, variant text not null, version text not null, state text not null,
  source text not null, created_at text not null, created_by text not null, path text not null,
  manifest_sha256 text not null, synthetic integer not null, metrics text not null,
  parameters text not null, primary key (task, version));
create table model_transitions (
  id integer primary key, task text not null, variant text not null, version text not null,
  from_state text not null, to_state text not null, at text not null, actor text not null,
  reason text not null);
create table training_jobs (
  id integer primary key, task text not null, variant text not null, source text not null,
  status text not null, started_at text not null, ended_at text, config text not null,
  results text, error text);
)"},
    {2, R"(
alter table model_versions add column fixture integer not null default 0;
create table approvals (
  task text not null, version text not null, actor text not null, at text not null,
  reason text not null, primary key (task, version, actor));
alter table training_jobs add column version text not null default '';
alter table training_jobs add column actor text not null default '';
alter table training_jobs add column process text not null default '';
)"},
    {3, R"(
alter table training_jobs add column held_out text not null default '';
alter table training_jobs add column held_out_look integer not null default 0;
)"},
    {4, R"(
alter table training_jobs add column kind text not null default 'train';
)"},
}};

constexpr char kManifest[] = "manifest.json";

std::string SignedText(const Json& manifest) {
  Json unsigned_manifest = manifest;
  std::erase_if(unsigned_manifest.members(),
                [](const Json::Member& member) { return member.first == "signature"; });
  return unsigned_manifest.ToString();
}

// `help` says what the reason is for.
Result<> RequireReason(const std::string& reason, const char* help) {
  if (!base::Trim(reason).empty()) return {};
  return base::InvalidInput(help);
}

}  // namespace

Registry::Registry(storage::Database* database, std::string root, std::string signing_key)
    : database_(database),
      states_(database),
      jobs_(database),
      root_(std::move(root)),
      signing_key_(std::move(signing_key)) {}

Result<std::unique_ptr<Registry>> Registry::Open(storage::Database* database,
                                                 const std::string& root,
                                                 const governance::Secrets& secrets) {
  TRY(database->Migrate("registry", kMigrations));
  std::unique_ptr<Registry> registry(new Registry(database, root, TRY(secrets.Key("signing_key"))));
  TRY(registry->jobs().CloseInterrupted());
  return registry;
}

std::string Registry::public_key_hex() const {
  return base::ToHex(base::Ed25519PublicKey(signing_key_));
}

Result<ModelVersion> Registry::Register(const NewModel& model) {
  // One at a time, also among processes: the number, the folder of that name and the row belong
  // together.
  std::optional<ModelVersion> registered;
  TRY(database_->Transaction([&]() -> Result<> {
    registered = TRY(WriteAndInsert(model));
    return {};
  }));
  return *std::move(registered);
}

Result<ModelVersion> Registry::WriteAndInsert(const NewModel& model) {
  auto count = TRY(
      database_->Query("select count(*) as n from model_versions where task = ? and variant = ?",
                       {model.task, model.variant}));
  ModelVersion version{.task = model.task,
                       .variant = model.variant,
                       .version = format("{}-{}", model.variant, count.Int(0, "n") + 1),
                       .state = "candidate",
                       .source = model.source,
                       .created_at = base::FormatTime(base::NowUs()),
                       .created_by = model.actor,
                       .synthetic = model.synthetic,
                       .fixture = model.fixture,
                       .metrics = model.metrics,
                       .parameters = model.parameters};
  version.path = format("{}/{}/{}", model.task, model.variant, version.version);
  Json manifest = model.manifest;
  Json files = Json::Object();
  for (const auto& [name, content] : model.files) files.Set(name, base::Sha256Hex(content));
  manifest.Set("task", model.task)
      .Set("variant", model.variant)
      .Set("version", version.version)
      .Set("source", model.source);
  manifest.Set("synthetic", model.synthetic)
      .Set("fixture", model.fixture)
      .Set("files", files)
      .Set("public_key", public_key_hex());
  manifest.Set("signature", base::ToHex(base::Ed25519Sign(signing_key_, SignedText(manifest))));
  version.manifest_sha256 = base::Sha256Hex(manifest.ToPrettyString());

  // Written beside and renamed: a folder is there complete or not at all.
  std::string folder = root_ + "/" + version.path, partial = folder + ".partial";
  TRY(base::RemoveTree(partial));
  TRY(base::RemoveTree(folder));  // left by a run that was killed before it registered
  TRY(base::MakeFolders(partial));
  for (const auto& [name, content] : model.files)
    TRY(base::WriteFileAtomically(partial + "/" + name, content));
  TRY(base::WriteFileAtomically(partial + "/" + kManifest, manifest.ToPrettyString()));
  std::error_code code;
  std::filesystem::rename(partial, folder, code);
  if (code)
    return base::Unavailable(
        format("cannot place the model folder {}: {}", folder, code.message()));
  TRY(database_->Execute(
      "insert into model_versions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {version.task, version.variant, version.version, version.state, version.source,
       version.created_at, version.created_by, version.path, version.manifest_sha256,
       int64_t(version.synthetic), version.metrics.ToString(), version.parameters.ToString(),
       int64_t(version.fixture)}));
  return version;
}

Result<std::vector<ModelVersion>> Registry::List(const std::string& task) const {
  return states_.List(task);
}

Result<ModelVersion> Registry::Get(const std::string& task, const std::string& version) const {
  return states_.Get(task, version);
}

Result<std::optional<ModelVersion>> Registry::Champion(const std::string& task,
                                                       const std::string& variant) const {
  return states_.InState(task, variant, "champion");
}

Result<std::optional<ModelVersion>> Registry::Challenger(const std::string& task,
                                                         const std::string& variant) const {
  return states_.InState(task, variant, "challenger");
}

Result<std::vector<Transition>> Registry::History(const std::string& task) const {
  return states_.History(task);
}

Result<std::vector<Approval>> Registry::Approvals(const std::string& task,
                                                  const std::string& version) const {
  return states_.Approvals(task, version);
}

Result<std::optional<Transition>> Registry::LiveAt(const std::string& task,
                                                   const std::string& variant,
                                                   int64_t time_us) const {
  for (auto& move : TRY(LiveAt(task, time_us))) {
    if (move.variant == variant) return std::optional<Transition>(std::move(move));
  }
  return std::optional<Transition>();
}

Result<std::vector<Transition>> Registry::LiveAt(const std::string& task, int64_t time_us) const {
  return states_.LiveAt(task, time_us);
}

// The signed manifest decides, not the row: a database can be edited.
Result<ModelVersion> Registry::Servable(const std::string& task, const std::string& version) const {
  ModelVersion chosen = TRY(Get(task, version));
  Json manifest = TRY(Verify(chosen));
  if (manifest["fixture"].AsBool()) {
    return base::Conflict(
        format("{} {} is a fixture: a model made for tests is never approved nor put in service; "
               "train one on data of patients",
               task, version));
  }
  return chosen;
}

Result<> Registry::Approve(const std::string& task, const std::string& version,
                           const std::string& actor, const std::string& reason, int approvals) {
  TRY(RequireReason(reason, "an approval needs a reason: --reason \"what was looked at\""));
  return states_.Approve(TRY(Servable(task, version)), {actor, reason}, approvals);
}

Result<> Registry::Activate(const std::string& task, const std::string& version,
                            const std::string& actor, const std::string& reason, int approvals) {
  TRY(RequireReason(reason, "activation needs a reason: --reason \"why this model goes live\""));
  return states_.Activate(TRY(Servable(task, version)), {actor, reason}, approvals);
}

Result<> Registry::Challenge(const std::string& task, const std::string& version,
                             const std::string& actor, const std::string& reason) {
  TRY(RequireReason(reason, "a challenge needs a reason: --reason \"what is to be seen\""));
  return states_.Challenge(TRY(Servable(task, version)), {actor, reason});
}

Result<> Registry::Retire(const std::string& task, const std::string& version,
                          const std::string& actor, const std::string& reason) {
  TRY(RequireReason(reason, "retiring needs a reason: --reason \"why it is not needed\""));
  return states_.Retire(TRY(Get(task, version)), {actor, reason});
}

Result<std::string> Registry::Rollback(const std::string& task, const std::string& variant,
                                       const std::string& actor, const std::string& reason) {
  TRY(RequireReason(reason, "rollback needs a reason: --reason \"what went wrong\""));
  ModelVersion previous = TRY(states_.Previous(task, variant));
  TRY(Verify(previous));
  TRY(states_.Restore(previous, {actor, reason}));
  return previous.version;
}

Result<Json> Registry::Verify(const ModelVersion& version) const {
  std::string folder = root_ + "/" + version.path;
  std::string text = TRY(base::ReadFile(folder + "/" + kManifest));
  auto altered = [&](const std::string& what) {
    return base::DataQuality(format(
        "model {} {}: {} was altered after it was signed; restore the folder {} from a backup",
        version.task, version.version, what, folder));
  };
  Json manifest = TRY(base::ParseJson(text).While("reading " + folder));
  auto signature = base::FromHex(manifest["signature"].AsString());
  bool good = signature.ok() && base::Ed25519Verify(base::Ed25519PublicKey(signing_key_),
                                                    SignedText(manifest), *signature);
  if (!good || base::Sha256Hex(text) != version.manifest_sha256) return altered(kManifest);
  for (const auto& [name, digest] : manifest["files"].members()) {
    auto found = base::Sha256HexOfFile(folder + "/" + name);
    if (!found.ok() || *found != digest.AsString()) return altered(name);
  }
  return manifest;
}

Result<LoadedModel> Registry::Load(const ModelVersion& version) const {
  LoadedModel loaded{.version = version, .manifest = TRY(Verify(version))};
  const auto* learner = TRY(models::FindLearner(loaded.manifest["learner"].AsString()));
  std::string weights = TRY(ReadFile(version, loaded.manifest["weights"].AsString()));
  loaded.model =
      TRY(learner->Load(weights).While(format("loading {} {}", version.task, version.version)));
  loaded.calibration = TRY(Calibration::FromJson(TRY(ReadFile(version, "calibration.json"))));
  loaded.features = TRY(base::ParseJson(TRY(ReadFile(version, "features.yaml"))));
  loaded.threshold = loaded.manifest["threshold"].AsDouble(0.5);
  return loaded;
}

Result<std::string> Registry::ReadFile(const ModelVersion& version, const std::string& name) const {
  if (name.find('/') != std::string::npos)
    return base::InvalidInput("a model's file is named without folders");
  return base::ReadFile(root_ + "/" + version.path + "/" + name);
}

}  // namespace codman::registry
