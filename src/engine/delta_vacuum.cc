#include "engine/delta_vacuum.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/delta_checkpoint_internal.h"
#include "engine/delta_log_internal.h"

namespace codman::engine {
namespace {

int64_t HoursToUs(double hours) {
  return static_cast<int64_t>(hours * static_cast<double>(base::kHourUs));
}

// -1 where there is no such file.
int64_t ModifiedUs(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return -1;
  return status.st_mtim.tv_sec * 1'000'000 + status.st_mtim.tv_nsec / 1000;
}

// What Delta tables keep beside the data begins with '_' or '.'; a folder of a partition column
// may, too.
bool IsHidden(const std::string& path) {
  for (auto part : base::Split(path, '/')) {
    if (part.empty() || part[0] == '.') return true;
    if (part[0] == '_' && part.find('=') == std::string_view::npos) return true;
  }
  return false;
}

// Every file that a version refers to which was current at `cutoff_us` or later, as far as the log
// can still tell such a version.
Result<std::unordered_set<std::string>> KeptFiles(const DeltaTable& table,
                                                  const DeltaSnapshot& newest, int64_t cutoff_us) {
  std::unordered_set<std::string> kept;
  for (const auto& file : newest.files) kept.insert(file.path);
  for (const auto& file : newest.removed) {
    if (file.deleted_ms * 1000 >= cutoff_us) kept.insert(file.path);
  }
  auto past = table.LoadAt(cutoff_us);
  if (!past.ok() && past.error().kind() != ErrorKind::kNotFound) return std::move(past).error();
  if (past.ok()) {
    for (const auto& file : past->files) kept.insert(file.path);
  }
  // Where the log does not reach back to the cutoff, every version that it can tell is younger.
  LogListing listing = TRY(ListLog(table.root()));
  if (!past.ok() && !listing.checkpoints.empty()) {
    auto oldest = table.Load(listing.checkpoints.begin()->first);
    if (oldest.ok()) {
      for (const auto& file : oldest->files) kept.insert(file.path);
    }
  }
  int64_t since = past.ok() ? past->version : -1;
  for (int64_t version : listing.commits) {
    if (version <= since) continue;
    for (const auto& file : TRY(table.ReadCommit(version)).adds) kept.insert(file.path);
  }
  return kept;
}

Result<> CollectDataFiles(const DeltaTable& table, const DeltaSnapshot& newest, int64_t cutoff_us,
                          VacuumReport* report) {
  auto kept = TRY(KeptFiles(table, newest, cutoff_us));
  for (const auto& path : TRY(base::ListTree(table.root()))) {
    if (IsHidden(path) || kept.count(path) != 0) continue;
    int64_t modified_us = ModifiedUs(table.root() + "/" + path);
    if (modified_us < 0 || modified_us >= cutoff_us) continue;
    report->data_files.push_back(path);
  }
  return {};
}

// The newest readable checkpoint that was there before the cutoff; -1 where there is none.
int64_t LastCheckpointBefore(const DeltaTable& table, const LogListing& listing,
                             int64_t cutoff_us) {
  for (auto at = listing.checkpoints.rbegin(); at != listing.checkpoints.rend(); ++at) {
    int64_t newest_us = -1;
    for (const auto& name : at->second)
      newest_us = std::max(newest_us, ModifiedUs(LogFolder(table.root()) + "/" + name));
    if (newest_us < 0 || newest_us >= cutoff_us) continue;
    if (ReadCheckpoint(table.root(), at->first, at->second).ok()) return at->first;
  }
  return -1;
}

Result<int64_t> CollectLogFiles(const DeltaTable& table, int64_t cutoff_us, VacuumReport* report) {
  LogListing listing = TRY(ListLog(table.root()));
  int64_t keep_from = LastCheckpointBefore(table, listing, cutoff_us);
  std::vector<std::string> names;
  for (int64_t version : listing.commits) {
    if (version < keep_from) names.push_back(format("{:020}.json", version));
  }
  for (const auto& [version, parts] : listing.checkpoints) {
    if (version < keep_from) names.insert(names.end(), parts.begin(), parts.end());
  }
  // Ascending: what is left after a kill is one whole end of the log.
  std::sort(names.begin(), names.end());
  for (const auto& name : listing.partial) {
    int64_t modified_us = ModifiedUs(LogFolder(table.root()) + "/" + name);
    if (modified_us >= 0 && modified_us < cutoff_us) names.push_back(name);
  }
  for (const auto& name : names) report->log_files.push_back("_delta_log/" + name);
  return keep_from;
}

Result<> Delete(const std::string& root, const std::vector<std::string>& paths) {
  for (const auto& path : paths) {
    if (unlink((root + "/" + path).c_str()) != 0 && base::FileExists(root + "/" + path))
      return base::Unavailable(
          format("cannot delete {}/{}; check the owner and rights of the folder", root, path));
  }
  return {};
}

}  // namespace

Result<> VacuumOptions::Validate() const {
  for (double hours : {retention_hours, log_retention_hours}) {
    if (!(hours >= 0 && hours <= 1e6)) {
      return base::InvalidInput(
          format("a retention of {} hours: it must be between 0 and 1,000,000", hours));
    }
  }
  return {};
}

Result<VacuumReport> Vacuum(const DeltaTable& table, const VacuumOptions& options) {
  TRY(options.Validate());
  VacuumReport report;
  DeltaSnapshot newest = TRY(table.Load());
  if (newest.version < 0) return base::NotFound(format("there is no table at {}", table.root()));
  int64_t now_us = options.now_us == 0 ? base::NowUs() : options.now_us;
  TRY(CollectDataFiles(table, newest, now_us - HoursToUs(options.retention_hours), &report));
  double log_hours = std::max(options.log_retention_hours, options.retention_hours);
  int64_t keep_from = TRY(CollectLogFiles(table, now_us - HoursToUs(log_hours), &report));
  for (const auto* paths : {&report.data_files, &report.log_files}) {
    for (const auto& path : *paths) {
      auto size = base::FileSize(table.root() + "/" + path);
      if (size.ok()) report.bytes += *size;
    }
  }
  if (options.dry_run) return report;
  TRY(Delete(table.root(), report.data_files));
  // A hint at a checkpoint before the gap would end every reader there.
  if (keep_from >= 0 && CheckpointHint(table.root()).value_or(-1) < keep_from)
    TRY(table.Checkpoint());
  TRY(Delete(table.root(), report.log_files));
  return report;
}

}  // namespace codman::engine
