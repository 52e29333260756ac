#include "base/text.h"
#include "cli/commands.h"

namespace codman::cli {
namespace {

Result<> Run(const GlobalOptions& global) {
  auto workspace = TRY(Workspace::Open(global.workspace));
  auto counts = TRY(workspace->BuildSilver(ProgressBar("silver", global)));
  Json json = Json::Object({{"records", counts.records},
                            {"measurements", counts.measurements},
                            {"stored", counts.stored},
                            {"duplicates", counts.duplicates},
                            {"quarantined", counts.quarantined},
                            {"voided", counts.voided},
                            {"unparsable_records", counts.unparsable_records},
                            {"markers", counts.markers}});
  TRY(workspace->Record("build", "lake", "done", "", json));
  Print(global,
        format("silver: {} measurements in {} records; {} stored, {} duplicates, {} quarantined\n",
               counts.measurements, counts.records, counts.stored, counts.duplicates,
               counts.quarantined),
        json);
  return {};
}

}  // namespace

std::function<Result<>()> SetupBuild(CLI::App*, GlobalOptions* global) {
  return [=] { return Run(*global); };
}

}  // namespace codman::cli
