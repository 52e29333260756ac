// The subcommands' setups, one file each.
#pragma once

#include "cli/command.h"

namespace codman::cli {

std::function<Result<>()> SetupIngest(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupBuild(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupTrain(CLI::App* app, GlobalOptions* global);
std::function<Result<>()> SetupEvaluate(CLI::App* app, GlobalOptions* global);

}  // namespace codman::cli
