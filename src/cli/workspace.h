// Everything a subcommand works with: the home (state) and the clinic folder (declarations), opened
// once.
//
// A command that changes state owns the home by flock on <home>/lock; a second one is refused with
// the reason.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/sql_engine.h"
#include "events/concepts.h"
#include "events/source_mapping.h"
#include "governance/audit.h"
#include "governance/identity.h"
#include "governance/secrets.h"
#include "ingest/ingest.h"
#include "lakehouse/lake.h"
#include "lakehouse/redriver.h"
#include "lakehouse/silver_builder.h"
#include "storage/database.h"
#include "storage/durable_log.h"

namespace codman::cli {

struct WorkspaceOptions {
  std::string home = "codman-data";
  std::string clinic = "clinic";
  bool temporary = false;  // a home below <home>/tmp that is removed at the end
};

class Workspace {
 public:
  static Result<std::unique_ptr<Workspace>> Open(const WorkspaceOptions& options);
  ~Workspace();

  const std::string& home() const { return home_; }
  const std::string& clinic() const { return clinic_; }
  const events::Concepts& concepts() const { return concepts_; }
  Result<const events::SourceMapping*> FindSource(const std::string& name);
  const governance::Secrets& secrets() const { return *secrets_; }
  storage::Database* database() { return database_.get(); }
  governance::Audit* audit() { return audit_.get(); }
  lakehouse::Lake lake() const { return lakehouse::Lake(home_ + "/lake"); }
  // Opened at first use: commands that need no SQL start at once.
  Result<engine::SqlEngine*> Engine();

  // Files → ingest log → bronze.
  Result<ingest::IngestReport> Ingest(const events::SourceMapping& source, const std::string& path,
                                      const std::function<void(double)>& progress);
  // Bronze → silver.
  Result<lakehouse::SilverCounts> BuildSilver(const std::function<void(double)>& progress);

  // Judges what is in quarantine again, with today's declarations; builds silver first.
  Result<lakehouse::RedriveReport> Redrive();

  // Writes an audit record of a finished command; `outcome` "done" or the kind of error.
  Result<> Record(const std::string& action, const std::string& object, const std::string& outcome,
                  const std::string& reason = "", const Json& details = {});

 private:
  Workspace() = default;
  Result<> OpenHome(const WorkspaceOptions& options);
  // Read at first use: serving predictions needs none of them.
  Result<const std::vector<events::SourceMapping>*> Sources();

  std::string home_, clinic_;
  bool temporary_ = false;
  int lock_fd_ = -1;
  events::Concepts concepts_;
  std::optional<std::vector<events::SourceMapping>> sources_;
  std::unique_ptr<governance::Secrets> secrets_;
  std::unique_ptr<storage::Database> database_;
  std::unique_ptr<governance::Audit> audit_;
  std::unique_ptr<governance::Identity> identity_;
  std::unique_ptr<storage::DurableLog> ingest_log_;
  std::unique_ptr<engine::SqlEngine> engine_;
};

// Takes the home for this process until the descriptor is closed; Conflict where another has it.
Result<int> LockHome(const std::string& home);

// The signed-in operating-system user.
std::string CurrentActor();

}  // namespace codman::cli
