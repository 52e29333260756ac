#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "storage/backup.h"

namespace codman::cli {
namespace {

// What a running program makes anew, and what must not be copied while it is open.
bool StaysOut(const std::string& path) {
  return path == "lock" || path.starts_with("tmp/") || path.starts_with("run/") ||
         path.ends_with("-shm") || path.ends_with(".partial");
}

Result<> BackUp(const GlobalOptions& global, const std::string& archive) {
  {
    auto workspace = TRY(Workspace::Open(global.workspace));
    TRY(workspace->Record("backup", archive, "started"));
  }
  // The stores are closed and the home is locked again: nobody writes while it is copied.
  int lock = TRY(LockHome(global.workspace.home));
  auto done = storage::BackUpFolder(global.workspace.home, archive, StaysOut,
                                    ProgressBar("backup", global));
  close(lock);
  auto report = TRY(std::move(done));
  Print(global,
        format("{} files, {:.1f} MB in {}\nIt holds the secrets: keep it as you keep them.\n",
               report.files, static_cast<double>(report.bytes) / 1e6, archive),
        Json::Object({{"archive", archive}, {"files", report.files}, {"bytes", report.bytes}}));
  return {};
}

Result<> Restore(const GlobalOptions& global, const std::string& archive) {
  auto report =
      TRY(storage::RestoreFolder(archive, global.workspace.home, ProgressBar("restore", global)));
  auto workspace = TRY(Workspace::Open(global.workspace));
  TRY(workspace->Record("restore", archive, "done"));
  Print(global,
        format("{} files, {:.1f} MB restored into {}; every one is as it was listed\n",
               report.files, static_cast<double>(report.bytes) / 1e6, global.workspace.home),
        Json::Object({{"files", report.files}, {"bytes", report.bytes}}));
  return {};
}

}  // namespace

std::function<Result<>()> SetupBackup(CLI::App* app, GlobalOptions* global) {
  auto archive = std::make_shared<std::string>();
  app->add_option("archive", *archive, "file to write (.tar.zst); it must not exist")->required();
  return [=] { return BackUp(*global, *archive); };
}

std::function<Result<>()> SetupRestore(CLI::App* app, GlobalOptions* global) {
  auto archive = std::make_shared<std::string>();
  app->add_option("archive", *archive, "file that codman backup wrote")->required();
  return [=] { return Restore(*global, *archive); };
}

}  // namespace codman::cli
