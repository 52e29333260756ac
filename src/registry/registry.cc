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

using storage::Rows;

constexpr std::array<storage::Migration, 1> kMigrations = {{
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
}};

constexpr char kManifest[] = "manifest.json";

Result<ModelVersion> VersionOf(const Rows& rows, size_t i) {
  ModelVersion version{.task = rows.Text(i, "task"),
                       .variant = rows.Text(i, "variant"),
                       .version = rows.Text(i, "version"),
                       .state = rows.Text(i, "state"),
                       .source = rows.Text(i, "source"),
                       .created_at = rows.Text(i, "created_at"),
                       .created_by = rows.Text(i, "created_by"),
                       .path = rows.Text(i, "path"),
                       .manifest_sha256 = rows.Text(i, "manifest_sha256"),
                       .synthetic = rows.Int(i, "synthetic") != 0};
  version.metrics = TRY(base::ParseJson(rows.Text(i, "metrics")));
  version.parameters = TRY(base::ParseJson(rows.Text(i, "parameters")));
  return version;
}

std::string SignedText(const Json& manifest) {
  Json unsigned_manifest = manifest;
  std::erase_if(unsigned_manifest.members(),
                [](const Json::Member& member) { return member.first == "signature"; });
  return unsigned_manifest.ToString();
}

}  // namespace

Registry::Registry(storage::Database* database, std::string root, std::string signing_key)
    : database_(database), root_(std::move(root)), signing_key_(std::move(signing_key)) {}

Result<std::unique_ptr<Registry>> Registry::Open(storage::Database* database,
                                                 const std::string& root,
                                                 const governance::Secrets& secrets) {
  TRY(database->Migrate("registry", kMigrations));
  return std::unique_ptr<Registry>(new Registry(database, root, TRY(secrets.Key("signing_key"))));
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
      "insert into model_versions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {version.task, version.variant, version.version, version.state, version.source,
       version.created_at, version.created_by, version.path, version.manifest_sha256,
       int64_t(version.synthetic), version.metrics.ToString(), version.parameters.ToString()}));
  return version;
}

Result<std::vector<ModelVersion>> Registry::List(const std::string& task) const {
  Rows rows = task.empty()
                  ? TRY(database_->Query(
                        "select * from model_versions order by created_at desc, version desc"))
                  : TRY(database_->Query("select * from model_versions where task = ? order by "
                                         "created_at desc, version desc",
                                         {task}));
  std::vector<ModelVersion> versions;
  for (size_t i = 0; i < rows.size(); ++i) versions.push_back(TRY(VersionOf(rows, i)));
  return versions;
}

Result<ModelVersion> Registry::Get(const std::string& task, const std::string& version) const {
  Rows rows = TRY(database_->Query("select * from model_versions where task = ? and version = ?",
                                   {task, version}));
  if (rows.size() == 0)
    return base::NotFound(
        format("there is no model {} {}; see: codman models list", task, version));
  return VersionOf(rows, 0);
}

Result<std::optional<ModelVersion>> Registry::Champion(const std::string& task,
                                                       const std::string& variant) const {
  Rows rows = TRY(database_->Query(
      "select * from model_versions where task = ? and variant = ? and state = 'champion'",
      {task, variant}));
  if (rows.size() == 0) return std::optional<ModelVersion>();
  return std::optional<ModelVersion>(TRY(VersionOf(rows, 0)));
}

Result<std::vector<Transition>> Registry::History(const std::string& task) const {
  Rows rows = TRY(
      database_->Query("select * from model_transitions where task = ? order by id desc", {task}));
  std::vector<Transition> history;
  for (size_t i = 0; i < rows.size(); ++i) {
    history.push_back({rows.Text(i, "task"), rows.Text(i, "variant"), rows.Text(i, "version"),
                       rows.Text(i, "from_state"), rows.Text(i, "to_state"), rows.Text(i, "at"),
                       rows.Text(i, "actor"), rows.Text(i, "reason")});
  }
  return history;
}

Result<> Registry::Move(const ModelVersion& version, const std::string& to,
                        const std::string& actor, const std::string& reason) {
  TRY(database_->Execute("update model_versions set state = ? where task = ? and version = ?",
                         {to, version.task, version.version}));
  TRY(
      database_->Execute("insert into model_transitions (task, variant, version, from_state, "
                         "to_state, at, actor, reason) "
                         "values (?, ?, ?, ?, ?, ?, ?, ?)",
                         {version.task, version.variant, version.version, version.state, to,
                          base::FormatTime(base::NowUs()), actor, reason}));
  return {};
}

Result<> Registry::Activate(const std::string& task, const std::string& version,
                            const std::string& actor, const std::string& reason) {
  if (base::Trim(reason).empty())
    return base::InvalidInput("activation needs a reason: --reason \"why this model goes live\"");
  ModelVersion chosen = TRY(Get(task, version));
  if (chosen.state == "champion")
    return base::Conflict(format("{} {} is already live", task, version));
  TRY(VerifyFolder(chosen));
  return database_->Transaction([&]() -> Result<> {
    auto champion = TRY(Champion(task, chosen.variant));
    if (champion)
      TRY(Move(*champion, "retired", actor, format("replaced by {}: {}", version, reason)));
    return Move(chosen, "champion", actor, reason);
  });
}

Result<std::string> Registry::Rollback(const std::string& task, const std::string& variant,
                                       const std::string& actor, const std::string& reason) {
  if (base::Trim(reason).empty())
    return base::InvalidInput("rollback needs a reason: --reason \"what went wrong\"");
  auto champion = TRY(Champion(task, variant));
  if (!champion)
    return base::NotFound(format("task {} has no live model of the variant '{}'", task, variant));
  for (const auto& move : TRY(History(task))) {
    if (move.variant != variant || move.to_state != "champion" || move.version == champion->version)
      continue;
    ModelVersion previous = TRY(Get(task, move.version));
    TRY(VerifyFolder(previous));
    TRY(database_->Transaction([&]() -> Result<> {
      TRY(Move(*champion, "retired", actor, "rolled back: " + reason));
      return Move(previous, "champion", actor, "rolled back to: " + reason);
    }));
    return previous.version;
  }
  return base::NotFound(
      format("before {} {} no other model of this variant was live", task, champion->version));
}

Result<Json> Registry::VerifyFolder(const ModelVersion& version) const {
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
  LoadedModel loaded{.version = version, .manifest = TRY(VerifyFolder(version))};
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

Json ToJson(const ModelVersion& v) {
  return Json::Object({{"task", v.task},
                       {"variant", v.variant},
                       {"version", v.version},
                       {"state", v.state},
                       {"source", v.source},
                       {"synthetic", v.synthetic},
                       {"created_at", v.created_at},
                       {"created_by", v.created_by},
                       {"metrics", v.metrics},
                       {"parameters", v.parameters}});
}

Json ToJson(const Transition& t) {
  return Json::Object({{"variant", t.variant},
                       {"version", t.version},
                       {"from", t.from_state},
                       {"to", t.to_state},
                       {"at", t.at},
                       {"actor", t.actor},
                       {"reason", t.reason}});
}

}  // namespace codman::registry
