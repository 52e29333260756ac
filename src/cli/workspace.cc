#include "cli/workspace.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/crypto.h"
#include "base/file.h"
#include "base/text.h"

namespace codman::cli {
namespace {

constexpr int64_t kEngineBytes = 700 << 20;

constexpr char kHomeReadme[] =
    "This folder is the state of a Codman installation: lake/, models/, audit/, secrets/, "
    "codman.db.\n"
    "Keep it private and back it up as a whole. No program but codman should write here.\n";

}  // namespace

Result<int> LockHome(const std::string& home) {
  std::string path = home + "/lock";
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return base::Unavailable(format("cannot open {}: check the rights of the folder", path));
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  close(fd);
  return base::Conflict(format(
      "{} is in use by another codman process; wait for it, or stop it (codman serve), and run the "
      "command again",
      home));
}

std::string CurrentActor() {
  const passwd* user = getpwuid(getuid());
  return user == nullptr ? format("uid {}", getuid()) : user->pw_name;
}

Result<std::unique_ptr<Workspace>> Workspace::Open(const WorkspaceOptions& options) {
  std::unique_ptr<Workspace> workspace(new Workspace());
  TRY(workspace->OpenHome(options));
  return workspace;
}

Result<> Workspace::OpenHome(const WorkspaceOptions& options) {
  clinic_ = options.clinic;
  if (!base::FileExists(clinic_ + "/concepts")) {
    return base::NotFound(
        format("{} is not a clinic folder; make one with: codman init {}, or name it with --clinic",
               clinic_, clinic_));
  }
  concepts_ = TRY(events::Concepts::Load(clinic_ + "/concepts"));
  home_ = options.home;
  temporary_ = options.temporary;
  if (temporary_) home_ += "/tmp/" + base::ToHex(base::RandomBytes(8));
  bool is_new = !base::FileExists(home_);
  TRY(base::MakeFolders(home_, 0700));
  if (is_new && !temporary_) TRY(base::WriteFileAtomically(home_ + "/README", kHomeReadme));
  lock_fd_ = TRY(LockHome(home_));
  secrets_ =
      std::make_unique<governance::Secrets>(TRY(governance::Secrets::Open(home_ + "/secrets")));
  database_ = TRY(storage::OpenSqlite(home_ + "/codman.db"));
  audit_ = TRY(governance::Audit::Open(home_ + "/audit", *secrets_));
  identity_ = std::make_unique<governance::Identity>(
      TRY(governance::Identity::Open(database_.get(), *secrets_)));
  return {};
}

Workspace::~Workspace() {
  engine_.reset();
  ingest_log_.reset();
  audit_.reset();
  identity_.reset();
  database_.reset();
  if (lock_fd_ >= 0) close(lock_fd_);
  if (temporary_) (void)base::RemoveTree(home_).ok();
}

Result<const std::vector<events::SourceMapping>*> Workspace::Sources() {
  if (!sources_) sources_ = TRY(events::LoadSources(clinic_ + "/sources", concepts_));
  return &*sources_;
}

Result<const events::SourceMapping*> Workspace::FindSource(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& source : *TRY(Sources())) {
    if (source.name == name) return &source;
    names.push_back(source.name);
  }
  return base::NotFound(format("there is no source '{}'; {}/sources declares: {}", name, clinic_,
                               base::Join(names, ", ")));
}

Result<engine::SqlEngine*> Workspace::Engine() {
  if (engine_ == nullptr)
    engine_ = TRY(engine::SqlEngine::Open(
        {.temp_folder = home_ + "/tmp/sql", .memory_limit_bytes = kEngineBytes}));
  return engine_.get();
}

Result<ingest::IngestReport> Workspace::Ingest(const events::SourceMapping& source,
                                               const std::string& path,
                                               const std::function<void(double)>& progress) {
  // Opened at first use: serving starts without walking it.
  if (ingest_log_ == nullptr)
    ingest_log_ = TRY(storage::DurableLog::Open(home_ + "/lake/ingest-log"));
  return ingest::Ingestor(lake(), TRY(Engine()), ingest_log_.get()).Ingest(source, path, progress);
}

Result<lakehouse::SilverCounts> Workspace::BuildSilver(
    const std::function<void(double)>& progress) {
  return lakehouse::SilverBuilder(lake(), TRY(Engine()), identity_.get(), &concepts_,
                                  TRY(Sources()), database_.get())
      .Build(progress);
}

Result<lakehouse::RedriveReport> Workspace::Redrive() {
  TRY(BuildSilver({}));
  return lakehouse::Redriver(lake(), TRY(Engine()), identity_.get(), &concepts_, TRY(Sources()),
                             database_.get())
      .Redrive();
}

Result<> Workspace::Record(const std::string& action, const std::string& object,
                           const std::string& outcome, const std::string& reason,
                           const Json& details) {
  TRY(audit_->Record({.actor = CurrentActor(),
                      .action = action,
                      .object = object,
                      .reason = reason,
                      .outcome = outcome,
                      .details = details}));
  return {};
}

}  // namespace codman::cli
