// The subcommands' setups, one file each.
#pragma once

#include "cli/command.h"

namespace codman::cli {

std::function<Result<>()> SetupInit(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupCheck(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupDemo(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupSimulate(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupIngest(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupBuild(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupStatus(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupTrain(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupEvaluate(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupScore(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupExplain(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupFeatures(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupServe(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupModels(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupQuarantine(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupAudit(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupCodes(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupSql(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupLineage(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupBackup(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupRestore(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupDocs(CLI::App* app, GlobalOptions* global);

}  // namespace codman::cli
